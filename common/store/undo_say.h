/* undo_say.h - what a change of the audit was: its verb, its images, its words; private to
 * common/store. */
#ifndef COMMON_STORE_UNDO_SAY_H
#define COMMON_STORE_UNDO_SAY_H

#include "common/store/change.h"
#include "common/store/undo_kind.h"

struct undo_verb {
	const char *name;
	enum image_kind kind;
	bool lasting; /* nothing to take back */
};

/* An import is not about one row: it has no images, and a way of its own. */
extern const struct undo_verb undo_import;

/* NULL: another one, as "undo". */
const struct undo_verb *undo_verb_find(struct slice name);

/* Both images of a change; cleared by the caller. ERR_DATA when one is damaged. */
int undo_rows_read(struct json_reader *reader, enum image_kind kind, const struct change *change,
    struct undo_rows *rows, struct err *err);
void undo_rows_clear(struct undo_rows *rows);

/* The verb and the row; of an undo, which change. ROWS are what could be read of the images. */
void undo_say(struct json_reader *reader, const struct change *change, const struct undo_verb *verb,
    const struct undo_rows *rows, struct buf *b);

#endif
