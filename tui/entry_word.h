/* entry_word.h - the words of an entry as it is typed; private to it (entry_line.h). */
#ifndef TUI_ENTRY_WORD_H
#define TUI_ENTRY_WORD_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* The next word of *REST, which is moved behind it. False at the end, or where a comment begins. */
bool entry_word_next(struct slice *rest, struct slice *word_out);

/* Says that WORD is none of the N that are possible. -1. */
int entry_word_refuse(struct slice word, const char *const *possible, size_t n, struct err *err);

/* How many bytes of a word an error shows: not cut inside a character. */
int entry_word_shown(struct slice word);

#endif
