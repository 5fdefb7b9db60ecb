/* postfix_text.h - reads what postconf(1) prints; pure. Slices borrow the texts. */
#ifndef COMMON_DOCTOR_POSTFIX_TEXT_H
#define COMMON_DOCTOR_POSTFIX_TEXT_H

#include <stdbool.h>

#include "common/base/str.h"

/* The value on the line "NAME = VALUE" of TEXT. False: there is none. */
bool postfix_setting(const char *text, const char *name, struct slice *value_out);

/* Takes the next item off a list: separated by blanks and commas, what stands in { } is one item,
 * without the braces. False at the end. */
bool postfix_next_item(struct slice *rest, struct slice *item_out);

/* A line of master.cf, as postconf -M prints it. */
struct postfix_service {
	struct slice name, type, chroot, command;
};
/* Takes the next service off REST. */
bool postfix_next_service(struct slice *rest, struct postfix_service *service_out);

#endif
