/* refresh.c - see refresh.h. */
#include "common/greylist/refresh.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/store/domain.h"

#define NETWORKS_MAX 10000
#define PATH_TEXT_MAX 1024
#define UNUSUAL_FROM 4 /* networks: smaller sets may change as they like */
#define UNUSUAL_GROWTH 10

struct spf_walk_limits
refresh_limits(const struct config *config)
{
	return (struct spf_walk_limits){ .min_prefix_v4 = (unsigned)config->spf_min_prefix_v4,
		.min_prefix_v6 = (unsigned)config->spf_min_prefix_v6,
		.voids_max = (unsigned)config->spf_void_lookups,
		.networks_max = NETWORKS_MAX };
}

/* The row before, and texts that the row after borrows. */
struct refresh {
	struct domain row; /* texts are not valid after the read, but for NAME and FROM */
	char name[256], from[8];
	bool is_first;
	char error[512];
	char *skipped;
};

static bool
take_row(void *arg, const struct domain *row)
{
	struct refresh *r = arg;

	r->row = *row;
	snprintf(r->name, sizeof(r->name), "%.*s", (int)row->name.len, row->name.ptr);
	snprintf(r->from, sizeof(r->from), "%.*s", (int)row->from.len, row->from.ptr);
	r->is_first = row->refreshed_s == 0;
	r->row.from = slice_of(r->from);
	return true;
}

static bool
is_complete(const struct spf_walk *walk, const struct domain *row)
{
	bool gone = walk->status == SPF_WALK_NONE && slice_equal(row->from, SLICE("spf")) &&
		    row->networks > 0;

	return walk->status == SPF_WALK_OK || walk->status == SPF_WALK_PARTIAL ||
	       (walk->status == SPF_WALK_NONE && !gone);
}

bool
refresh_keeps(const struct domain *row, const struct spf_walk *walk, const struct config *config,
    int64_t now_s)
{
	if (is_complete(walk, row))
		return false;
	if (row->good_s == 0) /* nothing is known to be whole; a failure must not take from it */
		return walk->status == SPF_WALK_TEMPERROR &&
		       (int64_t)walk->network_n < row->networks;
	return walk->status == SPF_WALK_TEMPERROR || now_s - row->good_s < config->spf_grace_s;
}

static int64_t
clamp(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

static int64_t
next_refresh(const struct spf_walk *walk, int64_t failures, int64_t now_s, unsigned jitter)
{
	static const int64_t again_s[] = { 300, 900, 3600 };
	int64_t ttl_s = walk->ttl_known ? walk->min_ttl_s : REFRESH_MIN_S;

	if (failures > 0)
		return now_s + again_s[clamp(failures - 1, 0, 2)];
	ttl_s = clamp(ttl_s, REFRESH_MIN_S, REFRESH_MAX_S);
	return now_s + ttl_s + ttl_s * jitter / 1000;
}

/* The skipped terms as JSON, freed by the caller. */
static char *
skipped_json(const struct spf_walk *walk)
{
	struct json json;
	size_t len, i;
	char *text;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		abort();
	json_init(&json, out);
	json_array(&json, NULL);
	for (i = 0; i < walk->skip_n; i++) {
		json_array(&json, NULL);
		json_text(&json, NULL, walk->skips[i].domain);
		json_text(&json, NULL, walk->skips[i].term);
		json_text(&json, NULL, walk->skips[i].reason);
		json_end(&json, ']');
	}
	json_end(&json, ']');
	fclose(out);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void
describe(struct refresh *r, const struct spf_walk *walk, bool complete)
{
	const char *v4 = walk->errors[ADDR_V4], *v6 = walk->errors[ADDR_V6];

	if (complete)
		r->error[0] = '\0';
	else if (v4 == NULL && v6 == NULL)
		snprintf(r->error, sizeof(r->error), "the SPF record is gone");
	else if (v4 != NULL && v6 != NULL && strcmp(v4 + 3, v6 + 3) == 0) /* but for "v4 " */
		snprintf(r->error, sizeof(r->error), "%s", v4 + 3);
	else
		snprintf(r->error, sizeof(r->error), "%s%s%s", v4 == NULL ? "" : v4,
		    v4 != NULL && v6 != NULL ? "; " : "", v6 == NULL ? "" : v6);
}

static void
fill_row(
    struct refresh *r, const struct spf_walk *walk, bool complete, int64_t now_s, unsigned jitter)
{
	struct domain *row = &r->row;

	row->name = slice_of(r->name);
	row->status = slice_of(spf_walk_status_name(walk->status));
	row->error = slice_of(r->error);
	row->skipped = slice_of(r->skipped);
	row->refreshed_s = now_s;
	row->failures = complete ? 0 : row->failures + 1;
	if (complete)
		row->good_s = now_s;
	row->next_s = next_refresh(walk, row->failures, now_s, jitter);
	row->lookups = walk->lookups;
	row->min_ttl_s = walk->ttl_known ? (int64_t)walk->min_ttl_s : -1;
}

/* The networks of WALK as rows; *STORAGE_OUT holds their texts. Both are freed by the caller. */
static struct domain_network *
rows_of(const struct spf_walk *walk, char **storage_out)
{
	const size_t room = ADDR_NET_TEXT_MAX + PATH_TEXT_MAX;
	struct domain_network *rows = xcalloc(walk->network_n + 1, sizeof(*rows));
	char *at = *storage_out = xcalloc(walk->network_n + 1, room);
	size_t i;

	for (i = 0; i < walk->network_n; i++, at += room) {
		struct buf path;

		rows[i].net = slice_of(addr_net_format(&walk->networks[i].net, at));
		buf_init(&path, at + ADDR_NET_TEXT_MAX, PATH_TEXT_MAX);
		spf_walk_path(walk, walk->networks[i].line, &path);
		rows[i].path = buf_slice(&path);
	}
	return rows;
}

static int
replace_networks(struct store *store, int64_t id, const struct spf_walk *walk, int64_t now_s,
    struct refresh_report *report, struct err *err)
{
	char *storage;
	struct domain_network *rows = rows_of(walk, &storage);
	int result = store_domain_replace(store, id, rows, walk->network_n,
	    slice_of(spf_walk_status_name(walk->status)), now_s, &report->added_n,
	    &report->removed_n, err);

	free(rows);
	free(storage);
	return result;
}

static void
warn(const struct refresh *r, bool complete, struct refresh_report *report)
{
	int64_t before = report->before_n, after = report->after_n;
	char *out = report->warning;
	size_t len = sizeof(report->warning);

	if (!complete && report->kept)
		snprintf(out, len,
		    "%s cannot be refreshed: %s; its %" PRId64 " networks stay as they are",
		    r->name, r->error, before);
	else if (!complete)
		snprintf(out, len, "%s cannot be refreshed: %s; %" PRId64 " networks are listed",
		    r->name, r->error, after);
	else if (after == 0 && r->is_first)
		snprintf(out, len, "%s has no network that could be listed", r->name);
	else if (before >= UNUSUAL_FROM && (2 * after < before || after > before * UNUSUAL_GROWTH))
		snprintf(out, len, "%s had %" PRId64 " networks and has %" PRId64 " now", r->name,
		    before, after);
}

static int
apply(struct store *store, struct refresh *r, const struct spf_walk *walk,
    const struct config *config, int64_t now_s, unsigned jitter, struct refresh_report *report,
    struct err *err)
{
	bool complete = is_complete(walk, &r->row);

	report->kept = refresh_keeps(&r->row, walk, config, now_s);
	report->before_n = report->after_n = r->row.networks;
	describe(r, walk, complete);
	fill_row(r, walk, complete, now_s, jitter);
	if (!report->kept) {
		r->row.from = slice_of(spf_walk_source_name(walk->source));
		report->after_n = (int64_t)walk->network_n;
		if (replace_networks(store, r->row.id, walk, now_s, report, err) == -1)
			return -1;
	}
	report->next_s = r->row.next_s;
	warn(r, complete, report);
	return store_domain_refreshed(store, &r->row, err);
}

int
refresh_apply(struct store *store, struct slice name, const struct spf_walk *walk,
    const struct config *config, int64_t now_s, unsigned jitter, struct refresh_report *report_out,
    bool *gone_out, struct err *err)
{
	struct refresh r = { .skipped = NULL };
	enum store_found found;
	int64_t id;
	int result = -1;

	memset(report_out, 0, sizeof(*report_out));
	if (store_begin(store, err) == -1)
		return -1;
	found = store_domain_find(store, name, &id, err);
	if (found == STORE_YES)
		found = store_domain_get(store, id, take_row, &r, err);
	*gone_out = found == STORE_NO;
	if (found == STORE_YES) {
		r.skipped = skipped_json(walk);
		result = apply(store, &r, walk, config, now_s, jitter, report_out, err);
		free(r.skipped);
	}
	if (result == 0)
		result = store_commit(store, err);
	if (result == -1)
		store_rollback(store);
	return *gone_out ? 0 : result;
}
