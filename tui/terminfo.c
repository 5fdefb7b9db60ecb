/* terminfo.c - see terminfo.h. */
#include "tui/terminfo.h"

#include <stdlib.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#define ADVICE "set TERM to what your terminal is, for example TERM=xterm-256color"

static bool
has_string(const char *capability)
{
	const char *value = tigetstr(capability);

	return value != NULL && value != (const char *)-1;
}

static int
refuse(struct err *err, const char *why)
{
	const char *name = getenv("TERM");
	char storage[64];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	str_escape(&b, slice_of(name), ESCAPE_TEXT);
	if (b.len == 0)
		return err_set(err, ERR_UNAVAILABLE, "TERM is not set: " ADVICE);
	return err_set(err, ERR_UNAVAILABLE, "TERM=%s %s: " ADVICE, storage, why);
}

int
terminfo_check(int fd, struct err *err)
{
	bool fit;
	int status;

	if (setupterm(NULL, fd, &status) == ERR)
		return refuse(err, status == -1
				       ? "cannot be looked up, there is no terminfo database"
				       : "is not known here as a terminal with a screen");
	fit = has_string("cup") && has_string("clear");
	del_curterm(cur_term);
	return fit ? 0 : refuse(err, "cannot draw a screen");
}

/* tputs() hands its bytes to a function without an argument. */
static struct buf *putting_into;

static int
put_byte(int c)
{
	buf_add_char(putting_into, (char)c);
	return c;
}

static void
add_string(struct buf *out, const char *capability)
{
	if (!has_string(capability))
		return;
	putting_into = out;
	tputs(tigetstr(capability), 1, put_byte);
	putting_into = NULL;
}

void
terminfo_restore(struct buf *out)
{
	if (has_string("kmous"))
		buf_add_text(
		    out, "\033[?1006l\033[?1002l\033[?1000l"); /* as xterm: no capability */
	add_string(out, "rmkx");
	add_string(out, "sgr0");
	add_string(out, "op");
	add_string(out, has_string("rmcup") ? "rmcup" : "clear");
	add_string(out, "cnorm");
}
