/* cmd_deferred.c - what waits: by sender domain, and triplet by triplet. */
#include <stdlib.h>
#include <string.h>

#include "cli/names.h"
#include "cli/table.h"
#include "cli/waiting.h"
#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/store/client.h"

#define TERMINAL_ROWS 50

/* The waiting mail of one sender domain. */
struct pool {
	int64_t waiting, nets;
	int64_t oldest_s;
	int64_t wait_left_s; /* least */
	int64_t spf_known, spf_pass;
	char spf_other[16]; /* what SPF said where it was no pass; "mixed" for several results */
	char *client;       /* of the newest */
};

struct pools {
	struct cli *cli;
	struct names domains, nets;
	int64_t listed; /* need nobody's care: they pass on their next try */
	struct pool *rows;
};

static const char *
client_label(const struct triplet *t, char *out, size_t len)
{
	snprintf(out, len, "%.*s[%.*s]", t->client_name.len == 0 ? 7 : (int)t->client_name.len,
	    t->client_name.len == 0 ? "unknown" : t->client_name.ptr, (int)t->client_address.len,
	    t->client_address.ptr);
	return out;
}

static struct pool *
pool_of(struct pools *pools, const struct walk_row *row)
{
	size_t known = pools->domains.n, at = names_number(&pools->domains, row->sender_domain);
	char label[400];

	if (at == known) {
		pools->rows = xreallocarray(pools->rows, known + 1, sizeof(*pools->rows));
		pools->rows[at] = (struct pool){ .oldest_s = INT64_MAX,
			.wait_left_s = INT64_MAX,
			.client = xstrdup(client_label(row->triplet, label, sizeof(label))) };
	}
	return &pools->rows[at];
}

static void
note_spf(struct pool *pool, struct slice spf)
{
	if (spf.len == 0)
		return;
	pool->spf_known++;
	if (slice_equal(spf, SLICE("pass")))
		pool->spf_pass++;
	else if (pool->spf_other[0] != '\0' && !slice_equal(spf, slice_of(pool->spf_other)))
		snprintf(pool->spf_other, sizeof(pool->spf_other), "mixed");
	else
		snprintf(pool->spf_other, sizeof(pool->spf_other), "%.*s", (int)spf.len, spf.ptr);
}

/* "pass", "pass 3/7", another result, "-" where nobody has asked yet. */
static const char *
spf_text(const struct pool *pool, char *out, size_t len)
{
	if (pool->spf_known == 0)
		return "-";
	if (pool->spf_pass == 0)
		return pool->spf_other;
	if (pool->spf_pass == pool->waiting)
		return "pass";
	snprintf(out, len, "pass %lld/%lld", (long long)pool->spf_pass, (long long)pool->waiting);
	return out;
}

static bool
add_to_pool(void *arg, const struct walk_row *row)
{
	struct pools *pools = arg;
	struct pool *pool;
	size_t known = pools->nets.n;
	char pair[1024];
	struct buf b;

	if (row->listed) {
		pools->listed++;
		return true;
	}
	pool = pool_of(pools, row);
	buf_init(&b, pair, sizeof(pair));
	buf_add(&b, row->triplet->key.net);
	buf_add_char(&b, ' ');
	buf_add(&b, row->sender_domain);
	pool->nets += names_number(&pools->nets, buf_slice(&b)) == known;
	pool->waiting++;
	note_spf(pool, row->triplet->spf);
	if (row->triplet->state.first_s < pool->oldest_s)
		pool->oldest_s = row->triplet->state.first_s;
	if (row->wait_left_s < pool->wait_left_s)
		pool->wait_left_s = row->wait_left_s;
	return true;
}

struct ranked {
	const char *domain;
	const struct pool *pool;
	int64_t pain; /* mails times how long the oldest waits */
};

static int
compare_pain(const void *a_, const void *b_)
{
	const struct ranked *a = a_, *b = b_;

	if (a->pain != b->pain)
		return a->pain < b->pain ? 1 : -1;
	return strcmp(a->domain, b->domain);
}

static struct ranked *
rank(const struct pools *pools)
{
	struct ranked *ranked = xcalloc(pools->domains.n, sizeof(*ranked));
	size_t i;

	for (i = 0; i < pools->domains.n; i++) {
		const struct pool *pool = &pools->rows[i];

		ranked[i] = (struct ranked){ pools->domains.texts[i], pool,
			pool->waiting * (pools->cli->now_s - pool->oldest_s + 1) };
	}
	qsort(ranked, pools->domains.n, sizeof(*ranked), compare_pain);
	return ranked;
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

static void
print_pools(const struct pools *pools, const struct ranked *ranked)
{
	static const struct table_column columns[] = { { "SENDER DOMAIN", false, true },
		{ "WAITING", true, false }, { "NETWORKS", true, false }, { "OLDEST", true, false },
		{ "MAY PASS", true, false }, { "SPF", false, false },
		{ "NEWEST CLIENT", false, true } };
	char text[DURATION_TEXT_MAX];
	struct table *t = xcalloc(1, sizeof(*t));
	size_t i;

	table_init(t, columns, 7, pools->cli->width);
	for (i = 0; i < pools->domains.n; i++) {
		const struct pool *pool = ranked[i].pool;

		table_text(t, ranked[i].domain);
		table_number(t, pool->waiting);
		table_number(t, pool->nets);
		table_text(t, duration_format_human(pools->cli->now_s - pool->oldest_s, text));
		table_text(t, when(pool->wait_left_s, text, sizeof(text)));
		table_text(t, spf_text(pool, text, sizeof(text)));
		table_text(t, pool->client);
	}
	table_end(t, pools->listed == 0 ? "Nothing is waiting." : "Nothing else is waiting.");
	free(t);
	if (pools->listed > 0)
		printf(
		    "%lld more came from networks that are whitelisted by now: they pass on their "
		    "next try.\n",
		    (long long)pools->listed);
}

static void
print_pools_json(const struct pools *pools, const struct ranked *ranked)
{
	struct json j;
	size_t i;

	json_init(&j, stdout);
	json_array(&j, NULL);
	for (i = 0; i < pools->domains.n; i++) {
		json_object(&j, NULL);
		json_text(&j, "domain", ranked[i].domain);
		json_int(&j, "waiting", ranked[i].pool->waiting);
		json_int(&j, "networks", ranked[i].pool->nets);
		json_int(&j, "oldest_s", ranked[i].pool->oldest_s);
		json_int(&j, "wait_left_s", ranked[i].pool->wait_left_s);
		json_int(&j, "spf_known", ranked[i].pool->spf_known);
		json_int(&j, "spf_pass", ranked[i].pool->spf_pass);
		json_text(&j, "client", ranked[i].pool->client);
		json_end(&j, '}');
	}
	json_end(&j, ']');
}

static int
list_pools(struct cli *cli, struct err *err)
{
	struct pools pools = { .cli = cli };
	int result = walk_triplets(cli, true, add_to_pool, &pools, err);
	struct ranked *ranked = rank(&pools);
	size_t i;

	if (result == 0 && cli->json)
		print_pools_json(&pools, ranked);
	else if (result == 0)
		print_pools(&pools, ranked);
	for (i = 0; i < pools.domains.n; i++)
		free(pools.rows[i].client);
	free(pools.rows);
	free(ranked);
	names_clear(&pools.domains);
	names_clear(&pools.nets);
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
put_triplet(struct list *list, const struct walk_row *row)
{
	const struct triplet *t = row->triplet;
	char text[DURATION_TEXT_MAX], label[400];

	table_number(list->table, t->id);
	table_text(list->table, duration_format_human(list->cli->now_s - t->state.first_s, text));
	if (list->waiting)
		table_text(list->table, t->state.released_s != 0 ? "released"
					: row->listed            ? "whitelisted"
						      : when(row->wait_left_s, text, sizeof(text)));
	else
		table_text(
		    list->table, duration_format_human(t->state.passed_s - t->state.first_s, text));
	table_number(list->table, t->state.attempts);
	table_text(list->table, client_label(t, label, sizeof(label)));
	table_cell(list->table, t->sender.len == 0 ? SLICE("<>") : t->sender);
	table_cell(list->table, t->recipient);
}

static void
put_triplet_json(struct json *j, const struct walk_row *row)
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
	if (row->waiting)
		json_bool(j, "listed", row->listed);
	if (row->waiting)
		json_int(j, "wait_left_s", row->wait_left_s);
	json_end(j, '}');
}

static bool
list_row(void *arg, const struct walk_row *row)
{
	struct list *list = arg;

	if (list->cli->json)
		put_triplet_json(&list->json, row);
	else
		put_triplet(list, row);
	return --list->left > 0;
}

static int
list_triplets(struct cli *cli, bool waiting, struct err *err)
{
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
	result = walk_triplets(cli, waiting, list_row, &list, err);
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
	    cli_value(cli, "to") != NULL || cli_value(cli, "limit") != NULL)
		return list_triplets(cli, true, err);
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
	return list_triplets(cli, false, err);
}
