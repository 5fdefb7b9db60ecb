/* terminfo.h - what the database of terminals says about this one. Apart from the rest, because
 * <term.h> takes many names (struct term among them). */
#ifndef TUI_TERMINFO_H
#define TUI_TERMINFO_H

#include "common/base/err.h"
#include "common/base/str.h"

/* Whether $TERM names a terminal on which a screen can be drawn; if not, says what to do. */
int terminfo_check(int fd, struct err *err);

/* Adds what gives the terminal back as a shell wants it, for the terminal that is in use. */
void terminfo_restore(struct buf *out);

#endif
