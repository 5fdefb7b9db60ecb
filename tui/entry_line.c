/* entry_line.c - see entry_line.h. Three tables: what an entry begins with, what may follow, and
 * the words that some of these take. */
#include "tui/entry_line.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/net/addr.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KIND(name) (1u << ENTRY_##name)
#define IS_TERM (1u << 31) /* of the kinds of a clause: it may stand among the terms alone */

static const struct beginning {
	const char *word;
	enum entry_kind kind;
	enum rule_action action;
	const char *missing; /* when nothing follows */
} beginnings[] = {
	{ "domain", ENTRY_DOMAIN, RULE_ALLOW, "which? such as: domain qq.com" },
	{ "allow", ENTRY_RULE, RULE_ALLOW, "whom? such as: allow @partner.example" },
	{ "block", ENTRY_RULE, RULE_BLOCK, "whom? such as: block @nuisance.example" },
	{ "expect", ENTRY_RULE, RULE_EXPECT, "whom? such as: expect @shop.example for 1d" },
	{ "policy", ENTRY_POLICY, RULE_ALLOW,
	    "for which recipients? such as: policy info@wode.com delay 1m" },
};

static const char *const switches[] = { "off", "on", NULL };
/* By enum config_spf. */
static const char *const modes[] = { "key", "bypass", "ignore", NULL };

struct clause {
	const char *word;
	unsigned kinds;
	const char *value; /* what it takes, for an error */
	int (*take)(const struct clause *clause, struct slice value, struct entry_line *line,
	    struct err *err);
	const char *const *choices; /* of a term; NULL: a duration */
	size_t field;               /* of a term, in struct policy */
};

static int take_scope(const struct clause *, struct slice, struct entry_line *, struct err *);
static int take_sender(const struct clause *, struct slice, struct entry_line *, struct err *);
static int take_for(const struct clause *, struct slice, struct entry_line *, struct err *);
static int take_choice(const struct clause *, struct slice, struct entry_line *, struct err *);
static int take_span(const struct clause *, struct slice, struct entry_line *, struct err *);

#define FIELD(name) offsetof(struct policy, name)
#define TERM (KIND(POLICY) | IS_TERM)
#define SPAN "a duration such as 5m, 2h or 7d"

static const struct clause clauses[] = {
	{ "to", KIND(RULE), "recipients such as info@wode.com or @wode.com", take_scope, NULL, 0 },
	{ "from", KIND(POLICY), "senders such as @partner.example", take_sender, NULL, 0 },
	{ "greylist", TERM, "on or off", take_choice, switches, FIELD(greylist) },
	{ "delay", TERM, SPAN, take_span, NULL, FIELD(delay_s) },
	{ "window", TERM, SPAN, take_span, NULL, FIELD(window_s) },
	{ "lifetime", TERM, SPAN, take_span, NULL, FIELD(lifetime_s) },
	{ "spf", TERM, "key, bypass or ignore", take_choice, modes, FIELD(spf) },
	{ "training", TERM, "on or off", take_choice, switches, FIELD(training) },
	{ "for", KIND(RULE) | KIND(POLICY), SPAN, take_for, NULL, 0 },
};

static int64_t *
field_of(struct policy *policy, const struct clause *clause)
{
	return (int64_t *)((char *)policy + clause->field);
}

/* ---- words ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of *REST, which is moved behind it. False at the end, or where a comment begins. */
static bool
next_word(struct slice *rest, struct slice *word_out)
{
	*rest = slice_trim(*rest);
	*word_out = (struct slice){ rest->ptr, 0 };
	if (rest->len == 0 || *rest->ptr == '#')
		return false;
	while (word_out->len < rest->len && !is_blank(rest->ptr[word_out->len]))
		word_out->len++;
	rest->ptr += word_out->len;
	rest->len -= word_out->len;
	return true;
}

static int
refuse_word(struct slice word, const char *const *possible, size_t n, struct err *err)
{
	const char *near = str_nearest(word, possible, n);
	char text[256];
	struct buf b;
	size_t i;

	buf_init(&b, text, sizeof(text));
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", possible[i]);
	return err_set(err, ERR_USAGE, "%.*s: possible here: %s%s%s%s", entry_shown_len(word),
	    word.ptr, text, near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
	    near == NULL ? "" : "?");
}

/* ---- values ---- */

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

static int
take_scope(
    const struct clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	(void)clause;
	return read_pattern(value, PATTERN_SCOPE, &line->scope, line->notice, err);
}

static int
take_sender(
    const struct clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	(void)clause;
	return read_pattern(value, PATTERN_SENDER, &line->sender, line->notice, err);
}

static int
refuse_value(const struct clause *clause, struct slice value, struct err *err)
{
	return err_set(err, ERR_USAGE, "%s %.*s: expected %s", clause->word, entry_shown_len(value),
	    value.ptr, clause->value);
}

static int
take_span(const struct clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	if (duration_parse(value, field_of(&line->terms, clause)) == -1)
		return refuse_value(clause, value, err);
	return 0;
}

static int
take_for(const struct clause *clause, struct slice value, struct entry_line *line, struct err *err)
{
	if (duration_parse(value, &line->for_s) == -1 || line->for_s == 0)
		return refuse_value(clause, value, err);
	return 0;
}

static int
take_choice(
    const struct clause *clause, struct slice value, struct entry_line *line, struct err *err)
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

static const struct clause *
find_clause(struct slice word, unsigned kinds)
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
	if (kinds != IS_TERM)
		possible[n++] = "# comment";
	return refuse_word(word, possible, n, err);
}

/* All that follows, up to the comment. */
static int
read_clauses(struct slice *rest, unsigned kinds, struct entry_line *line, struct err *err)
{
	unsigned seen = 0;
	struct slice word, value;

	while (next_word(rest, &word)) {
		const struct clause *clause = find_clause(word, kinds);

		if (clause == NULL)
			return refuse_clause(word, kinds, err);
		if ((seen & 1u << (clause - clauses)) != 0)
			return err_set(err, ERR_USAGE, "%s: once is enough", clause->word);
		seen |= 1u << (clause - clauses);
		if (!next_word(rest, &value))
			return err_set(err, ERR_USAGE, "%s: expected %s after it", clause->word,
			    clause->value);
		if (clause->take(clause, value, line, err) == -1)
			return -1;
	}
	return 0;
}

static void
unset_terms(struct policy *terms)
{
	size_t i;

	*terms = (struct policy){ 0 };
	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & IS_TERM) != 0)
			*field_of(terms, &clauses[i]) = POLICY_UNSET;
}

static int
check_terms(struct policy *terms, struct err *err)
{
	size_t i;

	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & IS_TERM) != 0 &&
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

	unset_terms(&line.terms);
	if (read_clauses(&rest, IS_TERM, &line, err) == -1)
		return -1;
	if (rest.len > 0)
		return refuse_clause(rest, IS_TERM, err);
	*terms_out = line.terms;
	return check_terms(terms_out, err);
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
		const struct clause *clause = &clauses[i];
		int64_t value = *field_of(&copy, clause);

		if ((clause->kinds & IS_TERM) == 0 || value == POLICY_UNSET)
			continue;
		buf_printf(&b, "%s%s %s", b.len == 0 ? "" : separator, clause->word,
		    clause->choices == NULL ? duration_format(value, text)
					    : clause->choices[value]);
	}
	return out;
}

/* ---- domains ---- */

/* Of an address, what follows the '@'. */
static int
read_domain(struct slice word, char out[DOMAIN_TEXT_MAX], struct entry_line *line, struct err *err)
{
	const char *at = word.len == 0 ? NULL : memrchr(word.ptr, '@', word.len);
	struct slice name = word;
	struct addr_net net;

	if (at != NULL)
		name = (struct slice){ at + 1, (size_t)(word.ptr + word.len - at - 1) };
	if (addr_net_parse(name, &net, NULL, NULL) == 0)
		return err_set(err, ERR_USAGE, "%.*s is an address; allow %.*s lets it pass",
		    entry_shown_len(word), word.ptr, entry_shown_len(name), name.ptr);
	if (domain_normalise(name, out) == -1 || strchr(out, '.') == NULL)
		return err_set(err, ERR_USAGE,
		    "%.*s is no domain; expected a name such as qq.com, without wildcards",
		    entry_shown_len(word), word.ptr);
	if (!slice_equal_nocase(word, slice_of(out)))
		snprintf(line->notice, sizeof(line->notice), "%.*s is taken as %.100s",
		    entry_shown_len(word), word.ptr, out);
	return 0;
}

static int
read_domains(struct slice word, struct slice *rest, struct entry_line *line, struct err *err)
{
	do {
		if (line->domain_n == ENTRY_DOMAINS_MAX)
			return err_set(
			    err, ERR_USAGE, "at most %d domains at once", ENTRY_DOMAINS_MAX);
		if (read_domain(word, line->domains[line->domain_n], line, err) == -1)
			return -1;
		line->domain_n++;
	} while (next_word(rest, &word));
	return 0;
}

/* ---- the whole ---- */

static const struct beginning *
find_beginning(struct slice word)
{
	size_t i;

	for (i = 0; i < COUNT(beginnings); i++)
		if (slice_equal_nocase(word, slice_of(beginnings[i].word)))
			return &beginnings[i];
	return NULL;
}

static int
refuse_beginning(struct slice word, struct err *err)
{
	const char *possible[COUNT(beginnings)];
	size_t i;

	for (i = 0; i < COUNT(beginnings); i++)
		possible[i] = beginnings[i].word;
	if (word.len > 0)
		return refuse_word(word, possible, COUNT(beginnings), err);
	return err_set(err, ERR_USAGE,
	    "what? domain NAME, allow, block or expect PATTERN, or policy RECIPIENTS");
}

static int
read_rest(const struct beginning *beginning, struct slice word, struct slice *rest,
    struct entry_line *line, struct err *err)
{
	const struct clause first = { 0 };

	if (beginning->kind == ENTRY_DOMAIN)
		return read_domains(word, rest, line, err);
	pattern_parse(SLICE("@."), PATTERN_SCOPE, &line->scope, NULL, NULL);
	pattern_parse(SLICE("@."), PATTERN_SENDER, &line->sender, NULL, NULL);
	if (beginning->kind == ENTRY_RULE)
		return take_sender(&first, word, line, err) == -1
			   ? -1
			   : read_clauses(rest, KIND(RULE), line, err);
	if (take_scope(&first, word, line, err) == -1 ||
	    read_clauses(rest, KIND(POLICY), line, err) == -1)
		return -1;
	return check_terms(&line->terms, err);
}

int
entry_line_parse(struct slice text, struct entry_line *line, struct err *err)
{
	const struct beginning *beginning;
	struct slice rest = text, word;

	memset(line, 0, sizeof(*line));
	unset_terms(&line->terms);
	next_word(&rest, &word);
	beginning = find_beginning(word);
	if (beginning == NULL)
		return refuse_beginning(word, err);
	line->kind = beginning->kind;
	line->action = beginning->action;
	if (!next_word(&rest, &word) || find_clause(word, 1u << beginning->kind) != NULL)
		return err_set(err, ERR_USAGE, "%s %s", beginning->word, beginning->missing);
	if (read_rest(beginning, word, &rest, line, err) == -1)
		return -1;
	if (rest.len > 0) /* the comment, with its '#' */
		line->comment = slice_trim((struct slice){ rest.ptr + 1, rest.len - 1 });
	return 0;
}

/* ---- completion ---- */

static void
add_clauses(unsigned kinds, line_add *add, void *add_arg)
{
	size_t i;

	for (i = 0; i < COUNT(clauses); i++)
		if ((clauses[i].kinds & kinds) != 0)
			add(add_arg, clauses[i].word);
}

void
entry_line_complete(struct slice before, line_add *add, void *add_arg)
{
	const struct beginning *beginning;
	const struct clause *open = NULL;
	struct slice rest = before, word;
	size_t i;

	if (!next_word(&rest, &word)) {
		for (i = 0; i < COUNT(beginnings) && rest.len == 0; i++)
			add(add_arg, beginnings[i].word);
		return;
	}
	beginning = find_beginning(word);
	if (beginning == NULL || !next_word(&rest, &word))
		return;
	/* Words and their values take turns. */
	while (next_word(&rest, &word))
		open = open != NULL ? NULL : find_clause(word, 1u << beginning->kind);
	if (open == NULL && rest.len == 0)
		add_clauses(1u << beginning->kind, add, add_arg);
	for (i = 0; open != NULL && open->choices != NULL && open->choices[i] != NULL; i++)
		add(add_arg, open->choices[i]);
}
