/* cmd_top.c - whose waiting hurts most, and what would help. */
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"
#include "cli/waiting.h"
#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/greylist/pools.h"
#include "common/greylist/remedy.h"
#include "common/net/email.h"
#include "common/store/domain.h"

#define ROWS 20
#define REMEDY_TEXT 320

typedef struct slice key_fn(const struct scan_row *row);

static struct slice
domain_of(const struct scan_row *row)
{
	return row->sender_domain;
}

static struct slice
sender_of(const struct scan_row *row)
{
	return row->triplet->sender.len == 0 ? SLICE("<>") : row->triplet->sender;
}

static struct slice
client_of(const struct scan_row *row)
{
	return row->triplet->client_address;
}

static struct slice
recipient_of(const struct scan_row *row)
{
	return row->triplet->recipient;
}

/* What can be gathered by; in the order of enum remedy_by. */
static const struct grouping {
	const char *name, *title;
	key_fn *key;
} groupings[REMEDY_BY_N] = {
	[REMEDY_DOMAIN] = { "domain", "SENDER DOMAIN", domain_of },
	[REMEDY_SENDER] = { "sender", "SENDER", sender_of },
	[REMEDY_CLIENT] = { "client", "CLIENT", client_of },
	[REMEDY_RECIPIENT] = { "recipient", "RECIPIENT", recipient_of },
};

struct top {
	struct cli *cli;
	enum remedy_by by;
	struct pools *pools;
	int64_t left; /* rows that may still be printed */
	struct table *table;
	struct json json;
};

/* Pools gather by what a row calls its domain: here by any text. */
static bool
gather(void *arg, const struct scan_row *row)
{
	struct top *top = arg;
	struct scan_row keyed = *row;

	keyed.sender_domain = groupings[top->by].key(row);
	return pools_add(top->pools, &keyed);
}

/* ---- what would help ---- */

static int
find_remedy(struct top *top, const struct pool *pool, char *out, size_t len, struct err *err)
{
	struct remedy_case c = { .by = top->by, .pool = pool, .now_s = top->cli->now_s };
	enum store_found found = STORE_NO;
	int64_t id;

	if (top->by == REMEDY_DOMAIN)
		c.domain = slice_of(pool->domain);
	else if (top->by == REMEDY_SENDER)
		c.domain = email_split(slice_of(pool->domain)).domain;
	if (c.domain.len > 0)
		found = store_domain_find(top->cli->store, c.domain, &id, err);
	c.whitelisted = found == STORE_YES;
	remedy_text(&c, out, len);
	return found == STORE_ERROR ? -1 : 0;
}

/* ---- rows ---- */

static void
put_row(struct top *top, const struct pool *pool, const char *remedy)
{
	char text[DURATION_TEXT_MAX];
	int64_t now_s = top->cli->now_s;

	table_text(top->table, pool->domain);
	table_number(top->table, pool->waiting);
	table_number(top->table, pool->nets);
	table_text(top->table, duration_format_human(now_s - pool->oldest_s, text));
	table_text(top->table, duration_format_human(pool_pain(pool, now_s), text));
	table_text(top->table, pool_spf_text(pool, text, sizeof(text)));
	if (remedy_is_command(remedy))
		table_whole(top->table, remedy);
	else
		table_text(top->table, remedy);
}

static void
put_json(struct top *top, const struct pool *pool, const char *remedy)
{
	struct json *j = &top->json;

	json_object(j, NULL);
	json_text(j, groupings[top->by].name, pool->domain);
	json_int(j, "waiting", pool->waiting);
	json_int(j, "networks", pool->nets);
	json_int(j, "retried", pool->retried);
	json_int(j, "listed", pool->listed);
	json_int(j, "oldest_s", pool->oldest_s);
	json_int(j, "oldest_id", pool->oldest_id);
	json_int(j, "pain_s", pool_pain(pool, top->cli->now_s));
	json_int(j, "spf_known", pool->spf_known);
	json_int(j, "spf_pass", pool->spf_pass);
	json_text(j, "newest_client", pool->client);
	json_text(j, "remedy", remedy);
	json_bool(j, "remedy_is_command", remedy_is_command(remedy));
	json_end(j, '}');
}

static int
put_all(struct top *top, struct err *err)
{
	const struct pool *pools;
	size_t n = pools_rank(top->pools, &pools), i;
	char remedy[REMEDY_TEXT];

	for (i = 0; i < n && top->left-- > 0; i++) {
		if (find_remedy(top, &pools[i], remedy, sizeof(remedy), err) == -1)
			return -1;
		if (top->cli->json)
			put_json(top, &pools[i], remedy);
		else
			put_row(top, &pools[i], remedy);
	}
	return 0;
}

static int
print(struct top *top, struct err *err)
{
	const struct table_column columns[] = { { groupings[top->by].title, false, true },
		{ "WAITING", true, false }, { "NETWORKS", true, false }, { "OLDEST", true, false },
		{ "PAIN", true, false }, { "SPF", false, false },
		{ "WHAT WOULD HELP", false, true } };
	int result;

	top->table = xcalloc(1, sizeof(*top->table));
	table_init(top->table, columns, 7, top->cli->width);
	json_init(&top->json, stdout);
	if (top->cli->json)
		json_array(&top->json, NULL);
	result = put_all(top, err);
	if (top->cli->json)
		json_end(&top->json, ']');
	else
		table_end(top->table, "Nothing is waiting.");
	free(top->table);
	return result;
}

static int
read_by(struct top *top, struct err *err)
{
	const char *value = cli_value(top->cli, "by");

	if (value == NULL)
		return 0;
	while (top->by < REMEDY_BY_N && strcmp(groupings[top->by].name, value) != 0)
		top->by++;
	if (top->by == REMEDY_BY_N)
		return err_set(
		    err, ERR_USAGE, "--by %s: one of domain, sender, client, recipient", value);
	return 0;
}

int
cmd_top(struct cli *cli, struct err *err)
{
	struct top top = { .cli = cli, .left = ROWS };
	int result;

	if (read_by(&top, err) == -1 || cli_number(cli, "limit", &top.left, err) == -1)
		return -1;
	top.pools = pools_new(cli->now_s);
	pools_watch_retries(top.pools);
	result = walk_triplets(cli, SCAN_WAITING, gather, &top, err);
	if (result == 0)
		result = print(&top, err);
	pools_free(top.pools);
	return result;
}
