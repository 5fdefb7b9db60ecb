/* sqltokens.c - see sqltokens.h.
 *
 * A backslash in a plain string means something in MySQL and nothing in PostgreSQL, and the file
 * need not say of which it is. Backquoted names, "#" and version comments are MySQL's alone. */
#include "common/import/sqltokens.h"

#include <ctype.h>
#include <string.h>

/* ---- bytes ---- */

static int
get(struct sqltokens *t)
{
	return lines_getc(t->lines);
}

static int
peek(struct sqltokens *t)
{
	int c = get(t);

	if (c != EOF)
		lines_ungetc(t->lines);
	return c;
}

static void
keep(struct sqltokens *t, int c)
{
	if (t->len < SQLTOKENS_TEXT_MAX)
		t->text[t->len++] = (char)c;
	else
		t->cut = true;
}

void
sqltokens_skip_line(struct sqltokens *t)
{
	struct slice line;

	lines_next(t->lines, &line);
}

static void
skip_comment(struct sqltokens *t)
{
	int c, before = 0;

	if (peek(t) == '!' || peek(t) == 'M')
		t->mysql = true;
	while ((c = get(t)) != EOF && (before != '*' || c != '/'))
		before = c;
}

/* PostgreSQL's $tag$ ... $tag$, the first dollar read. */
void
sqltokens_skip_dollars(struct sqltokens *t)
{
	char tag[32] = "$";
	size_t len = 1, same = 0;
	int c;

	while ((c = get(t)) != EOF && c != '$' && len < sizeof(tag) - 2)
		tag[len++] = (char)c;
	tag[len++] = '$';
	while (c != EOF && same < len) {
		c = get(t);
		same = c == tag[same] ? same + 1 : c == '$';
	}
}

/* ---- tokens ---- */

static int
mysql_escape(int c)
{
	static const char letters[] = "0bnrtZ", means[] = "\0\b\n\r\t\032";
	const char *found = c == 0 ? NULL : strchr(letters, c);

	return found == NULL ? c : means[found - letters];
}

/* After the opening QUOTE; a doubled one is one. */
static void
read_string(struct sqltokens *t, int quote, bool backslashes)
{
	int c;

	t->token.kind = SQLTOKEN_STRING;
	t->token.at = t->len;
	while ((c = get(t)) != EOF) {
		if (c == '\\' && backslashes) {
			c = get(t);
			keep(t, mysql_escape(c));
			continue;
		}
		if (c == quote && (c = get(t)) != quote) {
			if (c != EOF)
				lines_ungetc(t->lines);
			break;
		}
		keep(t, c);
	}
	t->token.len = t->len - t->token.at;
}

static void
read_name(struct sqltokens *t, int quote)
{
	size_t n = 0;
	int c;

	t->token.kind = SQLTOKEN_NAME;
	while ((c = get(t)) != EOF && c != quote)
		if (n < SQLTOKENS_WORD_MAX - 1)
			t->token.word[n++] = (char)tolower(c);
	t->token.word[n] = '\0';
}

static bool
is_word_byte(int c)
{
	return c != EOF &&
	       (isalnum(c) || c == '_' || c == '.' || c == '-' || c == '+' || c >= 0x80);
}

static int
nibble(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower(c) - 'a' + 10) & 15;
}

/* The hexadecimal digits of the row's text from AT on become bytes. */
static void
unhex(struct sqltokens *t, size_t at)
{
	size_t in, out = at;

	for (in = at; in + 1 < t->len; in += 2)
		t->text[out++] = (char)(nibble(t->text[in]) * 16 + nibble(t->text[in + 1]));
	t->len = out;
	t->token.len = out - t->token.at;
}

/* A word; with a quote right behind it, it says how the string is written. */
static void
read_word(struct sqltokens *t, int c)
{
	bool number = isdigit(c) || c == '-' || c == '+';
	size_t n = 0;

	t->token.kind = SQLTOKEN_WORD;
	t->token.at = t->len;
	for (; is_word_byte(c) && (number || (c != '-' && c != '+')); c = get(t)) {
		if (n < SQLTOKENS_WORD_MAX - 1)
			t->token.word[n++] = (char)tolower(c);
		keep(t, c);
	}
	t->token.word[n] = '\0';
	t->token.len = t->len - t->token.at;
	if (c == '\'' && n == 1 && strchr("exnb", t->token.word[0]) != NULL) {
		bool hex = t->token.word[0] == 'x', escapes = t->token.word[0] == 'e';

		t->len = t->token.at;
		read_string(t, '\'', escapes || t->mysql);
		if (hex)
			unhex(t, t->token.at);
	} else if (c != EOF) {
		lines_ungetc(t->lines);
	}
	if (t->token.kind == SQLTOKEN_WORD && t->token.len >= 2 &&
	    strncmp(t->token.word, "0x", 2) == 0) {
		memmove(t->text + t->token.at, t->text + t->token.at + 2, t->token.len - 2);
		t->len -= 2;
		unhex(t, t->token.at);
		t->token.kind = SQLTOKEN_STRING;
	}
}

/* Blanks and comments; returns the byte after them. */
static int
skip_blanks(struct sqltokens *t)
{
	int c;

	while ((c = get(t)) != EOF) {
		if (c == '#') {
			sqltokens_skip_line(t);
		} else if (c == '-' && peek(t) == '-') {
			sqltokens_skip_line(t);
		} else if (c == '/' && peek(t) == '*') {
			get(t);
			skip_comment(t);
		} else if (!isspace(c)) {
			break;
		}
	}
	return c;
}

enum sqltoken_kind
sqltokens_next(struct sqltokens *t)
{
	int c = skip_blanks(t);

	if (c == EOF) {
		t->token.kind = SQLTOKEN_END;
	} else if (c == '\'') {
		read_string(t, c, t->mysql);
	} else if (c == '`') {
		t->mysql = true;
		read_name(t, c);
	} else if (c == '"') {
		read_name(t, c);
	} else if (is_word_byte(c) && c != '.') {
		read_word(t, c);
	} else {
		t->token.kind = SQLTOKEN_SIGN;
		t->token.sign = (char)c;
	}
	return t->token.kind;
}

bool
sqltokens_is_sign(const struct sqltokens *t, char sign)
{
	return t->token.kind == SQLTOKEN_SIGN && t->token.sign == sign;
}

bool
sqltokens_is_word(const struct sqltokens *t, const char *word)
{
	return t->token.kind == SQLTOKEN_WORD && strcmp(t->token.word, word) == 0;
}

bool
sqltokens_is_name(const struct sqltokens *t)
{
	return t->token.kind == SQLTOKEN_WORD || t->token.kind == SQLTOKEN_NAME;
}

bool
sqltokens_end_statement(const struct sqltokens *t)
{
	return t->token.kind == SQLTOKEN_END || sqltokens_is_sign(t, ';');
}
