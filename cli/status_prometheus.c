/* status_prometheus.c - numbers for the textfile collector of node_exporter. */
#include <inttypes.h>

#include "cli/status.h"
#include "common/store/client.h"
#include "common/store/domain.h"
#include "common/store/stat.h"
#include "common/store/triplet.h"

static void
head(const char *name, const char *type, const char *help)
{
	printf("# HELP greygate_%s %s\n# TYPE greygate_%s %s\n", name, help, name, type);
}

static void
put(const char *name, const char *help, int64_t value)
{
	head(name, "gauge", help);
	printf("greygate_%s %" PRId64 "\n", name, value);
}

/* ---- answers ---- */

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
put_answers(const struct status *s, struct err *err)
{
	struct sums sums = { .delay_s = 0 };
	int i;

	if (store_stat_totals(s->cli->store, keep_sum, &sums, err) == -1)
		return -1;
	head("messages_total", "counter", "Messages by answer, since the database was made.");
	for (i = 0; i < REASON_N; i++)
		printf("greygate_messages_total{reason=\"%s\"} %" PRId64 "\n",
		    reason_info((enum reason)i)->name, sums.counts[i]);
	head("delay_seconds_total", "counter", "How long messages that passed had waited, summed.");
	printf("greygate_delay_seconds_total %" PRId64 "\n", sums.delay_s);
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
	head("domains", "gauge", "Whitelisted domains by the status of their last refresh.");
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
	return put_answers(s, err);
}
