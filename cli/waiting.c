/* waiting.c - see waiting.h. */
#include "cli/waiting.h"

#include <string.h>

#include "cli/progress.h"
#include "common/net/domain.h"

#define SLICE_ROWS 20000

struct walk {
	const struct cli *cli;
	scan_fn *fn;
	void *arg;
};

static bool
contains(struct slice text, const char *part)
{
	return part == NULL || memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static bool
is_chosen(const struct cli *cli, const struct scan_row *row)
{
	if (cli->command->max_args == 1 && cli->arg_n == 1 &&
	    !domain_is_at_or_below(row->sender_domain, slice_of(cli->args[0])))
		return false;
	return contains(row->triplet->sender, cli_value(cli, "from")) &&
	       contains(row->triplet->recipient, cli_value(cli, "to"));
}

static bool
choose(void *arg, const struct scan_row *row)
{
	struct walk *walk = arg;

	return !is_chosen(walk->cli, row) || walk->fn(walk->arg, row);
}

static void
report(const struct scan *scan)
{
	progress_show("reading triplets: %d%%", scan_percent(scan));
}

static int
read_all(struct walk *walk, struct scan *scan, struct err *err)
{
	enum store_found more;

	while ((more = scan_step(scan, SLICE_ROWS, choose, walk, err)) == STORE_YES)
		report(scan);
	progress_clear();
	return more == STORE_ERROR ? -1 : 0;
}

int
walk_triplets(struct cli *cli, enum scan_wanted wanted, scan_fn *fn, void *arg, struct err *err)
{
	struct walk walk = { .cli = cli, .fn = fn, .arg = arg };
	struct rules *rules = rules_load(cli->store, NULL, err);
	struct scan *scan = NULL;
	int result = -1;

	if (rules != NULL)
		scan = scan_new(cli->store, &cli->config, rules, cli->now_s, wanted, err);
	if (scan != NULL)
		result = read_all(&walk, scan, err);
	scan_free(scan);
	rules_free(rules);
	return result;
}
