/* cmd_deferred.c - what waits: by sender domain, and triplet by triplet. */
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"
#include "cli/waiting.h"
#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/greylist/pools.h"
#include "common/store/client.h"

#define TERMINAL_ROWS 50

/* Waiting mail by domain, less what needs nobody's care: it passes on its next try. */
struct gathering {
	struct pools *pools;
	int64_t listed;
};

static bool
gather(void *arg, const struct scan_row *row)
{
	struct gathering *g = arg;

	if (row->reason != REASON_DOMAIN_NETWORK)
		return pools_add(g->pools, row);
	g->listed++;
	return true;
}

static int64_t
wait_left_s(const struct pool *pool, int64_t now_s)
{
	return pool->may_pass_s == 0 || pool->blocked == pool->waiting ? 0
								       : pool->may_pass_s - now_s;
}

static const char *
when(int64_t wait_left_s, char *out, size_t len)
{
	char text[DURATION_TEXT_MAX];

	if (wait_left_s == 0)
		return "now";
	snprintf(out, len, "in %s", duration_format_human(wait_left_s, text));
	return out;
}

static const char *
pool_when(const struct pool *pool, int64_t now_s, char *out, size_t len)
{
	char text[DURATION_TEXT_MAX + 8];

	if (pool->blocked == pool->waiting)
		return "blocked";
	if (pool->blocked == 0)
		return when(wait_left_s(pool, now_s), out, len);
	snprintf(out, len, "%s, %lld blocked", when(wait_left_s(pool, now_s), text, sizeof(text)),
	    (long long)pool->blocked);
	return out;
}

static const char *
triplet_when(const struct scan_row *row, char *out, size_t len)
{
	switch (row->reason) {
	case REASON_RULE_BLOCK: return "blocked";
	case REASON_RELEASED: return "released";
	case REASON_DOMAIN_NETWORK: return "whitelisted";
	default: return when(row->wait_left_s, out, len);
	}
}

static void
put_pool(struct table *t, const struct pool *pool, int64_t now_s)
{
	char text[DURATION_TEXT_MAX + 40];

	table_text(t, pool->domain);
	table_number(t, pool->waiting);
	table_number(t, pool->nets);
	table_text(t, duration_format_human(now_s - pool->oldest_s, text));
	table_text(t, pool_when(pool, now_s, text, sizeof(text)));
	table_text(t, pool_spf_text(pool, text, sizeof(text)));
	table_text(t, pool->client);
}

static void
print_pools(
    const struct cli *cli, const struct pool *pools, size_t n, size_t shown_n, int64_t listed)
{
	static const struct table_column columns[] = { { "SENDER DOMAIN", false, true },
		{ "WAITING", true, false }, { "NETWORKS", true, false }, { "OLDEST", true, false },
		{ "MAY PASS", true, false }, { "SPF", false, false },
		{ "NEWEST CLIENT", false, true } };
	struct table *t = xcalloc(1, sizeof(*t));
	size_t i;

	table_init(t, columns, 7, cli->width);
	for (i = 0; i < shown_n; i++)
		put_pool(t, &pools[i], cli->now_s);
	table_end(t, listed == 0 ? "Nothing is waiting." : "Nothing else is waiting.");
	free(t);
	if (shown_n < n)
		printf("... and %zu more; --limit %zu shows them\n", n - shown_n, n);
	if (listed > 0)
		printf(
		    "%lld more came from networks that are whitelisted by now: they pass on their "
		    "next try.\n",
		    (long long)listed);
}

static void
print_pools_json(const struct cli *cli, const struct pool *pools, size_t n)
{
	struct json j;
	size_t i;

	json_init(&j, stdout);
	json_array(&j, NULL);
	for (i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_text(&j, "domain", pools[i].domain);
		json_int(&j, "waiting", pools[i].waiting);
		json_int(&j, "networks", pools[i].nets);
		json_int(&j, "oldest_s", pools[i].oldest_s);
		json_int(&j, "wait_left_s", wait_left_s(&pools[i], cli->now_s));
		json_int(&j, "blocked", pools[i].blocked);
		json_int(&j, "spf_known", pools[i].spf_known);
		json_int(&j, "spf_pass", pools[i].spf_pass);
		json_text(&j, "client", pools[i].client);
		json_end(&j, '}');
	}
	json_end(&j, ']');
}

static int
list_pools(struct cli *cli, struct err *err)
{
	int64_t limit = cli->terminal ? TERMINAL_ROWS : INT64_MAX;
	struct gathering g = { .pools = NULL };
	const struct pool *pools;
	size_t n, shown_n;
	int result;

	if (cli_number(cli, "limit", &limit, err) == -1)
		return -1;
	g.pools = pools_new(cli->now_s);
	result = walk_triplets(cli, SCAN_WAITING, gather, &g, err);
	n = pools_rank(g.pools, &pools);
	shown_n = (uint64_t)limit < n ? (size_t)limit : n;
	if (result == 0 && cli->json)
		print_pools_json(cli, pools, shown_n);
	else if (result == 0)
		print_pools(cli, pools, n, shown_n, g.listed);
	pools_free(g.pools);
	return result;
}

/* ---- triplet by triplet ---- */

struct list {
	struct cli *cli;
	bool waiting;
	int64_t left; /* rows that may still be printed */
	struct table *table;
	struct json json;
};

static void
put_triplet(struct list *list, const struct scan_row *row)
{
	const struct triplet *t = row->triplet;
	char text[DURATION_TEXT_MAX], label[400];

	table_number(list->table, t->id);
	table_text(list->table, duration_format_human(list->cli->now_s - t->state.first_s, text));
	if (list->waiting)
		table_text(list->table, triplet_when(row, text, sizeof(text)));
	else
		table_text(
		    list->table, duration_format_human(t->state.passed_s - t->state.first_s, text));
	table_number(list->table, t->state.attempts);
	table_text(list->table, pool_client_text(t, label, sizeof(label)));
	table_cell(list->table, t->sender.len == 0 ? SLICE("<>") : t->sender);
	table_cell(list->table, t->recipient);
}

static void
put_triplet_json(struct json *j, const struct scan_row *row)
{
	const struct triplet *t = row->triplet;

	json_object(j, NULL);
	json_int(j, "id", t->id);
	json_string(j, "sender", t->sender);
	json_string(j, "recipient", t->recipient);
	json_string(j, "client_address", t->client_address);
	json_string(j, "client_name", t->client_name);
	json_string(j, "helo", t->helo);
	json_string(j, "network", t->key.net);
	json_int(j, "first_s", t->state.first_s);
	json_int(j, "last_s", t->state.last_s);
	json_int(j, "attempts", t->state.attempts);
	json_int(j, "passes", t->state.passes);
	json_int(j, "passed_s", t->state.passed_s);
	json_int(j, "released_s", t->state.released_s);
	json_string(j, "spf", t->spf);
	json_string(j, "spf_domain", t->spf_domain);
	if (row->waiting) {
		json_bool(j, "listed", row->reason == REASON_DOMAIN_NETWORK);
		json_int(j, "wait_left_s", row->wait_left_s);
		json_text(j, "next", action_name(row->next));
		json_text(j, "reason", reason_info(row->reason)->name);
	}
	json_end(j, '}');
}

static bool
list_row(void *arg, const struct scan_row *row)
{
	struct list *list = arg;

	if (list->cli->json)
		put_triplet_json(&list->json, row);
	else
		put_triplet(list, row);
	return --list->left > 0;
}

static int
list_triplets(struct cli *cli, enum scan_wanted wanted, struct err *err)
{
	bool waiting = wanted == SCAN_WAITING;
	const struct table_column columns[] = { { "ID", true, false }, { "AGE", true, false },
		{ waiting ? "MAY PASS" : "WAITED", true, false }, { "TRIES", true, false },
		{ "CLIENT", false, true }, { "SENDER", false, true },
		{ "RECIPIENT", false, true } };
	struct list list = { .cli = cli,
		.waiting = waiting,
		.left = cli->terminal ? TERMINAL_ROWS : INT64_MAX,
		.table = xcalloc(1, sizeof(*list.table)) };
	int result;

	if (cli_number(cli, "limit", &list.left, err) == -1) {
		free(list.table);
		return -1;
	}
	table_init(list.table, columns, 7, cli->width);
	json_init(&list.json, stdout);
	if (cli->json)
		json_array(&list.json, NULL);
	result = walk_triplets(cli, wanted, list_row, &list, err);
	if (cli->json)
		json_end(&list.json, ']');
	else
		table_end(list.table, waiting ? "Nothing is waiting." : "Nothing has passed yet.");
	free(list.table);
	return result;
}

int
cmd_deferred(struct cli *cli, struct err *err)
{
	if (cli->arg_n > 0 || cli_value(cli, "list") != NULL || cli_value(cli, "from") != NULL ||
	    cli_value(cli, "to") != NULL)
		return list_triplets(cli, SCAN_WAITING, err);
	return list_pools(cli, err);
}

/* ---- auto-whitelisted clients ---- */

static bool
client_row(void *arg, const struct client *client)
{
	struct list *list = arg;
	char text[DURATION_TEXT_MAX];

	if (list->cli->json) {
		json_object(&list->json, NULL);
		json_string(&list->json, "address", client->address);
		json_string(&list->json, "name", client->name);
		json_int(&list->json, "passes", client->state.passes);
		json_int(&list->json, "first_s", client->state.first_s);
		json_int(&list->json, "last_s", client->state.last_s);
		json_end(&list->json, '}');
	} else {
		table_cell(list->table, client->address);
		table_cell(list->table, client->name);
		table_number(list->table, client->state.passes);
		table_text(list->table,
		    duration_format_human(list->cli->now_s - client->state.last_s, text));
	}
	return true;
}

static int
list_clients(struct cli *cli, struct err *err)
{
	static const struct table_column columns[] = { { "CLIENT", false, false },
		{ "NAME", false, true }, { "PASSES", true, false }, { "LAST USED", true, false } };
	struct list list = { .cli = cli,
		.left = cli->terminal ? TERMINAL_ROWS : INT64_MAX,
		.table = xcalloc(1, sizeof(*list.table)) };
	int64_t last_id;
	int result = cli_number(cli, "limit", &list.left, err);

	table_init(list.table, columns, 4, cli->width);
	json_init(&list.json, stdout);
	if (cli->json)
		json_array(&list.json, NULL);
	if (result == 0)
		result = store_client_page(
		    cli->store, INT64_MAX, list.left, client_row, &list, &last_id, err);
	if (cli->json)
		json_end(&list.json, ']');
	else if (result == 0)
		table_end(list.table, "No client is auto-whitelisted yet.");
	free(list.table);
	return result;
}

int
cmd_passed(struct cli *cli, struct err *err)
{
	if (cli_value(cli, "clients") != NULL)
		return list_clients(cli, err);
	return list_triplets(cli, SCAN_PASSED, err);
}
