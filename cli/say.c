/* say.c - what commands say to people and ask them. */
#include <stdarg.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/wrap.h"

#define MIN_COLS 20 /* a narrower terminal breaks lines by itself */

static void put_line(FILE *out, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
put_line(FILE *out, const char *fmt, va_list args)
{
	char text[4096], shown[8192];
	int cols, indent;
	struct buf b;

	vsnprintf(text, sizeof(text), fmt, args);
	buf_init(&b, shown, sizeof(shown));
	str_escape(&b, slice_of(text), ESCAPE_TEXT);
	progress_clear();
	cols = wrap_terminal(out);
	indent = (int)strspn(shown, " ");
	if (cols > MIN_COLS && b.len > (size_t)cols)
		wrap_put(out, shown + indent, indent, indent + 2, cols);
	else
		fprintf(out, "%s\n", shown);
}

void
cli_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_line(stdout, fmt, args);
	va_end(args);
}

void
cli_put(FILE *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_line(out, fmt, args);
	va_end(args);
}

void
cli_complain(int *status, const struct err *err)
{
	fflush(stdout);
	cli_put(stderr, "greygate: %s", err->text);
	if (*status == 0)
		*status = err->code;
}

int
cli_ask(FILE *out, const char *question, const char *nothing, struct err *err)
{
	char answer[16];

	fprintf(out, "%s [y/N] ", question);
	fflush(out);
	if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return err_set(err, ERR_TEMP, "%s", nothing);
}
