/* sqldump.c - see sqldump.h. Bytes to tokens (strings go straight into the text of the row), tokens
 * to statements; of a statement that is of no interest everything is passed over up to its
 * semicolon.
 *
 * A backslash in a plain string means something in MySQL and nothing in PostgreSQL, and the file
 * need not say of which it is. Backquoted names, "#" and version comments are MySQL's alone. */
#include "common/import/sqldump.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/xalloc.h"
#include "common/import/csv.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NAME, TOKEN_STRING, TOKEN_SIGN };

struct token {
	enum token_kind kind;
	char sign;                   /* SIGN */
	char word[SQLDUMP_NAME_MAX]; /* WORD, NAME: cut */
	size_t at, len;              /* STRING: in the text of the row */
};

struct table {
	char name[SQLDUMP_NAME_MAX];
	char columns[SQLDUMP_COLUMNS_MAX][SQLDUMP_NAME_MAX];
	size_t n;
};

enum state { STATEMENTS, ROWS, COPY_ROWS };

struct sqldump {
	struct lines *lines;
	enum state state;
	bool mysql;
	struct token token;
	struct table *tables; /* of CREATE */
	size_t table_n;
	struct table now; /* of the INSERT or COPY at hand */
	char text[SQLDUMP_TEXT_MAX];
	size_t len;
	bool cut;
	struct sqldump_value values[SQLDUMP_COLUMNS_MAX];
	size_t value_n;
	const char *bad;
};

struct sqldump *
sqldump_new(struct lines *lines)
{
	struct sqldump *dump = xcalloc(1, sizeof(*dump));

	dump->lines = lines;
	dump->tables = xcalloc(SQLDUMP_TABLES_MAX, sizeof(*dump->tables));
	return dump;
}

void
sqldump_free(struct sqldump *dump)
{
	if (dump == NULL)
		return;
	free(dump->tables);
	free(dump);
}

/* ---- bytes ---- */

static int
get(struct sqldump *dump)
{
	return lines_getc(dump->lines);
}

static int
peek(struct sqldump *dump)
{
	int c = get(dump);

	if (c != EOF)
		lines_ungetc(dump->lines);
	return c;
}

static void
keep(struct sqldump *dump, int c)
{
	if (dump->len < SQLDUMP_TEXT_MAX)
		dump->text[dump->len++] = (char)c;
	else
		dump->cut = true;
}

static void
skip_line(struct sqldump *dump)
{
	struct slice line;

	lines_next(dump->lines, &line);
}

static void
skip_comment(struct sqldump *dump)
{
	int c, before = 0;

	if (peek(dump) == '!' || peek(dump) == 'M')
		dump->mysql = true;
	while ((c = get(dump)) != EOF && (before != '*' || c != '/'))
		before = c;
}

/* PostgreSQL's $tag$ ... $tag$, the first dollar read. */
static void
skip_dollars(struct sqldump *dump)
{
	char tag[32] = "$";
	size_t len = 1, same = 0;
	int c;

	while ((c = get(dump)) != EOF && c != '$' && len < sizeof(tag) - 2)
		tag[len++] = (char)c;
	tag[len++] = '$';
	while (c != EOF && same < len) {
		c = get(dump);
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
read_string(struct sqldump *dump, int quote, bool backslashes)
{
	int c;

	dump->token.kind = TOKEN_STRING;
	dump->token.at = dump->len;
	while ((c = get(dump)) != EOF) {
		if (c == '\\' && backslashes) {
			c = get(dump);
			keep(dump, mysql_escape(c));
			continue;
		}
		if (c == quote && (c = get(dump)) != quote) {
			if (c != EOF)
				lines_ungetc(dump->lines);
			break;
		}
		keep(dump, c);
	}
	dump->token.len = dump->len - dump->token.at;
}

static void
read_name(struct sqldump *dump, int quote)
{
	size_t n = 0;
	int c;

	dump->token.kind = TOKEN_NAME;
	while ((c = get(dump)) != EOF && c != quote)
		if (n < SQLDUMP_NAME_MAX - 1)
			dump->token.word[n++] = (char)tolower(c);
	dump->token.word[n] = '\0';
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
unhex(struct sqldump *dump, size_t at)
{
	size_t in, out = at;

	for (in = at; in + 1 < dump->len; in += 2)
		dump->text[out++] =
		    (char)(nibble(dump->text[in]) * 16 + nibble(dump->text[in + 1]));
	dump->len = out;
	dump->token.len = out - dump->token.at;
}

/* A word; with a quote right behind it, it says how the string is written. */
static void
read_word(struct sqldump *dump, int c)
{
	bool number = isdigit(c) || c == '-' || c == '+';
	size_t n = 0;

	dump->token.kind = TOKEN_WORD;
	dump->token.at = dump->len;
	for (; is_word_byte(c) && (number || (c != '-' && c != '+')); c = get(dump)) {
		if (n < SQLDUMP_NAME_MAX - 1)
			dump->token.word[n++] = (char)tolower(c);
		keep(dump, c);
	}
	dump->token.word[n] = '\0';
	dump->token.len = dump->len - dump->token.at;
	if (c == '\'' && n == 1 && strchr("exnb", dump->token.word[0]) != NULL) {
		bool hex = dump->token.word[0] == 'x', escapes = dump->token.word[0] == 'e';

		dump->len = dump->token.at;
		read_string(dump, '\'', escapes || dump->mysql);
		if (hex)
			unhex(dump, dump->token.at);
	} else if (c != EOF) {
		lines_ungetc(dump->lines);
	}
	if (dump->token.kind == TOKEN_WORD && dump->token.len >= 2 &&
	    strncmp(dump->token.word, "0x", 2) == 0) {
		memmove(dump->text + dump->token.at, dump->text + dump->token.at + 2,
		    dump->token.len - 2);
		dump->len -= 2;
		unhex(dump, dump->token.at);
		dump->token.kind = TOKEN_STRING;
	}
}

/* Blanks and comments; returns the byte after them. */
static int
skip_blanks(struct sqldump *dump)
{
	int c;

	while ((c = get(dump)) != EOF) {
		if (c == '#') {
			skip_line(dump);
		} else if (c == '-' && peek(dump) == '-') {
			skip_line(dump);
		} else if (c == '/' && peek(dump) == '*') {
			get(dump);
			skip_comment(dump);
		} else if (!isspace(c)) {
			break;
		}
	}
	return c;
}

static enum token_kind
next(struct sqldump *dump)
{
	int c = skip_blanks(dump);

	if (c == EOF) {
		dump->token.kind = TOKEN_END;
	} else if (c == '\'') {
		read_string(dump, c, dump->mysql);
	} else if (c == '`') {
		dump->mysql = true;
		read_name(dump, c);
	} else if (c == '"') {
		read_name(dump, c);
	} else if (is_word_byte(c) && c != '.') {
		read_word(dump, c);
	} else {
		dump->token.kind = TOKEN_SIGN;
		dump->token.sign = (char)c;
	}
	return dump->token.kind;
}

static bool
is_sign(const struct sqldump *dump, char sign)
{
	return dump->token.kind == TOKEN_SIGN && dump->token.sign == sign;
}

static bool
is_word(const struct sqldump *dump, const char *word)
{
	return dump->token.kind == TOKEN_WORD && strcmp(dump->token.word, word) == 0;
}

static bool
is_name(const struct sqldump *dump)
{
	return dump->token.kind == TOKEN_WORD || dump->token.kind == TOKEN_NAME;
}

static bool
ends_statement(const struct sqldump *dump)
{
	return dump->token.kind == TOKEN_END || is_sign(dump, ';');
}

/* ---- statements ---- */

static void
skip_statement(struct sqldump *dump)
{
	while (!ends_statement(dump)) {
		dump->len = 0;
		if (is_sign(dump, '$'))
			skip_dollars(dump);
		next(dump);
	}
}

static void
copy_name(char out[SQLDUMP_NAME_MAX], const char *name)
{
	memcpy(out, name, strnlen(name, SQLDUMP_NAME_MAX - 1) + 1);
	out[SQLDUMP_NAME_MAX - 1] = '\0';
}

/* name, schema.name, "schema"."name"; goes to the token after it. */
static void
read_table_name(struct sqldump *dump)
{
	const char *dot;

	dump->now.name[0] = '\0';
	dump->now.n = 0;
	while (is_name(dump) || is_sign(dump, '.')) {
		if (is_name(dump)) {
			dot = strrchr(dump->token.word, '.');
			copy_name(dump->now.name, dot == NULL ? dump->token.word : dot + 1);
		}
		next(dump);
		if (!is_sign(dump, '.') && dump->token.kind != TOKEN_NAME)
			return;
	}
}

static void
add_column(struct table *table, const char *name)
{
	if (table->n < SQLDUMP_COLUMNS_MAX)
		copy_name(table->columns[table->n++], name);
}

/* (a, b, c); goes to the token after it. */
static void
read_columns(struct sqldump *dump)
{
	if (!is_sign(dump, '('))
		return;
	while (next(dump) != TOKEN_END && !is_sign(dump, ')') && !is_sign(dump, ';'))
		if (is_name(dump))
			add_column(&dump->now, dump->token.word);
	next(dump);
}

static void
use_created_columns(struct sqldump *dump)
{
	size_t i;

	for (i = 0; i < dump->table_n && dump->now.n == 0; i++)
		if (strcmp(dump->tables[i].name, dump->now.name) == 0)
			dump->now = dump->tables[i];
}

static void
begin_insert(struct sqldump *dump)
{
	do
		next(dump);
	while (is_word(dump, "ignore") || is_word(dump, "into") || is_word(dump, "low_priority") ||
	       is_word(dump, "delayed") || is_word(dump, "only"));
	read_table_name(dump);
	read_columns(dump);
	while (!ends_statement(dump) && !is_word(dump, "values"))
		next(dump);
	if (ends_statement(dump))
		return;
	use_created_columns(dump);
	dump->state = ROWS;
}

static void
begin_copy(struct sqldump *dump)
{
	bool from_stdin = false;

	next(dump);
	read_table_name(dump);
	read_columns(dump);
	for (; !ends_statement(dump); next(dump))
		from_stdin = from_stdin || is_word(dump, "stdin");
	if (!from_stdin || dump->token.kind == TOKEN_END)
		return;
	skip_line(dump);
	dump->state = COPY_ROWS;
}

/* Whether a part of a CREATE TABLE that begins with this word is no column. */
static bool
is_constraint(const struct sqldump *dump)
{
	static const char *const words[] = { "primary", "unique", "key", "index", "constraint",
		"foreign", "fulltext", "check", "exclude", "like", "spatial" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(dump, words[i]))
			return true;
	return false;
}

static void
read_definitions(struct sqldump *dump)
{
	bool begins = true;
	int depth = 0;

	while (depth >= 0 && next(dump) != TOKEN_END && !is_sign(dump, ';')) {
		dump->len = 0;
		if (depth == 0 && begins && is_name(dump) && !is_constraint(dump))
			add_column(&dump->now, dump->token.word);
		begins = depth == 0 && is_sign(dump, ',');
		depth += is_sign(dump, '(') - is_sign(dump, ')');
	}
}

static void
read_create(struct sqldump *dump)
{
	next(dump);
	if (!is_word(dump, "table"))
		return;
	do
		next(dump);
	while (is_word(dump, "if") || is_word(dump, "not") || is_word(dump, "exists"));
	read_table_name(dump);
	if (!is_sign(dump, '('))
		return;
	read_definitions(dump);
	if (dump->now.n > 0 && dump->table_n < SQLDUMP_TABLES_MAX)
		dump->tables[dump->table_n++] = dump->now;
}

static const struct {
	const char *word;
	void (*read)(struct sqldump *dump);
} statements[] = {
	{ "insert", begin_insert },
	{ "replace", begin_insert },
	{ "copy", begin_copy },
	{ "create", read_create },
};

static void
read_statement(struct sqldump *dump)
{
	size_t i;

	dump->len = 0;
	if (is_sign(dump, '\\')) { /* a command of psql */
		skip_line(dump);
		return;
	}
	for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (is_word(dump, statements[i].word)) {
			statements[i].read(dump);
			break;
		}
	if (dump->state == STATEMENTS)
		skip_statement(dump);
}

/* ---- rows ---- */

static void
add_value(struct sqldump *dump, size_t at, size_t len, bool is_null)
{
	if (dump->value_n == SQLDUMP_COLUMNS_MAX)
		dump->bad = "it has too many columns";
	else
		dump->values[dump->value_n++] =
		    (struct sqldump_value){ { dump->text + at, len }, is_null };
}

/* What is known of a value whose tokens are being read. */
struct reading {
	bool known, is_null;
	size_t at, len;
};

static void
take_token(struct sqldump *dump, struct reading *r, int depth)
{
	bool is_charset = dump->token.kind == TOKEN_WORD && dump->token.word[0] == '_';

	if (is_sign(dump, '(') && depth == 0)
		dump->bad = "a value is an expression";
	/* What follows a value is a cast, and says no more. */
	if (r->known || is_charset || dump->token.kind == TOKEN_SIGN)
		return;
	r->known = true;
	r->is_null = is_word(dump, "null");
	r->at = dump->token.at;
	r->len = dump->token.len;
	if (dump->token.kind == TOKEN_NAME)
		dump->bad = "a value is a name";
}

/* To the comma or parenthesis after it. */
static void
read_value(struct sqldump *dump)
{
	struct reading r = { .at = dump->len };
	bool is_cast = false;
	int depth = 0;

	while (next(dump) != TOKEN_END) {
		if (depth == 0 && (is_sign(dump, ',') || is_sign(dump, ')')))
			break;
		is_cast = is_cast || is_sign(dump, ':');
		take_token(dump, &r, is_cast);
		depth += is_sign(dump, '(') - is_sign(dump, ')');
	}
	if (dump->token.kind == TOKEN_END)
		dump->bad = "the file ends in it";
	add_value(dump, r.at, r.is_null ? 0 : r.len, r.is_null);
}

static void
begin_row(struct sqldump *dump)
{
	dump->len = dump->value_n = 0;
	dump->cut = false;
	dump->bad = NULL;
}

static void
hand_out(struct sqldump *dump, int64_t line, struct sqldump_row *row_out)
{
	if (dump->bad == NULL && dump->cut)
		dump->bad = "it is too long";
	if (dump->bad == NULL && dump->now.n > 0 && dump->now.n != dump->value_n)
		dump->bad = "it has more or fewer values than columns";
	*row_out = (struct sqldump_row){ .table = dump->now.name,
		.n = dump->value_n,
		.columns = dump->now.n > 0 ? dump->now.columns : NULL,
		.values = dump->values,
		.line = line,
		.bad = dump->bad };
}

/* The next (...) of VALUES; false at the end of the statement. */
static bool
next_insert_row(struct sqldump *dump, struct sqldump_row *row_out)
{
	int64_t line;

	begin_row(dump);
	do
		next(dump);
	while (is_sign(dump, ','));
	if (!is_sign(dump, '(')) {
		dump->state = STATEMENTS;
		skip_statement(dump);
		return false;
	}
	line = dump->lines->line;
	do
		read_value(dump);
	while (is_sign(dump, ','));
	if (dump->token.kind == TOKEN_END)
		dump->state = STATEMENTS;
	hand_out(dump, line, row_out);
	return true;
}

static bool
next_copy_row(struct sqldump *dump, struct sqldump_row *row_out)
{
	struct csv_field fields[SQLDUMP_COLUMNS_MAX];
	struct slice line;
	size_t n, i;

	begin_row(dump);
	if (!lines_next(dump->lines, &line) || slice_equal(line, SLICE("\\."))) {
		dump->state = STATEMENTS;
		return false;
	}
	memcpy(dump->text, line.ptr, line.len);
	dump->cut = dump->lines->cut;
	n = csv_split_tabs(dump->text, line.len, fields, SQLDUMP_COLUMNS_MAX);
	for (i = 0; i < n && i < SQLDUMP_COLUMNS_MAX; i++)
		dump->values[i] = (struct sqldump_value){ fields[i].text, fields[i].is_null };
	dump->value_n = i;
	hand_out(dump, dump->lines->line, row_out);
	return true;
}

bool
sqldump_next(struct sqldump *dump, struct sqldump_row *row_out)
{
	for (;;) {
		if (dump->state == ROWS && next_insert_row(dump, row_out))
			return true;
		if (dump->state == COPY_ROWS && next_copy_row(dump, row_out))
			return true;
		dump->len = 0;
		if (dump->state == STATEMENTS && next(dump) == TOKEN_END)
			return false;
		if (dump->state == STATEMENTS)
			read_statement(dump);
	}
}
