/* domain_refresh.c - domain refresh: asks the server, or walks here.
 *
 * The walks run side by side, as many as spf.refresh says. What each led to is kept as text until
 * those before it are done, so that the output is in the order of the names. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/domain_names.h"
#include "cli/lookups.h"
#include "cli/progress.h"
#include "cli/walk_text.h"
#include "common/base/clock.h"
#include "common/base/duration.h"
#include "common/base/xalloc.h"
#include "common/greylist/refresh.h"
#include "common/spf/lookup.h"
#include "common/spf/words.h"
#include "common/store/domain.h"

struct refreshing;

struct target {
	struct refreshing *refreshing;
	int64_t id;
	char name[DOMAIN_TEXT_MAX];
	char *text; /* what came of it; NULL: not done */
};

struct refreshing {
	struct cli *cli;
	struct target *targets;
	size_t target_n;
	struct lookups lookups;
	bool dry;
	size_t done_n, printed_n;
	int status;
};

/* How much a status asks of the operator; trouble with the database is worst. */
static size_t
weight(int status)
{
	static const int order[] = { 0, ERR_DATA, ERR_TEMP, ERR_USAGE, ERR_NOINPUT };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]) && order[i] != status; i++)
		;
	return i;
}

static void
note_status(struct refreshing *r, int status)
{
	if (weight(status) > weight(r->status))
		r->status = status;
}

/* ---- which ones ---- */

static bool
add_target(void *arg, const struct domain *domain)
{
	struct refreshing *r = arg;
	struct target *target;

	r->targets = xreallocarray(r->targets, r->target_n + 1, sizeof(*r->targets));
	target = &r->targets[r->target_n++];
	*target = (struct target){ .refreshing = r, .id = domain->id };
	snprintf(
	    target->name, sizeof(target->name), "%.*s", (int)domain->name.len, domain->name.ptr);
	return true;
}

static int
find_target(struct refreshing *r, const char *text, struct err *err)
{
	struct store *store = r->cli->store;
	char name[DOMAIN_TEXT_MAX];
	enum store_found found;
	int64_t id;

	if (domain_name_of(text, name, err) == -1)
		return -1;
	found = store_domain_find(store, slice_of(name), &id, err);
	if (found == STORE_YES)
		found = store_domain_get(store, id, add_target, r, err);
	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT,
		    "%s is not whitelisted; greygate domain add %s does that", name, name);
	return found == STORE_ERROR ? -1 : 0;
}

static int
find_targets(struct refreshing *r, struct err *err)
{
	struct cli *cli = r->cli;
	struct err one = { 0 };
	int status, i;

	if (cli->arg_n == 0)
		return store_domain_each(cli->store, SLICE(""), INT64_MAX, add_target, r, err);
	for (i = 0; i < cli->arg_n; i++)
		if (find_target(r, cli->args[i], &one) == -1) {
			status = 0;
			cli_complain(&status, &one);
			note_status(r, status);
		}
	return 0;
}

/* ---- by the server ---- */

static int
ask_server(struct refreshing *r, struct err *err)
{
	struct edit *edit = cli_edit(r->cli);
	size_t i;

	for (i = 0; i < r->target_n; i++)
		if (edit_domain_refresh(edit, r->targets[i].id, err) == -1)
			return -1;
	if (r->target_n == 0)
		return 0;
	if (cli_server_lives(r->cli)) {
		cli_say("The server begins to refresh %zu domain%s within a second; greygate "
			"domain list shows what came of it.",
		    r->target_n, r->target_n == 1 ? "" : "s");
		return 0;
	}
	return err_set(err, ERR_UNAVAILABLE,
	    "no server runs; it refreshes when it starts, greygate domain refresh --now does so "
	    "here");
}

/* ---- dry run: what would change ---- */

struct nets {
	char (*texts)[ADDR_NET_TEXT_MAX];
	size_t n;
};

static void
add_net(struct nets *nets, struct slice text)
{
	nets->texts = xreallocarray(nets->texts, nets->n + 1, sizeof(*nets->texts));
	snprintf(nets->texts[nets->n++], sizeof(*nets->texts), "%.*s", (int)text.len, text.ptr);
}

static bool
add_stored(void *arg, int64_t domain_id, const struct domain_network *network)
{
	(void)domain_id;
	add_net(arg, network->net);
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
add_walked(struct nets *nets, const struct spf_walk *walk)
{
	char text[ADDR_NET_TEXT_MAX];
	size_t i;

	for (i = 0; i < walk->network_n; i++)
		add_net(nets, slice_of(addr_net_format(&walk->networks[i].net, text)));
	if (nets->n > 0)
		qsort(nets->texts, nets->n, sizeof(*nets->texts), by_text);
}

/* Both are sorted. */
static void
put_changes(FILE *out, const struct nets *old, const struct nets *new)
{
	size_t i = 0, j = 0;
	int order;

	while (i < old->n || j < new->n) {
		order = i == old->n ? 1 : j == new->n ? -1 : strcmp(old->texts[i], new->texts[j]);
		if (order < 0)
			cli_put(out, "  - %s", old->texts[i]);
		else if (order > 0)
			cli_put(out, "  + %s", new->texts[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

/* The row as far as a dry run asks for it. */
struct row {
	bool there, keeps;
	const struct spf_walk *walk;
	struct refreshing *refreshing;
};

static bool
look_at(void *arg, const struct domain *domain)
{
	struct row *row = arg;
	struct cli *cli = row->refreshing->cli;

	row->there = true;
	row->keeps = refresh_keeps(domain, row->walk, &cli->config, cli->now_s);
	return true;
}

static void
put_dry(struct target *target, const struct spf_walk *walk, FILE *out, struct err *err)
{
	struct refreshing *r = target->refreshing;
	const char *status = spf_walk_status_name(walk->status);
	struct nets old = { NULL, 0 }, new = { NULL, 0 };
	struct row row = { .walk = walk, .refreshing = r };
	size_t i;

	if (store_domain_get(r->cli->store, target->id, look_at, &row, err) == STORE_ERROR ||
	    store_domain_networks(r->cli->store, target->id, add_stored, &old, err) == -1) {
		cli_put(out, "%s: %s", target->name, err->text);
		note_status(r, err->code);
	}
	if (old.n > 0)
		qsort(old.texts, old.n, sizeof(*old.texts), by_text);
	add_walked(&new, walk);
	cli_put(out, "%s: %s, %zu networks by %s, %zu now, %u of %d lookups", target->name, status,
	    new.n, spf_walk_source_name(walk->source), old.n, walk->lookups, SPF_LOOKUPS_MAX);
	if (row.keeps)
		cli_put(out, "  nothing would change: the last good networks stay");
	else
		put_changes(out, &old, &new);
	for (i = 0; i < walk->skip_n; i++)
		cli_put(out, "  skipped: %s: %s (%s): %s", walk->skips[i].domain,
		    walk->skips[i].term, walk->skips[i].reason,
		    spf_skip_meaning(slice_of(walk->skips[i].reason)));
	for (i = 0; i < 2; i++)
		if (walk->errors[i] != NULL)
			cli_put(out, "  error: %s", walk->errors[i]);
	free(old.texts);
	free(new.texts);
}

/* ---- here and now ---- */

static void
put_applied(struct target *target, const struct spf_walk *walk, FILE *out, struct err *err)
{
	struct refreshing *r = target->refreshing;
	struct refresh_report report;
	char next[DURATION_TEXT_MAX];
	bool gone;

	if (refresh_apply(r->cli->store, slice_of(target->name), walk, &r->cli->config,
		r->cli->now_s, (unsigned)((target->id * 61 + r->cli->now_s) % 100), &report, &gone,
		err) == -1) {
		cli_put(out, "%s: %s", target->name, err->text);
		note_status(r, err->code);
		return;
	}
	if (gone) {
		cli_put(out, "%s: was removed meanwhile", target->name);
		return;
	}
	cli_put(out,
	    "%s: %s, %" PRId64 " networks (%" PRId64 " added, %" PRId64 " removed)%s; "
	    "again in %s",
	    target->name, spf_walk_status_name(walk->status), report.after_n, report.added_n,
	    report.removed_n, report.kept ? ", kept as they were" : "",
	    duration_format_human(report.next_s - r->cli->now_s, next));
	if (report.warning[0] != '\0')
		cli_put(out, "  warning: %s", report.warning);
}

static void
show_progress(const struct refreshing *r, const char *name)
{
	progress_show("%zu/%zu %s", r->done_n, r->target_n, name);
}

static void
print_done(struct refreshing *r)
{
	struct target *target = &r->targets[r->printed_n];

	if (r->printed_n < r->target_n && target->text != NULL)
		progress_clear();
	for (; r->printed_n < r->target_n && target->text != NULL; r->printed_n++, target++) {
		fputs(target->text, stdout);
		free(target->text);
		target->text = NULL;
	}
	fflush(stdout);
}

static void
walked(void *arg, const struct spf_walk *walk)
{
	struct target *target = arg;
	struct refreshing *r = target->refreshing;
	struct err err = { 0 };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		abort();
	r->cli->now_s = clock_wall_s();
	if (r->dry)
		put_dry(target, walk, out, &err);
	else
		put_applied(target, walk, out, &err);
	fclose(out);
	target->text = text;
	if (walk->status == SPF_WALK_TEMPERROR)
		note_status(r, ERR_TEMP);
	else if (walk->status == SPF_WALK_PERMERROR)
		note_status(r, ERR_DATA);
	r->lookups.under_way--;
	r->done_n++;
	print_done(r);
	if (r->done_n < r->target_n)
		show_progress(r, target->name);
}

static int
walk_here(struct refreshing *r, struct err *err)
{
	const struct config *config = &r->cli->config;
	struct spf_walk_limits limits = refresh_limits(config);
	size_t i;

	if (lookups_open(&r->lookups, r->cli, err) == -1)
		return -1;
	for (i = 0; i < r->target_n; i++) {
		lookups_wait(&r->lookups, (size_t)config->spf_refresh);
		show_progress(r, r->targets[i].name);
		r->lookups.under_way++;
		spf_lookup_walk(r->lookups.dns, slice_of(r->targets[i].name), &limits,
		    config->spf_timeout_s * 1000, walked, &r->targets[i]);
	}
	lookups_wait(&r->lookups, 1);
	lookups_close(&r->lookups);
	return 0;
}

int
cmd_domain_refresh(struct cli *cli, struct err *err)
{
	struct refreshing r = { .cli = cli, .dry = cli_value(cli, "dry-run") != NULL };
	bool here = r.dry || cli_value(cli, "now") != NULL;
	int result;

	if (cli_value(cli, "dns") != NULL && !here)
		return err_set(err, ERR_USAGE,
		    "--dns goes with --now or --dry-run; the server asks its own resolvers");
	result = find_targets(&r, err);
	if (result == 0 && r.target_n == 0 && cli->arg_n == 0)
		cli_say("No domain is whitelisted.");
	else if (result == 0)
		result = here ? walk_here(&r, err) : ask_server(&r, err);
	free(r.targets);
	return result == -1 ? -1 : r.status;
}
