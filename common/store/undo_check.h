/* undo_check.h - whether a change can be taken back, and how; private to common/store. */
#ifndef COMMON_STORE_UNDO_CHECK_H
#define COMMON_STORE_UNDO_CHECK_H

#include "common/store/undo.h"
#include "common/store/undo_say.h"

/* Looks at one change after another. */
struct undo_check {
	struct store *store;
	struct json_reader *reader;
	/* of the one looked at last; filled as far as nothing stands against it */
	struct change change;
	const struct undo_verb *verb;
	struct undo_rows rows;
	enum undo_way way;
	struct buf why; /* is WHY_NOT */
	char what[UNDO_TEXT_MAX];
	char why_not[UNDO_TEXT_MAX]; /* "": nothing does */
};

void undo_check_init(struct undo_check *check, struct store *store);
void undo_check_clear(struct undo_check *check);

/* What of a row there is to write, undo_kinds[verb->kind].by[way] writes; of an import there is
 * none. NO: there is no such change. */
enum store_found undo_check(struct undo_check *check, int64_t change_id, struct err *err);

#endif
