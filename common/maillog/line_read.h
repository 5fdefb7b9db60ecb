/* line_read.h - the parts of line.c; private to common/maillog. */
#ifndef COMMON_MAILLOG_LINE_READ_H
#define COMMON_MAILLOG_LINE_READ_H

#include "common/maillog/line.h"

/* What a program says after its tag. */
typedef enum maillog_kind line_read_fn(
    struct slice message, struct slice own_text, struct maillog_event *event);

line_read_fn line_read_smtpd, line_read_qmgr, line_read_delivery;
line_read_fn line_read_postgrey, line_read_greygate, line_read_sqlgrey, line_read_iredapd;

/* The date of a line of any program. 0, or -1. */
int line_date(struct slice line, struct maillog_date *date_out);

/* Takes PREFIX off the front of S, if it is there. */
bool line_take(struct slice *s, struct slice prefix);
/* Takes digits off the front; -1 when there are none, or too many. */
int64_t line_take_number(struct slice *s);
/* Cuts S at the first, or last, MARK. False when there is none; the results may be S itself. */
bool line_cut(struct slice s, struct slice mark, struct slice *before, struct slice *after);
bool line_cut_last(struct slice s, struct slice mark, struct slice *before, struct slice *after);
/* Takes "4F9D195432: " off the front. */
bool line_take_queue_id(struct slice *s, struct slice *id_out);
/* The name of a client, empty where it says that there is none. */
struct slice line_client_name(struct slice name);
/* Whether TEXT is that of a refusal by greylisting. */
bool line_refuses(struct slice text, struct slice own_text);

#endif
