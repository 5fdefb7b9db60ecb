/* verdict.h - what a check found, in one sentence; and the record that puts it right, in the form
 * of a zone file, ready to be pasted. */
#ifndef COMMON_DOCTOR_VERDICT_H
#define COMMON_DOCTOR_VERDICT_H

#include "common/base/str.h"

/* From good to bad. */
enum verdict_status {
	VERDICT_OK,
	VERDICT_INFO,
	VERDICT_WARNING,
	VERDICT_UNKNOWN, /* could not be looked at: that is never "it is missing" */
	VERDICT_ERROR
};
const char *verdict_status_name(enum verdict_status status); /* "ok", ..., "not checkable" */

/* The exit status that the worst of all stands for: ERR_DATA, ERR_TEMP or 0. */
int verdict_exit(enum verdict_status worst);

struct verdict {
	enum verdict_status status;
	int code;          /* of an error: enum err_code */
	const char *check; /* which one: "mx"; static */
	char text[1024];   /* may hold any bytes: names and records of others are in it */
	char advice[256];  /* what to do about it, or "" */
	char record[4096]; /* printable ASCII on one line, or "" */
};

typedef void verdict_fn(void *arg, const struct verdict *verdict);

/* Where verdicts go to. */
struct verdicts {
	verdict_fn *fn;
	void *arg;
	const char *check; /* of those that follow */
	enum verdict_status worst;
	int code; /* of the first error, 0 when there is none */
};

void verdict_add(struct verdicts *v, const struct verdict *verdict);
/* CODE counts for an error only. */
void verdict_advise(struct verdicts *v, enum verdict_status status, int code, const char *advice,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* RECORD (may be NULL, or cut: then there is none) comes from below. */
void verdict_say(struct verdicts *v, enum verdict_status status, const struct buf *record,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* "TEXT; ADVICE", escaped, on one line. */
#define VERDICT_TEXT_MAX (4 * (1024 + 256))
void verdict_print(const struct verdict *verdict, char out[VERDICT_TEXT_MAX]);

/* All that a subject got, in order. */
struct verdict_list {
	struct verdicts out; /* where the checks report to */
	struct verdict *items;
	size_t n;
};
void verdict_list_init(struct verdict_list *list);
void verdict_list_clear(struct verdict_list *list); /* empty again, ready for more */

/* "OWNER. 3600 IN TYPE DATA"; a byte of OWNER that a zone file cannot hold is written \DDD. */
void record_add(struct buf *out, const char *owner, const char *type, const char *data);
/* TXT of any bytes, split into strings of at most 255. */
void record_add_txt(struct buf *out, const char *owner, struct slice text);

#endif
