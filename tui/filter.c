/* filter.c - see filter.h. */
#include "tui/filter.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "tui/list.h"

#define WORD_MAX 1024

/* The next word of TEXT: up to a blank outside quotes, quotes dropped; PLAIN when it begins with
 * one. False at the end. */
static bool
next_word(const char **text, char word[WORD_MAX], bool *plain_out)
{
	bool quoted = false;
	size_t n = 0;

	while (**text == ' ')
		(*text)++;
	if (**text == '\0')
		return false;
	*plain_out = **text == '"';
	for (; **text != '\0' && (quoted || **text != ' '); (*text)++) {
		if (**text == '"')
			quoted = !quoted;
		else if (n < WORD_MAX - 1)
			word[n++] = **text;
	}
	word[n] = '\0';
	return true;
}

static bool
is_time(enum column_kind kind)
{
	return kind == COLUMN_AGE || kind == COLUMN_CLOCK;
}

static int
parse_number(const struct column *column, const char *text, int64_t *number_out)
{
	char *end;

	if (column->kind != COLUMN_COUNT)
		return duration_parse(slice_of(text), number_out);
	*number_out = strtoll(text, &end, 10);
	return *text != '\0' && *end == '\0' ? 0 : -1;
}

/* "names a, b, c" for an error. */
static void
add_names(const struct list *list, struct buf *b)
{
	size_t i;

	for (i = 0; i < list->column_n; i++)
		buf_printf(b, "%s%s", i == 0 ? "" : ", ",
		    list->columns[i].alias != NULL ? list->columns[i].alias
						   : list->columns[i].name);
}

static int
parse_value(const struct list *list, const char *value, struct filter_term *term, struct err *err)
{
	const struct column *column = &list->columns[term->column];
	const char *number = value + (*value == '<' || *value == '>');

	if (column->kind == COLUMN_TEXT) {
		term->what = FILTER_HAS;
		term->text = xstrdup(value);
		return 0;
	}
	term->what = *value == '<' ? FILTER_LESS : *value == '>' ? FILTER_GREATER : FILTER_EQUAL;
	if (parse_number(column, number, &term->number) == 0)
		return 0;
	/* "released", "never": what the column shows instead of a number. */
	term->what = FILTER_HAS;
	term->text = xstrdup(value);
	if (number == value)
		return 0;
	return err_set(err, ERR_USAGE, "%s: %s wants %s after it", value, column->name,
	    column->kind == COLUMN_COUNT ? "a number" : "a duration such as 5m or 2h");
}

static int
parse_since(const struct list *list, const char *value, struct filter_term *term, struct err *err)
{
	size_t i;

	for (i = 0; i < list->column_n && !is_time(list->columns[i].kind); i++)
		;
	if (i == list->column_n)
		return err_set(err, ERR_USAGE, "since: there is no time in these rows");
	if (duration_parse(slice_of(value), &term->number) == -1)
		return err_set(
		    err, ERR_USAGE, "since: wants a duration such as 30m, 2h or 1d, not %s", value);
	term->column = (int)i;
	term->what = FILTER_SINCE;
	return 0;
}

static int
plain_term(const char *text, struct filter_term *term)
{
	term->what = FILTER_HAS;
	term->text = xstrdup(text);
	return 0;
}

static int
parse_term(const struct list *list, const char *word, struct filter_term *term, struct err *err)
{
	const char *colon;
	struct slice name;
	char names[512];
	struct buf b;

	term->negated = *word == '-' && word[1] != '\0';
	word += term->negated;
	colon = strchr(word, ':');
	name = (struct slice){ word, colon == NULL ? 0 : (size_t)(colon - word) };
	if (slice_equal_nocase(name, SLICE("since")))
		return parse_since(list, colon + 1, term, err);
	term->column = name.len == 0 ? -1 : list_column(list, name);
	if (term->column >= 0)
		return parse_value(list, colon + 1, term, err);
	/* An IPv6 address, or a word of letters: the first is text, the second a wrong name. */
	if (name.len > 0 && strspn(word, "0123456789abcdefABCDEF") < name.len) {
		buf_init(&b, names, sizeof(names));
		add_names(list, &b);
		return err_set(err, ERR_USAGE, "%.*s: is no column here; there are since, %s",
		    (int)name.len, name.ptr, names);
	}
	return plain_term(word, term);
}

/* Takes the next word of *AT into the next term: 1, 0 at the end, -1 with ERR. */
static int
add_term(const struct list *list, const char **at, struct filter *filter, struct err *err)
{
	struct filter_term *term = &filter->terms[filter->term_n];
	char word[WORD_MAX];
	bool plain;

	if (!next_word(at, word, &plain))
		return 0;
	if (filter->term_n == FILTER_TERMS_MAX)
		return err_set(err, ERR_USAGE, "at most %d terms", FILTER_TERMS_MAX);
	*term = (struct filter_term){ .column = -1 };
	filter->term_n++;
	if ((plain ? plain_term(word, term) : parse_term(list, word, term, err)) == -1)
		return -1;
	return 1;
}

int
filter_parse(const struct list *list, const char *text, struct filter *filter, struct err *err)
{
	const char *at = text;
	int result;

	*filter = (struct filter){ .text = xstrdup(text) };
	while ((result = add_term(list, &at, filter, err)) == 1)
		;
	if (result == -1)
		filter_clear(filter);
	return result;
}

void
filter_clear(struct filter *filter)
{
	size_t i;

	for (i = 0; i < filter->term_n; i++)
		free(filter->terms[i].text);
	free(filter->text);
	*filter = (struct filter){ .text = NULL };
}

static bool
has_text(const struct list *list, const struct row *row, size_t column, const char *text)
{
	char formatted[64];

	return strcasestr(list_format(list, row, column, formatted), text) != NULL;
}

static bool
term_holds(const struct filter_term *term, const struct list *list, const struct row *row)
{
	size_t column = (size_t)term->column, i;
	int64_t n;

	if (term->column == -1) {
		for (i = 0; i < list->column_n; i++)
			if (has_text(list, row, i, term->text))
				return true;
		return false;
	}
	n = row->cells[column].number;
	if (term->what == FILTER_SINCE)
		return n >= list->now_s - term->number;
	if (is_time(list->columns[column].kind))
		n = list->now_s - n;
	else if (list->columns[column].kind == COLUMN_UNTIL)
		n = n <= list->now_s ? 0 : n - list->now_s;
	switch (term->what) {
	case FILTER_HAS: return has_text(list, row, column, term->text);
	case FILTER_EQUAL: return n == term->number;
	case FILTER_LESS: return n < term->number;
	case FILTER_GREATER: return n > term->number;
	case FILTER_SINCE: break;
	}
	return false;
}

bool
filter_match(const struct filter *filter, const struct list *list, const struct row *row)
{
	size_t i;

	for (i = 0; i < filter->term_n; i++)
		if (term_holds(&filter->terms[i], list, row) == filter->terms[i].negated)
			return false;
	return true;
}
