/* sqldump.c - see sqldump.h. Tokens (sqltokens.h) to statements; the strings of a row are in their
 * text. Of a statement that is of no interest everything is passed over up to its semicolon. */
#include "common/import/sqldump.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/import/csv.h"
#include "common/import/sqltokens.h"

struct table {
	char name[SQLDUMP_NAME_MAX];
	char columns[SQLDUMP_COLUMNS_MAX][SQLDUMP_NAME_MAX];
	size_t n;
};

enum state { STATEMENTS, ROWS, COPY_ROWS };

struct sqldump {
	struct sqltokens t;
	enum state state;
	struct table *tables; /* of CREATE */
	size_t table_n;
	struct table now; /* of the INSERT or COPY at hand */
	struct sqldump_value values[SQLDUMP_COLUMNS_MAX];
	size_t value_n;
	const char *bad;
};

struct sqldump *
sqldump_new(struct lines *lines)
{
	struct sqldump *dump = xcalloc(1, sizeof(*dump));

	dump->t.lines = lines;
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

/* ---- statements ---- */

static void
skip_statement(struct sqldump *dump)
{
	while (!sqltokens_end_statement(&dump->t)) {
		dump->t.len = 0;
		if (sqltokens_is_sign(&dump->t, '$'))
			sqltokens_skip_dollars(&dump->t);
		sqltokens_next(&dump->t);
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
	while (sqltokens_is_name(&dump->t) || sqltokens_is_sign(&dump->t, '.')) {
		if (sqltokens_is_name(&dump->t)) {
			dot = strrchr(dump->t.token.word, '.');
			copy_name(dump->now.name, dot == NULL ? dump->t.token.word : dot + 1);
		}
		sqltokens_next(&dump->t);
		if (!sqltokens_is_sign(&dump->t, '.') && dump->t.token.kind != SQLTOKEN_NAME)
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
	if (!sqltokens_is_sign(&dump->t, '('))
		return;
	while (sqltokens_next(&dump->t) != SQLTOKEN_END && !sqltokens_is_sign(&dump->t, ')') &&
	       !sqltokens_is_sign(&dump->t, ';'))
		if (sqltokens_is_name(&dump->t))
			add_column(&dump->now, dump->t.token.word);
	sqltokens_next(&dump->t);
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
		sqltokens_next(&dump->t);
	while (sqltokens_is_word(&dump->t, "ignore") || sqltokens_is_word(&dump->t, "into") ||
	       sqltokens_is_word(&dump->t, "low_priority") ||
	       sqltokens_is_word(&dump->t, "delayed") || sqltokens_is_word(&dump->t, "only"));
	read_table_name(dump);
	read_columns(dump);
	while (!sqltokens_end_statement(&dump->t) && !sqltokens_is_word(&dump->t, "values"))
		sqltokens_next(&dump->t);
	if (sqltokens_end_statement(&dump->t))
		return;
	use_created_columns(dump);
	dump->state = ROWS;
}

static void
begin_copy(struct sqldump *dump)
{
	bool from_stdin = false;

	sqltokens_next(&dump->t);
	read_table_name(dump);
	read_columns(dump);
	for (; !sqltokens_end_statement(&dump->t); sqltokens_next(&dump->t))
		from_stdin = from_stdin || sqltokens_is_word(&dump->t, "stdin");
	if (!from_stdin || dump->t.token.kind == SQLTOKEN_END)
		return;
	sqltokens_skip_line(&dump->t);
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
		if (sqltokens_is_word(&dump->t, words[i]))
			return true;
	return false;
}

static void
read_definitions(struct sqldump *dump)
{
	bool begins = true;
	int depth = 0;

	while (depth >= 0 && sqltokens_next(&dump->t) != SQLTOKEN_END &&
	       !sqltokens_is_sign(&dump->t, ';')) {
		dump->t.len = 0;
		if (depth == 0 && begins && sqltokens_is_name(&dump->t) && !is_constraint(dump))
			add_column(&dump->now, dump->t.token.word);
		begins = depth == 0 && sqltokens_is_sign(&dump->t, ',');
		depth += sqltokens_is_sign(&dump->t, '(') - sqltokens_is_sign(&dump->t, ')');
	}
}

static void
read_create(struct sqldump *dump)
{
	sqltokens_next(&dump->t);
	if (!sqltokens_is_word(&dump->t, "table"))
		return;
	do
		sqltokens_next(&dump->t);
	while (sqltokens_is_word(&dump->t, "if") || sqltokens_is_word(&dump->t, "not") ||
	       sqltokens_is_word(&dump->t, "exists"));
	read_table_name(dump);
	if (!sqltokens_is_sign(&dump->t, '('))
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

	dump->t.len = 0;
	if (sqltokens_is_sign(&dump->t, '\\')) { /* a command of psql */
		sqltokens_skip_line(&dump->t);
		return;
	}
	for (i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (sqltokens_is_word(&dump->t, statements[i].word)) {
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
		    (struct sqldump_value){ { dump->t.text + at, len }, is_null };
}

/* What is known of a value whose tokens are being read. */
struct reading {
	bool known, is_null;
	size_t at, len;
};

static void
take_token(struct sqldump *dump, struct reading *r, int depth)
{
	bool is_charset = dump->t.token.kind == SQLTOKEN_WORD && dump->t.token.word[0] == '_';

	if (sqltokens_is_sign(&dump->t, '(') && depth == 0)
		dump->bad = "a value is an expression";
	/* What follows a value is a cast, and says no more. */
	if (r->known || is_charset || dump->t.token.kind == SQLTOKEN_SIGN)
		return;
	r->known = true;
	r->is_null = sqltokens_is_word(&dump->t, "null");
	r->at = dump->t.token.at;
	r->len = dump->t.token.len;
	if (dump->t.token.kind == SQLTOKEN_NAME)
		dump->bad = "a value is a name";
}

/* To the comma or parenthesis after it. */
static void
read_value(struct sqldump *dump)
{
	struct reading r = { .at = dump->t.len };
	bool is_cast = false;
	int depth = 0;

	while (sqltokens_next(&dump->t) != SQLTOKEN_END) {
		if (depth == 0 &&
		    (sqltokens_is_sign(&dump->t, ',') || sqltokens_is_sign(&dump->t, ')')))
			break;
		is_cast = is_cast || sqltokens_is_sign(&dump->t, ':');
		take_token(dump, &r, is_cast);
		depth += sqltokens_is_sign(&dump->t, '(') - sqltokens_is_sign(&dump->t, ')');
	}
	if (dump->t.token.kind == SQLTOKEN_END)
		dump->bad = "the file ends in it";
	add_value(dump, r.at, r.is_null ? 0 : r.len, r.is_null);
}

static void
begin_row(struct sqldump *dump)
{
	dump->t.len = dump->value_n = 0;
	dump->t.cut = false;
	dump->bad = NULL;
}

static void
hand_out(struct sqldump *dump, int64_t line, struct sqldump_row *row_out)
{
	if (dump->bad == NULL && dump->t.cut)
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
		sqltokens_next(&dump->t);
	while (sqltokens_is_sign(&dump->t, ','));
	if (!sqltokens_is_sign(&dump->t, '(')) {
		dump->state = STATEMENTS;
		skip_statement(dump);
		return false;
	}
	line = dump->t.lines->line;
	do
		read_value(dump);
	while (sqltokens_is_sign(&dump->t, ','));
	if (dump->t.token.kind == SQLTOKEN_END)
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
	if (!lines_next(dump->t.lines, &line) || slice_equal(line, SLICE("\\."))) {
		dump->state = STATEMENTS;
		return false;
	}
	memcpy(dump->t.text, line.ptr, line.len);
	dump->t.cut = dump->t.lines->cut;
	n = csv_split_tabs(dump->t.text, line.len, fields, SQLDUMP_COLUMNS_MAX);
	for (i = 0; i < n && i < SQLDUMP_COLUMNS_MAX; i++)
		dump->values[i] = (struct sqldump_value){ fields[i].text, fields[i].is_null };
	dump->value_n = i;
	hand_out(dump, dump->t.lines->line, row_out);
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
		dump->t.len = 0;
		if (dump->state == STATEMENTS && sqltokens_next(&dump->t) == SQLTOKEN_END)
			return false;
		if (dump->state == STATEMENTS)
			read_statement(dump);
	}
}
