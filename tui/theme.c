/* theme.c - see theme.h. */
#include "tui/theme.h"

#include <string.h>

#define USUAL -1 /* the colour of the terminal itself */

const char *const term_themes[] = { "dark", "light", "mono", NULL };

/* Colour only adds to what words say. Without it, elements that may stand side by side differ: in
 * the bar, in a table, in a text. What is good, and a chart, need no mark. */
static const struct look table[THEME_N][ELEMENT_N] = {
	[THEME_DARK] = {
		[ELEMENT_NORMAL] = { USUAL, USUAL, A_NORMAL },
		[ELEMENT_BAR] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL },
		[ELEMENT_ACTIVE] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL },
		[ELEMENT_HEAD] = { COLOR_CYAN, USUAL, A_UNDERLINE },
		[ELEMENT_CURSOR] = { USUAL, USUAL, A_REVERSE },
		[ELEMENT_TAGGED] = { COLOR_YELLOW, USUAL, A_BOLD | A_UNDERLINE },
		[ELEMENT_DIM] = { USUAL, USUAL, A_DIM },
		[ELEMENT_GOOD] = { COLOR_GREEN, USUAL, A_NORMAL },
		[ELEMENT_NOTICE] = { COLOR_YELLOW, USUAL, A_NORMAL },
		[ELEMENT_BAD] = { COLOR_RED, USUAL, A_BOLD },
		[ELEMENT_KEY] = { COLOR_CYAN, USUAL, A_BOLD },
		[ELEMENT_SECTION] = { COLOR_CYAN, USUAL, A_BOLD },
		[ELEMENT_CHART] = { COLOR_CYAN, USUAL, A_NORMAL },
	},
	[THEME_LIGHT] = {
		[ELEMENT_NORMAL] = { USUAL, USUAL, A_NORMAL },
		[ELEMENT_BAR] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL },
		[ELEMENT_ACTIVE] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL },
		[ELEMENT_HEAD] = { COLOR_BLUE, USUAL, A_UNDERLINE },
		[ELEMENT_CURSOR] = { USUAL, USUAL, A_REVERSE },
		[ELEMENT_TAGGED] = { COLOR_MAGENTA, USUAL, A_BOLD | A_UNDERLINE },
		[ELEMENT_DIM] = { USUAL, USUAL, A_DIM },
		[ELEMENT_GOOD] = { COLOR_GREEN, USUAL, A_NORMAL },
		[ELEMENT_NOTICE] = { COLOR_MAGENTA, USUAL, A_NORMAL },
		[ELEMENT_BAD] = { COLOR_RED, USUAL, A_BOLD },
		[ELEMENT_KEY] = { COLOR_BLUE, USUAL, A_BOLD },
		[ELEMENT_SECTION] = { COLOR_BLUE, USUAL, A_BOLD },
		[ELEMENT_CHART] = { COLOR_BLUE, USUAL, A_NORMAL },
	},
	[THEME_MONO] = {
		[ELEMENT_NORMAL] = { USUAL, USUAL, A_NORMAL },
		[ELEMENT_BAR] = { USUAL, USUAL, A_REVERSE },
		[ELEMENT_ACTIVE] = { USUAL, USUAL, A_BOLD | A_UNDERLINE },
		[ELEMENT_HEAD] = { USUAL, USUAL, A_UNDERLINE },
		[ELEMENT_CURSOR] = { USUAL, USUAL, A_BOLD | A_REVERSE },
		[ELEMENT_TAGGED] = { USUAL, USUAL, A_REVERSE | A_UNDERLINE },
		[ELEMENT_DIM] = { USUAL, USUAL, A_DIM },
		[ELEMENT_GOOD] = { USUAL, USUAL, A_NORMAL },
		[ELEMENT_NOTICE] = { USUAL, USUAL, A_BOLD | A_UNDERLINE },
		[ELEMENT_BAD] = { USUAL, USUAL, A_BOLD | A_REVERSE | A_UNDERLINE },
		[ELEMENT_KEY] = { USUAL, USUAL, A_BOLD },
		[ELEMENT_SECTION] = { USUAL, USUAL, A_UNDERLINE },
		[ELEMENT_CHART] = { USUAL, USUAL, A_NORMAL },
	},
};

int
theme_find(const char *name, struct err *err)
{
	int i;

	for (i = 0; term_themes[i] != NULL; i++)
		if (name == NULL || strcmp(name, term_themes[i]) == 0)
			return i;
	return err_set(err, ERR_USAGE, "no such theme: take dark, light or mono");
}

const struct look *
theme_look(enum theme theme, enum element element)
{
	return &table[theme][element];
}

void
theme_load(enum theme theme, attr_t looks[ELEMENT_N])
{
	short i;

	if (!has_colors() || start_color() == ERR || use_default_colors() == ERR)
		theme = THEME_MONO;
	for (i = 0; i < ELEMENT_N; i++) {
		const struct look *look = &table[theme][i];

		looks[i] = look->attributes;
		if (theme != THEME_MONO && init_pair(i + 1, look->fg, look->bg) == OK)
			looks[i] |= COLOR_PAIR(i + 1);
	}
}
