/* console.h - the operator's console; the one door into tui/ (cli/ opens it). */
#ifndef TUI_CONSOLE_H
#define TUI_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/err.h"
#include "common/config/config.h"
#include "common/store/store.h"

struct console_options {
	const struct config *config;
	const char *config_file; /* where it was read, for the screen; "" when there was none */
	struct store *store;
	const char *author;   /* login of the operator, for the audit */
	const char *readonly; /* why nothing can be changed; NULL: it can */
	const char *theme;    /* NULL: by the terminal */
	bool mono;
	/* Script mode (script.h): keys come from SCRIPT, screens go to standard output. */
	FILE *script;
	int rows, cols;
};

/* Runs until the operator leaves. 0, or -1 with ERR. The exit status of a script that failed is
 * ERR_DATA, with the line in ERR. */
int console_run(const struct console_options *options, struct err *err);

/* Names of themes, ended by NULL; for the help and for errors. */
const char *const *console_themes(void);

/* The keys and commands as sections of the manual page. */
void console_mdoc(FILE *out);

#endif
