/* change_fields.h - the two images of a change of the audit, field by field, for people. */
#ifndef TUI_CHANGE_FIELDS_H
#define TUI_CHANGE_FIELDS_H

#include "common/store/change.h"
#include "common/store/json_read.h"

struct change_field {
	char *name;           /* as people call it: "comment", "expires" */
	char *before, *after; /* for people; NULL: the row was not there */
	bool differs;
};

struct change_fields {
	struct change_field *items;
	size_t n;
};

/* In the order of the images. An image that is no JSON is ERR_DATA; what was read is kept. */
int change_fields_read(struct json_reader *reader, const struct change *change,
    struct change_fields *fields_out, struct err *err);
void change_fields_clear(struct change_fields *fields);

#endif
