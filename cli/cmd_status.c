/* cmd_status.c - is it alive, and what did it do. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/status.h"
#include "cli/waiting.h"
#include "common/base/duration.h"
#include "common/base/json.h"
#include "common/store/domain.h"
#include "common/store/heartbeat.h"
#include "common/store/stat.h"

static void
keep_beat(void *arg, const struct heartbeat *beat)
{
	struct status *s = arg;
	struct buf b;

	s->ever = true;
	s->pid = beat->pid;
	s->started_s = beat->started_s;
	s->beat_s = beat->beat_s;
	buf_init(&b, s->version, sizeof(s->version));
	str_escape(&b, beat->version, ESCAPE_TEXT);
	buf_init(&b, s->text, sizeof(s->text));
	str_escape(&b, beat->status, ESCAPE_TEXT);
}

static bool
keep_sum(void *arg, const struct stat_row *row)
{
	struct status *s = arg;
	enum reason reason;

	if (reason_parse(row->reason, &reason) == 0)
		s->sums[reason] = row->count;
	if (s->sums == s->day)
		s->day_delay_s += row->delay_s;
	return true;
}

static bool
count_waiting(void *arg, const struct scan_row *row)
{
	struct status *s = arg;

	s->waiting++;
	s->ready += row->next == ACTION_PASS;
	s->oldest_s = row->triplet->state.first_s;
	return true;
}

static bool
count_domain(void *arg, const struct domain *domain)
{
	struct status *s = arg;

	s->domains++;
	s->networks += domain->networks;
	s->troubled += domain->failures > 0;
	return true;
}

static int
gather(struct status *s, struct err *err)
{
	struct store *store = s->cli->store;
	int64_t now_s = s->cli->now_s;
	struct rules *rules;

	if (store_heartbeat_get(store, keep_beat, s, err) == STORE_ERROR)
		return -1;
	s->alive = s->ever && s->beat_s > now_s - HEARTBEAT_DEAD_S;
	s->sums = s->hour;
	if (store_stat_sum(store, now_s - 3600, INT64_MAX, keep_sum, s, err) == -1)
		return -1;
	s->sums = s->day;
	if (store_stat_sum(store, now_s - 86400, INT64_MAX, keep_sum, s, err) == -1 ||
	    walk_triplets(s->cli, SCAN_WAITING, count_waiting, s, err) == -1 ||
	    store_domain_each(store, SLICE(""), INT64_MAX, count_domain, s, err) == -1)
		return -1;
	rules = rules_load(store, NULL, err);
	if (rules == NULL)
		return -1;
	s->rules = (int64_t)rules_count(rules);
	s->policies = (int64_t)policies_count(rules);
	rules_free(rules);
	return 0;
}

static void
print_server(const struct status *s)
{
	char text[DURATION_TEXT_MAX];
	int64_t now_s = s->cli->now_s;

	if (s->alive)
		printf("Server     alive: greygated %s, process %" PRId64 ", for %s (%s)\n",
		    s->version, s->pid, duration_format_human(now_s - s->started_s, text), s->text);
	else if (!s->ever)
		printf("Server     has never run on this database\n");
	else if (s->beat_s == 0)
		printf("Server     stopped in order; start greygated\n");
	else
		printf("Server     NOT ALIVE: last heard of %s ago; start greygated, look at its "
		       "log\n",
		    duration_format_human(now_s - s->beat_s, text));
}

static void
print_counts(const struct status *s)
{
	char text[DURATION_TEXT_MAX];
	int i;

	printf("\n%-34s%10s%10s\n", "Messages", "1 hour", "24 hours");
	for (i = 0; i < REASON_N; i++)
		if (s->day[i] > 0)
			printf("  %-32s%10" PRId64 "%10" PRId64 "\n",
			    reason_info((enum reason)i)->counter, s->hour[i], s->day[i]);
	if (s->day[REASON_RETRY] > 0)
		printf("\nMail that passed after its delay waited %s on average.\n",
		    duration_format_human(s->day_delay_s / s->day[REASON_RETRY], text));
}

static void
print_domains(const struct status *s)
{
	if (s->domains == 0) {
		printf("Domains    none is whitelisted\n");
		return;
	}
	printf("Domains    %" PRId64 " whitelisted, %" PRId64 " networks", s->domains, s->networks);
	if (s->troubled > 0)
		printf("; %" PRId64 " with trouble: greygate domain list", s->troubled);
	printf("\n");
}

static void
print_text(const struct status *s)
{
	const struct store *store = s->cli->store;
	char text[DURATION_TEXT_MAX];

	print_server(s);
	printf("Database   %s, %.1f MiB and %.1f MiB of log\n", s->cli->config.database,
	    (double)store_file_bytes(store) / (1 << 20),
	    (double)store_wal_bytes(store) / (1 << 20));
	if (s->waiting > 0)
		printf("Waiting    %" PRId64
		       " triplets, the oldest for %s; greygate deferred shows "
		       "them\n",
		    s->waiting, duration_format_human(s->cli->now_s - s->oldest_s, text));
	else
		printf("Waiting    nothing\n");
	printf("Rules      %" PRId64 " rules, %" PRId64 " policies\n", s->rules, s->policies);
	print_domains(s);
	print_counts(s);
}

static void
put_counts(struct json *j, const char *key, const int64_t counts[REASON_N])
{
	int i;

	json_object(j, key);
	for (i = 0; i < REASON_N; i++)
		json_int(j, reason_info((enum reason)i)->name, counts[i]);
	json_end(j, '}');
}

static void
print_json(const struct status *s)
{
	struct json j;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_bool(&j, "alive", s->alive);
	json_int(&j, "pid", s->alive ? s->pid : 0);
	json_int(&j, "started_s", s->started_s);
	json_int(&j, "heartbeat_s", s->beat_s);
	json_text(&j, "version", s->version);
	json_text(&j, "status", s->text);
	json_text(&j, "database", s->cli->config.database);
	json_int(&j, "database_bytes", store_file_bytes(s->cli->store));
	json_int(&j, "wal_bytes", store_wal_bytes(s->cli->store));
	json_int(&j, "waiting", s->waiting);
	json_int(&j, "oldest_waiting_s", s->oldest_s);
	json_int(&j, "rules", s->rules);
	json_int(&j, "policies", s->policies);
	json_int(&j, "domains", s->domains);
	json_int(&j, "domain_networks", s->networks);
	json_int(&j, "domains_troubled", s->troubled);
	put_counts(&j, "hour", s->hour);
	put_counts(&j, "day", s->day);
	json_int(&j, "day_delay_s", s->day_delay_s);
	json_end(&j, '}');
}

int
cmd_status(struct cli *cli, struct err *err)
{
	struct status s = { .cli = cli };
	bool prometheus = cli_value(cli, "prometheus") != NULL;

	if (cli_value(cli, "output") != NULL && !prometheus)
		return err_set(err, ERR_USAGE, "--output goes with --prometheus");
	if (prometheus && cli->json)
		return err_set(err, ERR_USAGE, "either --prometheus or --json");
	if (gather(&s, err) == -1)
		return -1;
	if (prometheus)
		return status_prometheus(&s, err);
	if (cli->json)
		print_json(&s);
	else
		print_text(&s);
	return s.alive ? 0 : ERR_UNAVAILABLE;
}
