/* script.c - see script.h. */
#include "tui/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "tui/app.h"

#define WAIT_MS 10000

struct script {
	struct console *console;
	FILE *input;
	unsigned line; /* of the text, from 1 */
};

struct script *
script_new(struct console *console, FILE *input)
{
	struct script *script = xcalloc(1, sizeof(*script));

	script->console = console;
	script->input = input;
	return script;
}

void
script_free(struct script *script)
{
	free(script);
}

/* Everything that can be read now is read, and the screen drawn; what was printed leaves, for
 * whoever writes the script may wait for it. */
static void
settle(struct console *console)
{
	ev_run(console->loop, EVRUN_NOWAIT);
	while (!console->quit && view_wants_slice(console_view(console)))
		view_read_slice(console_view(console));
	if (!console->quit)
		console_draw(console);
	fflush(stdout);
}

/* ---- screens ---- */

static void
put_rule(int cols, const char *title)
{
	int cells = (int)strlen(title);

	printf("+%s", title);
	while (cells++ < cols)
		putchar('-');
	printf("+\n");
}

static void
put_screen(struct script *script, const char *title, bool marks)
{
	struct term *term = script->console->term;
	char text[8192];
	struct buf b;
	int row;

	put_rule(term_cols(term), title);
	for (row = 0; row < term_rows(term); row++) {
		buf_init(&b, text, sizeof(text));
		term_row_text(term, row, &b);
		printf("|%s\n", text);
		if (!marks)
			continue;
		buf_init(&b, text, sizeof(text));
		term_row_marks(term, row, &b);
		if (strspn(text, ".") < b.len)
			printf(" %s\n", text);
	}
	put_rule(term_cols(term), "");
}

static bool
screen_has(struct term *term, const char *wanted)
{
	char text[8192];
	struct buf b;
	int row;

	for (row = 0; row < term_rows(term); row++) {
		buf_init(&b, text, sizeof(text));
		term_row_text(term, row, &b);
		if (strstr(text, wanted) != NULL)
			return true;
	}
	return false;
}

/* ---- commands ---- */

static int
wait_until(struct script *script, const char *text, bool there, struct err *err)
{
	struct console *console = script->console;
	int64_t end_ms = clock_mono_ms() + WAIT_MS, next_second_ms = 0;

	for (;;) {
		settle(console);
		if (console->quit || screen_has(console->term, text) == there)
			return 0;
		if (clock_mono_ms() > end_ms)
			return err_set(err, ERR_DATA, "line %u: not %s within %d s: %s",
			    script->line, there ? "there" : "gone", WAIT_MS / 1000, text);
		if (clock_mono_ms() >= next_second_ms) {
			console_second(console);
			next_second_ms = clock_mono_ms() + 200;
		}
		ev_sleep(0.01);
	}
}

static int
do_wait(struct script *script, const char *arg, struct err *err)
{
	return wait_until(script, arg, true, err);
}

static int
do_gone(struct script *script, const char *arg, struct err *err)
{
	return wait_until(script, arg, false, err);
}

static int
do_key(struct script *script, const char *arg, struct err *err)
{
	char name[KEY_NAME_MAX];

	while (*arg != '\0' && !script->console->quit) {
		size_t len = strcspn(arg, " ");

		snprintf(name, sizeof(name), "%.*s", (int)len, arg);
		if (key_parse(name) == K_NONE)
			return err_set(
			    err, ERR_DATA, "line %u: there is no key %s", script->line, name);
		console_key(script->console, key_parse(name));
		settle(script->console);
		arg += len;
		arg += strspn(arg, " ");
	}
	return 0;
}

static int
do_type(struct script *script, const char *arg, struct err *err)
{
	struct slice text = slice_of(arg);
	uint32_t cp;
	size_t len;

	(void)err;
	while ((len = str_utf8_next(text, &cp)) > 0) {
		console_key(script->console, (int)cp);
		text.ptr += len;
		text.len -= len;
	}
	return 0;
}

static int
do_size(struct script *script, const char *arg, struct err *err)
{
	int cols, rows;

	if (sscanf(arg, "%dx%d", &cols, &rows) != 2 || cols < 1 || rows < 1)
		return err_set(err, ERR_DATA, "line %u: a size is 80x24", script->line);
	console_resize(script->console, rows, cols);
	return 0;
}

static int
do_screen(struct script *script, const char *arg, struct err *err)
{
	(void)err;
	put_screen(script, arg, false);
	return 0;
}

static int
do_marks(struct script *script, const char *arg, struct err *err)
{
	(void)err;
	put_screen(script, arg, true);
	return 0;
}

static int
do_say(struct script *script, const char *arg, struct err *err)
{
	(void)script;
	(void)err;
	printf("%s\n", arg);
	return 0;
}

static int
do_second(struct script *script, const char *arg, struct err *err)
{
	(void)arg;
	(void)err;
	console_second(script->console);
	return 0;
}

static const struct {
	const char *name;
	const char *args;
	int (*run)(struct script *script, const char *arg, struct err *err);
	const char *help;
} commands[] = {
	{ "key", "NAME ...", do_key, "keys by their names: key j j Enter ^D" },
	{ "type", "TEXT", do_type, "the characters of TEXT" },
	{ "size", "COLSxROWS", do_size, "another size of the screen" },
	{ "screen", "[TITLE]", do_screen, "prints the screen" },
	{ "marks", "[TITLE]", do_marks,
	    "prints it with a letter for the looks of each cell, below lines that have any" },
	{ "say", "TEXT", do_say, "prints TEXT" },
	{ "second", "", do_second, "what the clock calls for once a second" },
	{ "wait", "TEXT", do_wait,
	    "until the screen has TEXT; ten seconds later that is an error" },
	{ "gone", "TEXT", do_gone, "until it has not" },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

void
script_mdoc(FILE *out)
{
	size_t i;

	fputs(
	    ".Sh SCRIPTS\n.Cm console Fl -script\nreads one command a line; empty lines and those "
	    "that begin with # are remarks.\nAfter each all that can be read is read.\n"
	    ".Bl -tag -width Ds -compact\n",
	    out);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, ".It Cm %s%s%s\n%s\n", commands[i].name,
		    *commands[i].args == '\0' ? "" : " Ar ", commands[i].args, commands[i].help);
	fputs(".El\n", out);
}

static int
run_line(struct script *script, char *line, struct err *err)
{
	size_t len, i;
	char *arg;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	len = strcspn(line, " ");
	arg = line + len + (line[len] == ' ');
	line[len] = '\0';
	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, line) == 0)
			return commands[i].run(script, arg, err);
	return err_set(err, ERR_DATA, "line %u: there is no command %s", script->line, line);
}

int
script_run(struct script *script, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	int result = 0;

	settle(script->console);
	while (
	    result == 0 && !script->console->quit && getline(&line, &size, script->input) != -1) {
		script->line++;
		result = run_line(script, line, err);
		settle(script->console);
	}
	free(line);
	return result;
}
