/* waiting.c - see waiting.h. */
#include "cli/waiting.h"

#include <string.h>
#include <unistd.h>

#include "common/net/domain.h"
#include "common/net/email.h"
#include "common/store/policy.h"

#define PAGE_ROWS 20000
#define SLACK_S 3600 /* ids follow first contacts, but for a clock that was set back a little */

struct walk {
	struct cli *cli;
	const struct rules *rules;
	bool waiting;
	walk_fn *fn;
	void *arg;
	int64_t oldest_s; /* nothing before it can be waiting */
	bool stop;
};

static bool
contains(struct slice text, const char *part)
{
	return part == NULL || memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static bool
is_chosen(const struct walk *walk, const struct walk_row *row)
{
	const struct cli *cli = walk->cli;

	if (row->waiting != walk->waiting || (!walk->waiting && row->triplet->state.passed_s == 0))
		return false;
	if (cli->command->max_args == 1 && cli->arg_n == 1 &&
	    !domain_is_at_or_below(row->sender_domain, slice_of(cli->args[0])))
		return false;
	return contains(row->triplet->sender, cli_value(cli, "from")) &&
	       contains(row->triplet->recipient, cli_value(cli, "to"));
}

static void
find_terms(const struct walk *walk, struct walk_row *row)
{
	char recipient[EMAIL_TEXT_MAX], sender[EMAIL_TEXT_MAX];
	struct rules_subject subject = { .now_s = walk->cli->now_s };
	struct policy_match policy;
	struct buf b;

	buf_init(&b, recipient, sizeof(recipient));
	email_normalise(&b, row->triplet->recipient);
	subject.recipient = buf_slice(&b);
	buf_init(&b, sender, sizeof(sender));
	email_normalise(&b, row->triplet->sender);
	subject.sender.mailbox = buf_slice(&b);
	rules_policy(walk->rules, &walk->cli->config, &subject, &policy);
	row->terms = policy.terms;
}

static bool
is_listed(const struct walk *walk, const struct triplet *triplet)
{
	struct slice domain;
	struct addr addr;

	return addr_parse(triplet->client_address, &addr) == 0 &&
	       rules_network(walk->rules, &addr, &domain);
}

static bool
look_at(void *arg, const struct triplet *triplet)
{
	struct walk *walk = arg;
	const struct triplet_state *state = &triplet->state;
	struct walk_row row = { .triplet = triplet };

	if (walk->waiting && state->first_s < walk->oldest_s) {
		walk->stop = true;
		return false;
	}
	find_terms(walk, &row);
	row.waiting = state->passed_s == 0 &&
		      transition_judge(state, &row.terms, walk->cli->now_s) != TRIPLET_EXPIRED;
	row.listed = row.waiting && is_listed(walk, triplet);
	if (state->released_s == 0 && !row.listed)
		row.wait_left_s = transition_wait_left_s(state, &row.terms, walk->cli->now_s);
	row.sender_domain = email_split(triplet->key.sender).domain;
	if (row.sender_domain.len == 0)
		row.sender_domain = SLICE("<>");
	if (is_chosen(walk, &row) && !walk->fn(walk->arg, &row))
		walk->stop = true;
	return !walk->stop;
}

static int
find_oldest(struct walk *walk, struct err *err)
{
	int64_t window_s, lifetime_s, own_s = walk->cli->config.greylist_window_s;

	if (store_policy_longest(walk->cli->store, &window_s, &lifetime_s, err) == -1)
		return -1;
	walk->oldest_s = walk->cli->now_s - (window_s > own_s ? window_s : own_s) - SLACK_S;
	return 0;
}

static void
report(int64_t last_id, int64_t total)
{
	if (isatty(STDERR_FILENO) && total > PAGE_ROWS)
		fprintf(stderr, "\rreading triplets: %d%% ",
		    (int)((total - last_id) * 100 / (total == 0 ? 1 : total)));
}

static int
walk_pages(struct walk *walk, struct err *err)
{
	int64_t last_id = INT64_MAX, total;

	if (store_triplet_max_id(walk->cli->store, &total, err) == -1)
		return -1;
	while (last_id != 0 && !walk->stop) {
		if (store_triplet_page(
			walk->cli->store, last_id, PAGE_ROWS, look_at, walk, &last_id, err) == -1)
			return -1;
		report(last_id, total);
	}
	if (isatty(STDERR_FILENO) && total > PAGE_ROWS)
		fprintf(stderr, "\r%30s\r", "");
	return 0;
}

int
walk_triplets(struct cli *cli, bool waiting, walk_fn *fn, void *arg, struct err *err)
{
	struct walk walk = { .cli = cli, .waiting = waiting, .fn = fn, .arg = arg };
	struct rules *rules = rules_load(cli->store, NULL, err);
	int result;

	if (rules == NULL)
		return -1;
	walk.rules = rules;
	result = find_oldest(&walk, err) == -1 ? -1 : walk_pages(&walk, err);
	rules_free(rules);
	return result;
}
