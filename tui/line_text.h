/* line_text.h - the text of a line that is being typed, and its cursor: only whole characters, only
 * such as can be typed; private to the line. */
#ifndef TUI_LINE_TEXT_H
#define TUI_LINE_TEXT_H

#include "tui/line.h"

/* Where the character that begins at AT ends; where the one begins that is before AT. */
size_t line_after(const struct line *line, size_t at);
size_t line_before(const struct line *line, size_t at);

/* The cursor is then at FROM. */
void line_remove(struct line *line, size_t from, size_t to);
/* S at the cursor, whole or not at all: false when there is no room. */
bool line_insert(struct line *line, struct slice s);
/* TEXT for what is there, without what could not be typed. */
void line_replace(struct line *line, const char *text);

/* Length of the character at the front of S, 0 when it cannot be typed. */
size_t line_typable(struct slice s);

#endif
