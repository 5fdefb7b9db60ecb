/* status_prometheus.c - numbers for the textfile collector of node_exporter.
 *
 * What the statistics of the store hold can be no counter: minutes go when they are older than
 * statistics.age, and a sum that falls is read as a restart. So they are gauges, sums over whole
 * minutes that are over. */
#include <inttypes.h>

#include "cli/status.h"
#include "common/store/client.h"
#include "common/store/domain.h"
#include "common/store/stat.h"
#include "common/store/triplet.h"

#define SETTLED_S 5 /* counts are written a moment after their minute is over */

static void
head(const char *name, const char *help)
{
	printf("# HELP greygate_%s %s\n# TYPE greygate_%s gauge\n", name, help, name);
}

static void
put(const char *name, const char *help, int64_t value)
{
	head(name, help);
	printf("greygate_%s %" PRId64 "\n", name, value);
}

/* ---- answers ---- */

static const struct window {
	const char *counts, *delays;
	const char *counts_help, *delays_help;
	int64_t length_s;
} windows[] = {
	{ "messages_last_minute", "delay_seconds_last_minute",
	    "Messages by answer in the last complete minute.",
	    "Delays, summed, of messages that passed in the last complete minute.", 60 },
	{ "messages_last_5m", "delay_seconds_last_5m",
	    "Messages by answer in the last 5 complete minutes.",
	    "Delays, summed, of messages that passed in the last 5 complete minutes.", 300 },
	{ "messages_last_1h", "delay_seconds_last_1h",
	    "Messages by answer in the last 60 complete minutes.",
	    "Delays, summed, of messages that passed in the last 60 complete minutes.", 3600 },
};

struct sums {
	int64_t counts[REASON_N];
	int64_t delay_s;
};

static bool
keep_sum(void *arg, const struct stat_row *row)
{
	struct sums *sums = arg;
	enum reason reason;

	if (reason_parse(row->reason, &reason) == 0)
		sums->counts[reason] = row->count;
	sums->delay_s += row->delay_s;
	return true;
}

static int
put_window(const struct status *s, const struct window *w, struct err *err)
{
	int64_t end_s = (s->cli->now_s - SETTLED_S) / 60 * 60;
	struct sums sums = { .delay_s = 0 };
	int i;

	if (store_stat_sum(s->cli->store, end_s - w->length_s, end_s, keep_sum, &sums, err) == -1)
		return -1;
	head(w->counts, w->counts_help);
	for (i = 0; i < REASON_N; i++)
		printf("greygate_%s{reason=\"%s\"} %" PRId64 "\n", w->counts,
		    reason_info((enum reason)i)->name, sums.counts[i]);
	put(w->delays, w->delays_help, sums.delay_s);
	return 0;
}

static int
put_windows(const struct status *s, struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (put_window(s, &windows[i], err) == -1)
			return -1;
	return 0;
}

/* ---- domains ---- */

static const char *const domain_statuses[] = { "new", "ok", "partial", "none", "permerror",
	"temperror" };

#define STATUS_N (sizeof(domain_statuses) / sizeof(domain_statuses[0]))

static bool
count_domain(void *arg, const struct domain *domain)
{
	int64_t *counts = arg;
	size_t i;

	for (i = 0; i < STATUS_N; i++)
		counts[i] += slice_equal(domain->status, slice_of(domain_statuses[i]));
	return true;
}

static int
put_domains(const struct status *s, struct err *err)
{
	int64_t counts[STATUS_N] = { 0 };
	size_t i;

	if (store_domain_each(s->cli->store, SLICE(""), INT64_MAX, count_domain, counts, err) == -1)
		return -1;
	head("domains", "Whitelisted domains by the status of their last refresh.");
	for (i = 0; i < STATUS_N; i++)
		printf(
		    "greygate_domains{status=\"%s\"} %" PRId64 "\n", domain_statuses[i], counts[i]);
	put("domains_failing", "Whitelisted domains whose last refresh failed.", s->troubled);
	put("networks", "Networks of whitelisted domains.", s->networks);
	return 0;
}

/* ---- all ---- */

static void
put_server(const struct status *s)
{
	int64_t now_s = s->cli->now_s;

	put("up", "Whether a server lives on the database.", s->alive);
	if (s->beat_s > 0)
		put("heartbeat_age_seconds", "Since the last sign of life of the server.",
		    now_s - s->beat_s);
	if (s->alive)
		put("start_time_seconds", "When the server was started, in Unix time.",
		    s->started_s);
	put("database_bytes", "Size of the database.", store_file_bytes(s->cli->store));
	put("wal_bytes", "Size of its write-ahead log.", store_wal_bytes(s->cli->store));
}

static int
put_rows(const struct status *s, struct err *err)
{
	int64_t triplets, clients;

	if (store_triplet_count(s->cli->store, &triplets, err) == -1 ||
	    store_client_count(s->cli->store, &clients, err) == -1)
		return -1;
	put("triplets", "Triplets that are kept.", triplets);
	put("waiting", "Triplets that wait.", s->waiting);
	put("ready", "Triplets that wait and would pass on their next try.", s->ready);
	put("oldest_waiting_seconds", "How long the oldest of them has waited.",
	    s->waiting == 0 ? 0 : s->cli->now_s - s->oldest_s);
	put("clients", "Clients that have or earn the automatic whitelist.", clients);
	put("rules", "Rules.", s->rules);
	put("policies", "Policies.", s->policies);
	return 0;
}

int
status_prometheus(const struct status *s, struct err *err)
{
	put_server(s);
	if (put_rows(s, err) == -1 || put_domains(s, err) == -1)
		return -1;
	return put_windows(s, err);
}
