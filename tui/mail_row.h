/* mail_row.h - the columns that every row about a mail has, whatever its view shows of them: the
 * commands read them by name. */
#ifndef TUI_MAIL_ROW_H
#define TUI_MAIL_ROW_H

#include "common/store/triplet.h"
#include "tui/list.h"

/* The hidden ones, to be placed at AT in a table of columns, in this order. */
enum { MAIL_ADDRESS, MAIL_NAME, MAIL_NET, MAIL_DOMAIN, MAIL_TRIPLET, MAIL_COLUMN_N };

/* clang-format off */
#define MAIL_COLUMNS(at) \
	[at] = { "address", "", COLUMN_TEXT, 0, 0, 0, NULL }, \
	{ "name", "", COLUMN_TEXT, 0, 0, 0, NULL }, \
	{ "net", "", COLUMN_TEXT, 0, 0, 0, NULL }, \
	{ "domain", "", COLUMN_TEXT, 0, 0, 0, NULL }, \
	{ "triplet", "", COLUMN_COUNT, 0, 0, 0, NULL }
/* clang-format on */

/* Fills the hidden ones from AT on. */
void mail_row_fill(struct row *row, size_t at, const struct triplet *triplet);

/* "<>" for the null sender. */
struct slice mail_row_sender(struct slice sender);

#endif
