/* wrap.c - see wrap.h. */
#include "cli/wrap.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/base/str.h"

#define PROGRAM "greygate"

int
wrap_terminal(FILE *out)
{
	struct winsize size;

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Bytes and cells of the first character of TEXT. The locale of cron knows no UTF-8, so that what
 * may be wide counts as wide. */
static size_t
next_char(const char *text, int *cols_out)
{
	uint32_t cp;
	size_t n = str_utf8_next(slice_of(text), &cp);

	*cols_out = n > 0 && cp >= 0x1100 ? 2 : 1;
	return n > 0 ? n : 1;
}

static int
cols_of(const char *text, size_t len)
{
	const char *end = text + len;
	int cols = 0, own;

	while (text < end) {
		text += next_char(text, &own);
		cols += own;
	}
	return cols;
}

struct paragraph {
	FILE *out;
	int at, rest, cols;
};

static void
break_line(struct paragraph *p)
{
	p->at = fprintf(p->out, "\n%*s", p->rest, "") - 1;
}

static void
put_word(struct paragraph *p, const char *word, size_t len)
{
	const char *end = word + len;
	int cols;

	while (word < end) {
		size_t n = next_char(word, &cols);

		if (p->cols > 0 && p->at + cols > p->cols)
			break_line(p);
		fwrite(word, 1, n, p->out);
		word += n;
		p->at += cols;
	}
}

/* Whether a clause ends with this word. A path or a name may hold a dot, but ends in none. */
static bool
ends_clause(const char *word, size_t len)
{
	return len > 0 && strchr(";:,.", word[len - 1]) != NULL;
}

static size_t
clause_length(const char *text)
{
	size_t n = 0, len;

	for (;;) {
		len = strcspn(text + n, " ");
		if (text[n + len] == '\0' || ends_clause(text + n, len))
			return n + len;
		n += len + 1;
	}
}

/* What is to be copied in one: from the name of the program, or from the begin of a clause that
 * pipes into it, to the end of the clause. */
static bool
begins_command(const char *text, size_t len, bool clause_begins)
{
	static const char pipe[] = " | " PROGRAM " ";

	if (len == sizeof(PROGRAM) - 1 && memcmp(text, PROGRAM, len) == 0)
		return true;
	return clause_begins && memmem(text, clause_length(text), pipe, sizeof(pipe) - 1) != NULL;
}

static void
put_command(struct paragraph *p, const char *text, size_t len)
{
	fwrite(text, 1, len, p->out);
	p->at += cols_of(text, len);
}

static void
put_words(struct paragraph *p, const char *text)
{
	bool begins = true, clause_begins = true;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		bool command = begins_command(text, len, clause_begins);

		len = command ? clause_length(text) : len;
		if (!begins && p->cols > 0 && p->at + 1 + cols_of(text, len) > p->cols) {
			break_line(p);
		} else if (!begins) {
			putc(' ', p->out);
			p->at++;
		}
		if (command)
			put_command(p, text, len);
		else
			put_word(p, text, len);
		begins = false;
		clause_begins = ends_clause(text, len);
		text += len + (text[len] == ' ');
	}
	putc('\n', p->out);
}

void
wrap_put(FILE *out, const char *text, int indent, int rest, int cols)
{
	struct paragraph p = { out, fprintf(out, "%*s", indent, ""), rest, cols };

	put_words(&p, text);
}

void
wrap_row(FILE *out, const char *left, const char *text, int indent, int cols)
{
	int len = cols_of(left, strlen(left)), at = len < indent ? len : 0;
	struct paragraph p;

	fprintf(out, "%s%s%*s", left, at < len ? "\n" : "", indent - at, "");
	p = (struct paragraph){ out, indent, indent, cols };
	put_words(&p, text);
}
