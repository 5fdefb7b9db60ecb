/* wrap.c - see wrap.h. */
#include "cli/wrap.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/base/str.h"

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

static void
put_words(struct paragraph *p, const char *text)
{
	bool begins = true;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (!begins && p->cols > 0 && p->at + 1 + cols_of(text, len) > p->cols) {
			break_line(p);
		} else if (!begins) {
			putc(' ', p->out);
			p->at++;
		}
		put_word(p, text, len);
		begins = false;
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
