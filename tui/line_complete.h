/* line_complete.h - completion of the word before the cursor of a line; private to the line. */
#ifndef TUI_LINE_COMPLETE_H
#define TUI_LINE_COMPLETE_H

#include "tui/line.h"

/* A Tab: the first puts what all candidates have in common, the next ones go through them, STEP 1
 * or -1. */
void line_complete_word(struct line *line, int step, line_complete *complete, void *arg);
/* Another key: the next Tab begins anew. */
void line_complete_end(struct line *line);

#endif
