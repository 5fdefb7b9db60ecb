/* theme.h - what each element looks like: eight basic colours, and attributes where there is none.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "tui/screen.h"
#include "tui/term.h"

enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_N };

struct look {
	short fg, bg; /* -1: what the terminal has */
	attr_t attributes;
};

/* The theme of a name, NULL: dark. Returns -1 when there is none of that name. */
int theme_find(const char *name, struct err *err);

const struct look *theme_look(enum theme theme, enum element element);

/* Fills LOOKS for the screen that is open; a screen without colours gets THEME_MONO. */
void theme_load(enum theme theme, attr_t looks[ELEMENT_N]);

#endif
