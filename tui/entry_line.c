/* entry_line.c - see entry_line.h. What an entry begins with is a table here, what may follow one
 * of entry_clause.c. */
#include "tui/entry_line.h"

#include <stdio.h>
#include <string.h>

#include "common/net/addr.h"
#include "tui/entry_clause.h"
#include "tui/entry_word.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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
		    entry_word_shown(word), word.ptr, entry_word_shown(name), name.ptr);
	if (domain_normalise(name, out) == -1 || strchr(out, '.') == NULL)
		return err_set(err, ERR_USAGE,
		    "%.*s is no domain; expected a name such as qq.com, without wildcards",
		    entry_word_shown(word), word.ptr);
	if (!slice_equal_nocase(word, slice_of(out)))
		snprintf(line->notice, sizeof(line->notice), "%.*s is taken as %.100s",
		    entry_word_shown(word), word.ptr, out);
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
	} while (entry_word_next(rest, &word));
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
		return entry_word_refuse(word, possible, COUNT(beginnings), err);
	return err_set(err, ERR_USAGE,
	    "what? domain NAME, allow, block or expect PATTERN, or policy RECIPIENTS");
}

static int
read_rest(const struct beginning *beginning, struct slice word, struct slice *rest,
    struct entry_line *line, struct err *err)
{
	if (beginning->kind == ENTRY_DOMAIN)
		return read_domains(word, rest, line, err);
	pattern_parse(SLICE("@."), PATTERN_SCOPE, &line->scope, NULL, NULL);
	pattern_parse(SLICE("@."), PATTERN_SENDER, &line->sender, NULL, NULL);
	if (beginning->kind == ENTRY_RULE)
		return entry_sender_read(word, line, err) == -1
			   ? -1
			   : entry_clauses_read(rest, ENTRY_KIND(RULE), line, err);
	if (entry_scope_read(word, line, err) == -1 ||
	    entry_clauses_read(rest, ENTRY_KIND(POLICY), line, err) == -1)
		return -1;
	return entry_terms_require(&line->terms, err);
}

int
entry_line_parse(struct slice text, struct entry_line *line, struct err *err)
{
	const struct beginning *beginning, *other;
	struct slice rest = text, taken, word;

	memset(line, 0, sizeof(*line));
	entry_terms_unset(&line->terms);
	entry_word_next(&rest, &word);
	beginning = find_beginning(word);
	if (beginning == NULL)
		return refuse_beginning(word, err);
	line->kind = beginning->kind;
	line->action = beginning->action;
	taken = rest;
	if (entry_word_next(&taken, &word) && (other = find_beginning(word)) != NULL)
		return err_set(err, ERR_USAGE,
		    "%s or %s? One of them begins the line; ^U empties it", beginning->word,
		    other->word);
	if (!entry_word_next(&rest, &word) ||
	    entry_clause_find(word, 1u << beginning->kind) != NULL)
		return err_set(err, ERR_USAGE, "%s %s", beginning->word, beginning->missing);
	if (read_rest(beginning, word, &rest, line, err) == -1)
		return -1;
	if (rest.len > 0) /* the comment, with its '#' */
		line->comment = slice_trim((struct slice){ rest.ptr + 1, rest.len - 1 });
	return 0;
}

/* ---- completion ---- */

void
entry_line_complete(struct slice before, line_add *add, void *add_arg)
{
	const struct beginning *beginning;
	const struct entry_clause *open = NULL;
	const char *const *choices;
	struct slice rest = before, word;
	size_t i;

	if (!entry_word_next(&rest, &word)) {
		for (i = 0; i < COUNT(beginnings) && rest.len == 0; i++)
			add(add_arg, beginnings[i].word);
		return;
	}
	beginning = find_beginning(word);
	if (beginning == NULL || !entry_word_next(&rest, &word))
		return;
	/* Words and their values take turns. */
	while (entry_word_next(&rest, &word))
		open = open != NULL ? NULL : entry_clause_find(word, 1u << beginning->kind);
	if (open == NULL && rest.len == 0)
		entry_clauses_add(1u << beginning->kind, add, add_arg);
	choices = open == NULL ? NULL : entry_clause_choices(open);
	for (i = 0; choices != NULL && choices[i] != NULL; i++)
		add(add_arg, choices[i]);
}
