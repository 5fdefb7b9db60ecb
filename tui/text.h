/* text.h - the only place that measures, cuts or cleans text for the screen; pure.
 *
 * Text from outside comes here as it is, any bytes, and leaves harmless: what str_escape() would
 * change is changed that way (controls as \xNN, bidirectional and zero-width marks as \u{NNNN}),
 * a base carries at most two combining marks (more are dropped), a mark without a base gets a blank
 * for one, what the locale does not know as a character is \u{NNNN}, too. For TEXT_ASCII every
 * other character is a '?'. */
#ifndef TUI_TEXT_H
#define TUI_TEXT_H

#include "common/base/str.h"

/* What the terminal can show; the encoding of the locale decides. */
enum text_charset { TEXT_ASCII, TEXT_UTF8 };

enum text_align { TEXT_LEFT, TEXT_RIGHT };

/* Bytes that COLS cells may need: a base of four bytes with two marks each. */
#define TEXT_ROOM(cols) ((size_t)(cols)*16 + 1)

/* Adds S, cleaned, in exactly COLS cells: padded with blanks, or cut with a mark ("…", in ASCII
 * "~") in the last cell. A wide character that does not fit is dropped and its cell padded. */
void text_fit(
    struct buf *out, struct slice s, int cols, enum text_align align, enum text_charset charset);

/* Cells that S takes, cleaned, when nothing is cut. */
int text_cells(struct slice s, enum text_charset charset);

/* Bytes of the first character of S with the marks on it: what a cursor moves over in one step. */
size_t text_next(struct slice s);

/* Bytes of S that make the next line of a paragraph COLS cells wide: up to a blank where there is
 * one, else as many as fit, at least one character. Blanks at the break belong to no line: the next
 * one begins at *NEXT_OUT. */
size_t text_wrap(struct slice s, int cols, enum text_charset charset, size_t *next_out);

/* Adds a horizontal bar for VALUE of MAX, at most COLS cells: blocks to an eighth of a cell, in
 * ASCII '#'. Not padded. A value that is not 0 is never invisible. */
void text_bar(struct buf *out, int64_t value, int64_t max, int cols, enum text_charset charset);

/* One cell of a column chart: LEVEL eighths (0-8) as a block from below; in ASCII ' ', '.', ':',
 * '#'. */
const char *text_column(int level, enum text_charset charset);

#endif
