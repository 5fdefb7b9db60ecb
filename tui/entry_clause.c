/* entry_clause.c - see entry_clause.h. Two tables: the clauses, and the words that some take. */
#include "tui/entry_clause.h"

#include <stddef.h>
#include <stdio.h>

#include "tui/entry_word.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const switches[] = { "off", "on", NULL };
/* By enum config_spf. */
static const char *const modes[] = { "key", "bypass", "ignore", NULL };

struct entry_clause {
	const char *word;
	unsigned kinds;
	const char *value; /* what it takes, for an error */
	int (*take)(const struct entry_clause *clause, struct slice value, struct entry_line *line,
	    struct err *err);
	const char *const *choices; /* of a term; NULL: a duration */
	size_t field;               /* of a term, in struct policy */
};

static int take_scope(const struct entry_clause *, struct slice, struct entry_line *, struct err *);
static int take_sender(
    const struct entry_clause *, struct slice, struct entry_line *, struct err *);
static int take_for(const struct entry_clause *, struct slice, struct entry_line *, struct err *);
static int take_choice(
    const struct entry_clause *, struct slice, struct entry_line *, struct err *);
static int take_span(const struct entry_clause *, struct slice, struct entry_line *, struct err *);

#define FIELD(name) offsetof(struct policy, name)
#define TERM (ENTRY_KIND(POLICY) | ENTRY_TERM)
#define SPAN "a duration such as 5m, 2h or 7d"

static const struct entry_clause clauses[] = {
	{ "to", ENTRY_KIND(RULE), "recipients such as info@wode.com or @wode.com", take_scope, NULL,
	    0 },
	{ "from", ENTRY_KIND(POLICY), "senders such as @partner.example", take_sender, NULL, 0 },
	{ "greylist", TERM, "on or off", take_choice, switches, FIELD(greylist) },
	{ "delay", TERM, SPAN, take_span, NULL, FIELD(delay_s) },
	{ "window", TERM, SPAN, take_span, NULL, FIELD(window_s) },
	{ "lifetime", TERM, SPAN, take_span, NULL, FIELD(lifetime_s) },
	{ "spf", TERM, "key, bypass or ignore", take_choice, modes, FIELD(spf) },
	{ "training", TERM, "on or off", take_choice, switches, FIELD(training) },
	{ "for", ENTRY_KIND(RULE) | ENTRY_KIND(POLICY), SPAN, take_for, NULL, 0 },
};

static int64_t *
field_of(struct policy *policy, const struct entry_clause *clause)
{
	return (int64_t *)((char *)policy + clause->field);
}

/* ---- what they take ---- */

static int
read_pattern(struct slice text, enum pattern_side side, struct pattern *pattern, char *notice,
    struct err *err)
{
	char here[PATTERN_NOTICE_MAX];

	if (pattern_parse(text, side, pattern, here, err) == -1) {
		if (err != NULL)
			err->code = ERR_USAGE;
		return -1;
	}
	if (here[0] != '\0')
		snprintf(notice, PATTERN_NOTICE_MAX, "%s", here);
	return 0;
}

int
entry_scope_read(struct slice text, struct entry_line *line, struct err *err)
{
	return read_pattern(text, PATTERN_SCOPE, &line->scope, line->notice, err);
}

int
entry_sender_read(struct slice text, struct entry_line *line, struct err *err)
{
	return read_pattern(text, PATTERN_SENDER, &line->sender, line->notice, err);
}

static int
take_scope(
    const struct entry_clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	(void)clause;
	return entry_scope_read(value, line, err);
}

static int
take_sender(
    const struct entry_clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	(void)clause;
	return entry_sender_read(value, line, err);
}

static int
refuse_value(const struct entry_clause *clause, struct slice value, struct err *err)
{
	return err_set(err, ERR_USAGE, "%s %.*s: expected %s", clause->word,
	    entry_word_shown(value), value.ptr, clause->value);
}

static int
take_span(
    const struct entry_clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	if (duration_parse(value, field_of(&line->terms, clause)) == -1)
		return refuse_value(clause, value, err);
	return 0;
}

static int
take_for(
    const struct entry_clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	if (duration_parse(value, &line->for_s) == -1 || line->for_s == 0)
		return refuse_value(clause, value, err);
	return 0;
}

static int
take_choice(
    const struct entry_clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	int i;

	for (i = 0; clause->choices[i] != NULL; i++)
		if (slice_equal_nocase(value, slice_of(clause->choices[i]))) {
			*field_of(&line->terms, clause) = i;
			return 0;
		}
	return refuse_value(clause, value, err);
}

/* ---- clauses ---- */

const struct entry_clause *
entry_clause_find(struct slice word, unsigned kinds)
{
	size_t i;

	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & kinds) != 0 &&
		    slice_equal_nocase(word, slice_of(clauses[i].word)))
			return &clauses[i];
	return NULL;
}

static int
refuse_clause(struct slice word, unsigned kinds, struct err *err)
{
	const char *possible[COUNT(clauses) + 1];
	size_t n = 0, i;

	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & kinds) != 0)
			possible[n++] = clauses[i].word;
	if (kinds != ENTRY_TERM)
		possible[n++] = "# comment";
	return entry_word_refuse(word, possible, n, err);
}

const char *const *
entry_clause_choices(const struct entry_clause *clause)
{
	return clause->choices;
}

int
entry_clauses_read(struct slice *rest, unsigned kinds, struct entry_line *line, struct err *err)
{
	unsigned seen = 0;
	struct slice word, value;

	while (entry_word_next(rest, &word)) {
		const struct entry_clause *clause = entry_clause_find(word, kinds);

		if (clause == NULL)
			return refuse_clause(word, kinds, err);
		if ((seen & 1u << (clause - clauses)) != 0)
			return err_set(err, ERR_USAGE, "%s: once is enough", clause->word);
		seen |= 1u << (clause - clauses);
		if (!entry_word_next(rest, &value))
			return err_set(err, ERR_USAGE, "%s: expected %s after it", clause->word,
			    clause->value);
		if (clause->take(clause, value, line, err) == -1)
			return -1;
	}
	return 0;
}

void
entry_terms_unset(struct policy *terms)
{
	size_t i;

	*terms = (struct policy){ 0 };
	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & ENTRY_TERM) != 0)
			*field_of(terms, &clauses[i]) = POLICY_UNSET;
}

int
entry_terms_require(struct policy *terms, struct err *err)
{
	size_t i;

	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & ENTRY_TERM) != 0 &&
		    *field_of(terms, &clauses[i]) != POLICY_UNSET)
			return 0;
	return err_set(err, ERR_USAGE,
	    "a policy sets something: greylist, training, spf, delay, window or lifetime");
}

int
entry_terms_parse(struct slice text, struct policy *terms_out, struct err *err)
{
	struct entry_line line = { 0 };
	struct slice rest = text;

	entry_terms_unset(&line.terms);
	if (entry_clauses_read(&rest, ENTRY_TERM, &line, err) == -1)
		return -1;
	if (rest.len > 0)
		return refuse_clause(rest, ENTRY_TERM, err);
	*terms_out = line.terms;
	return entry_terms_require(terms_out, err);
}

const char *
entry_terms_format(const struct policy *terms, const char *separator, char out[ENTRY_TERMS_MAX])
{
	struct policy copy = *terms;
	char text[DURATION_TEXT_MAX];
	struct buf b;
	size_t i;

	buf_init(&b, out, ENTRY_TERMS_MAX);
	for (i = 0; i < COUNT(clauses); i++) {
		const struct entry_clause *clause = &clauses[i];
		int64_t value = *field_of(&copy, clause);

		if ((clause->kinds & ENTRY_TERM) == 0 || value == POLICY_UNSET)
			continue;
		buf_printf(&b, "%s%s %s", b.len == 0 ? "" : separator, clause->word,
		    clause->choices == NULL ? duration_format(value, text)
					    : clause->choices[value]);
	}
	return out;
}

void
entry_clauses_add(unsigned kinds, line_add *add, void *add_arg)
{
	size_t i;

	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & kinds) != 0)
			add(add_arg, clauses[i].word);
}
