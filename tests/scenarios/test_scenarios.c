/* test_scenarios.c - stories in virtual time through the engine and a real file.
 * A line: "@SECONDS CLIENT SENDER RECIPIENT [INSTANCE] => ACTION REASON [header]", or
 * "clock SECONDS" (the wall clock jumps), "rule ACTION PATTERN SCOPE", "policy SCOPE DELAY",
 * "release", "restart", "tick". */
#include "tests/unit/cases.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/greylist/engine.h"
#include "common/store/client.h"
#include "common/store/db.h"
#include "common/store/edit.h"
#include "common/store/event.h"
#include "common/store/import_undo.h"
#include "common/store/triplet.h"
#include "common/store/undo.h"
#include "tests/fake/clock.h"
#include "tests/unit/scratch.h"

#define START 1767225600

struct stage {
	struct scratch scratch;
	struct config config;
	struct engine *engine;
	struct message message;
	int64_t mono_ms, now_s; /* story seconds, and the wall clock with its jumps */
	int64_t jumped_s;
};

static const struct {
	const char *name, *lines;
} stories[] = {
	{ "too early, pass at the delay, known",
	    "@0 192.0.2.1 a@x b@y => greylist new\n"
	    "@179 192.0.2.1 a@x b@y => greylist early-retry\n"
	    "@180 192.0.2.1 a@x b@y => pass triplet found header\n"
	    "@181 192.0.2.1 a@x b@y => pass client AWL\n" },
	{ "last second of the window", "@0 192.0.2.1 a@x b@y => greylist new\n"
				       "@172800 192.0.2.1 a@x b@y => pass triplet found header\n" },
	{ "one after the window", "@0 192.0.2.1 a@x b@y => greylist new\n"
				  "@172801 192.0.2.1 a@x b@y => greylist expired\n"
				  "@172980 192.0.2.1 a@x b@y => greylist early-retry\n"
				  "@172981 192.0.2.1 a@x b@y => pass triplet found header\n" },
	{ "a neighbour in the network retries",
	    "@0 192.0.2.1 a@x b@y => greylist new\n"
	    "@200 192.0.2.99 a@x b@y => pass triplet found header\n"
	    "@210 192.0.2.1 a@x b@y => pass triplet known\n"
	    "@220 192.0.3.1 a@x b@y => greylist new\n" },
	{ "an expired pass is never revived",
	    "@0 192.0.2.1 a@x b@y => greylist new\n"
	    "@200 192.0.2.1 a@x b@y => pass triplet found header\n"
	    "@3024200 192.0.2.2 a@x b@y => pass triplet known\n"
	    "@7000000 192.0.2.2 a@x b@y => greylist expired\n" },
	{ "clock back an hour", "@0 192.0.2.1 a@x b@y => greylist new\n"
				"@180 192.0.2.1 a@x b@y => pass triplet found header\n"
				"@200 192.0.5.1 c@x b@y => greylist new\n"
				"clock -3600\n"
				"@210 192.0.2.9 a@x b@y => pass triplet known\n"
				"@210 192.0.5.1 c@x b@y => greylist early-retry\n"
				"@390 192.0.5.1 c@x b@y => pass triplet found header\n" },
	{ "clock forward 40 days expires nothing by sweeping",
	    "@0 192.0.2.1 a@x b@y => greylist new\n"
	    "tick\n"
	    "clock 3456000\n"
	    "tick\ntick\n"
	    "clock -3456000\n"
	    "tick\n"
	    "@180 192.0.2.1 a@x b@y => pass triplet found header\n" },
	{ "one header for a message, one pass for its client",
	    "@0 192.0.2.1 a@x b@y m1 => greylist new\n"
	    "@0 192.0.2.1 a@x c@y m1 => greylist new\n"
	    "@200 192.0.2.1 a@x b@y m2 => pass triplet found header\n"
	    "@200 192.0.2.1 a@x c@y m2 => pass client AWL\n" },
	{ "null sender", "@0 192.0.2.1 <> b@y => greylist new\n"
			 "@180 192.0.2.1 <> b@y => pass triplet found header\n" },
	{ "trusted and unreadable clients", "@0 127.0.0.1 a@x b@y => pass trusted\n"
					    "@0 ::1 a@x b@y => pass trusted\n"
					    "@0 1.2.3 a@x b@y => pass bad-address\n" },
	{ "rules", "rule block @bad.example @.\n"
		   "rule allow 192.0.2.0/24 vip@y.example\n"
		   "@0 192.0.2.1 a@bad.example b@y.example => reject rule-block\n"
		   "@0 192.0.2.1 a@bad.example vip@y.example => pass rule-allow\n"
		   "rule expect @soon.example @.\n"
		   "@0 198.51.100.1 a@soon.example b@y.example => pass expected\n" },
	{ "policy of a recipient",
	    "policy slow@y.example 600\n"
	    "@0 192.0.2.1 a@x slow@y.example => greylist new\n"
	    "@599 192.0.2.1 a@x slow@y.example => greylist early-retry\n"
	    "@600 192.0.2.1 a@x slow@y.example => pass triplet found header\n" },
	{ "released by an operator", "@0 192.0.2.1 a@x b@y => greylist new\n"
				     "release\n"
				     "@5 192.0.2.1 a@x b@y => pass released header\n"
				     "@6 192.0.2.2 a@x b@y => pass triplet known\n" },
	{ "a restart forgets nothing", "@0 192.0.2.1 a@x b@y => greylist new\n"
				       "restart\n"
				       "@180 192.0.2.1 a@x b@y => pass triplet found header\n"
				       "restart\n"
				       "@190 192.0.2.1 z@x b@y => pass client AWL\n" },
	{ "mapped addresses are IPv4", "@0 ::ffff:192.0.2.1 a@x b@y => greylist new\n"
				       "@180 192.0.2.1 a@x b@y => pass triplet found header\n" },
	{ "a signature in the sender",
	    "@0 192.0.2.1 prvs=0123456789=a@x b@y => greylist new\n"
	    "@180 192.0.2.1 prvs=9876543210=a@x b@y => pass triplet found header\n" },
};

static void
open_engine(struct stage *s)
{
	struct engine_core *core = engine_core_open(&s->config, NULL, NULL);

	assert_non_null(core);
	s->engine = engine_new(&s->config, core);
}

static void
open_stage(struct stage *s)
{
	*s = (struct stage){ .now_s = START };
	scratch_make(&s->scratch);
	config_init(&s->config);
	free(s->config.database);
	s->config.database = strdup(s->scratch.database);
	open_engine(s);
}

static void
close_stage(struct stage *s)
{
	engine_free(s->engine);
	config_clear(&s->config);
	scratch_remove(&s->scratch);
}

static struct request
request_from(const char *sender)
{
	return (struct request){ .protocol_state = SLICE("RCPT"),
		.client_address = SLICE("192.0.2.1"),
		.client_name = SLICE("unknown"),
		.sender = slice_of(sender),
		.sender_present = true,
		.recipient = SLICE("b@y") };
}

static struct edit
operator_of(struct stage *s)
{
	return (struct edit){
		.store = engine_store(s->engine), .author = SLICE("tester"), .now_s = s->now_s
	};
}

static void
reload_rules(struct stage *s)
{
	struct rules *rules = rules_load(engine_store(s->engine), NULL, NULL);

	assert_non_null(rules);
	engine_replace_rules(s->engine, rules);
}

static void
nothing(void *arg, struct engine_item *items, size_t n)
{
	(void)arg;
	(void)items;
	(void)n;
}

static void
do_rule(struct stage *s, char words[6][128])
{
	struct edit edit = operator_of(s);
	struct rule rule = { .scope = slice_of(words[3]),
		.pattern = slice_of(words[2]),
		.meta = { .source = SLICE("manual") } };
	int64_t id;

	assert_int_equal(rule_action_parse(slice_of(words[1]), &rule.action), 0);
	assert_int_equal(edit_rule_add(&edit, &rule, &id, NULL), 0);
	reload_rules(s);
}

static void
do_policy(struct stage *s, char words[6][128])
{
	struct edit edit = operator_of(s);
	struct policy policy = { .scope = slice_of(words[1]),
		.sender = SLICE("@."),
		.greylist = POLICY_UNSET,
		.training = POLICY_UNSET,
		.spf = POLICY_UNSET,
		.delay_s = atoi(words[2]),
		.window_s = POLICY_UNSET,
		.lifetime_s = POLICY_UNSET,
		.meta = { .source = SLICE("manual") } };
	int64_t id;

	assert_int_equal(edit_policy_set(&edit, &policy, &id, NULL), 0);
	reload_rules(s);
}

static void
do_request(struct stage *s, const char *story, const char *line, char words[6][128], int word_n)
{
	struct engine_item item = { .message = &s->message };
	int64_t at_s = atoll(words[0] + 1);
	char got[128];

	s->mono_ms = at_s * 1000;
	s->now_s = START + at_s + s->jumped_s;
	item.request = (struct request){ .protocol_state = SLICE("RCPT"),
		.client_address = slice_of(words[1]),
		.client_name = SLICE("unknown"),
		.sender = slice_of(strcmp(words[2], "<>") == 0 ? "" : words[2]),
		.sender_present = true,
		.recipient = slice_of(words[3]),
		.instance = slice_of(word_n > 4 ? words[4] : "") };
	engine_submit(s->engine, &item, 1, s->now_s, nothing, NULL);
	snprintf(got, sizeof(got), "%s %s%s", action_name(item.decision.action),
	    reason_info(item.decision.reason)->name, item.give_header ? " header" : "");
	if (strcmp(got, strstr(line, "=> ") + 3) != 0)
		want_text(story, got, line);
}

static void
do_line(struct stage *s, const char *story, const char *line)
{
	char words[6][128] = { { 0 } }, copy[256];
	struct edit edit = operator_of(s);
	int n;

	snprintf(copy, sizeof(copy), "%s", line);
	if (strstr(copy, " =>") != NULL)
		*strstr(copy, " =>") = '\0';
	n = sscanf(copy, "%127s %127s %127s %127s %127s", words[0], words[1], words[2], words[3],
	    words[4]);
	if (words[0][0] == '@')
		do_request(s, story, line, words, n);
	else if (strcmp(words[0], "clock") == 0)
		s->jumped_s += atoll(words[1]), s->now_s += atoll(words[1]);
	else if (strcmp(words[0], "rule") == 0)
		do_rule(s, words);
	else if (strcmp(words[0], "policy") == 0)
		do_policy(s, words);
	else if (strcmp(words[0], "release") == 0)
		assert_int_equal(edit_release(&edit, 1, 0, NULL), 0);
	else if (strcmp(words[0], "restart") == 0)
		engine_free(s->engine), open_engine(s);
	else
		while (engine_tick(s->engine, s->now_s, s->mono_ms))
			;
}

static void
play(const char *name, const char *lines)
{
	struct stage s;
	char line[256];

	open_stage(&s);
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, lines);
		do_line(&s, name, line);
		lines += len + 1;
	}
	close_stage(&s);
}

static void
all_stories(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(stories); i++)
		play(stories[i].name, stories[i].lines);
	end_cases();
}

/* Fifty requests for one new triplet in two batches: one row, nobody passes. */
static void
one_batch_one_triplet(void **state)
{
	static struct engine_item items[50];
	static struct message messages[50];
	struct stage s;
	struct engine_numbers numbers;
	struct triplet_state got;
	struct triplet_key key = { SLICE("192.0.2.0/24"), SLICE("a@x"), SLICE("b@y") };
	int i, round;

	(void)state;
	open_stage(&s);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 50; i++) {
			items[i].message = &messages[i];
			items[i].request = request_from("a@x");
		}
		engine_submit(s.engine, items, 50, START, nothing, NULL);
		for (i = 0; i < 50; i++)
			want_int("deferred", items[i].decision.action, ACTION_DEFER);
	}
	engine_numbers(s.engine, &numbers);
	want_int("entries", (long long)numbers.triplets, 1);
	assert_int_equal(
	    store_triplet_match(engine_store(s.engine), 1, &key, &got, NULL, NULL), STORE_YES);
	want_int("attempts", got.attempts, 100);
	close_stage(&s);
	end_cases();
}

/* While another program holds the lock nothing is kept, in the index neither; afterwards all is
 * well. */
static void
a_failed_batch_leaves_nothing(void **state)
{
	struct stage s;
	struct message message = { 0 };
	struct engine_item item = { .message = &message };
	struct engine_numbers numbers;
	struct store *other;

	(void)state;
	open_stage(&s);
	other = scratch_open(&s.scratch, STORE_WRITE, NULL);
	assert_int_equal(store_begin(other, NULL), 0);
	item.request = request_from("a@x");
	engine_submit(s.engine, &item, 1, START, nothing, NULL);
	want_int("reason", item.decision.reason, REASON_STORE_FAILED);
	want_int("action", item.decision.action, ACTION_PASS);
	want_int("health", engine_health(s.engine), ENGINE_BUSY);
	engine_numbers(s.engine, &numbers);
	want_int("entries", (long long)numbers.triplets, 0);
	want_int("mark", (long long)message.counted, 0);
	store_rollback(other);
	store_close(other);
	/* At the same moment nobody tries again. */
	engine_submit(s.engine, &item, 1, START, nothing, NULL);
	want_int("reason", item.decision.reason, REASON_STORE_FAILED);
	fake_clock_advance(1);
	engine_submit(s.engine, &item, 1, START + 1, nothing, NULL);
	want_int("reason", item.decision.reason, REASON_NEW);
	want_int("health", engine_health(s.engine), ENGINE_OK);
	close_stage(&s);
	end_cases();
}

static bool
count_event(void *arg, const struct event *event)
{
	(void)event;
	++*(int *)arg;
	return true;
}

static void
want_events(const char *when, struct stage *s, int want)
{
	int64_t last;
	int got = 0;

	assert_int_equal(store_event_after(
			     engine_store(s->engine), 0, INT64_MAX, count_event, &got, &last, NULL),
	    0);
	want_int(when, got, want);
}

/* Events do not wait longer than a tick, a full batch or the end; a failed batch leaves none. */
static void
events_are_written_in_time(void **state)
{
	struct stage s;
	struct message message = { 0 };
	struct engine_item item = { .message = &message };
	struct store *other;
	int i;

	(void)state;
	open_stage(&s);
	item.request = request_from("a@x");
	engine_submit(s.engine, &item, 1, START, nothing, NULL);
	want_events("at once", &s, 0);
	engine_tick(s.engine, START, 1000);
	want_events("after a tick", &s, 1);
	for (i = 0; i < ENGINE_BATCH_MAX; i++)
		engine_submit(s.engine, &item, 1, START, nothing, NULL);
	want_events("when many have gathered", &s, 1 + ENGINE_BATCH_MAX);
	engine_submit(s.engine, &item, 1, START, nothing, NULL);
	other = scratch_open(&s.scratch, STORE_WRITE, NULL);
	assert_int_equal(store_begin(other, NULL), 0);
	engine_submit(s.engine, &item, 1, START + 1, nothing, NULL);
	want_int("reason", item.decision.reason, REASON_STORE_FAILED);
	store_close(other);
	assert_int_equal(engine_stop(s.engine, START + 2, NULL), 0);
	want_events("at the end", &s, 2 + ENGINE_BATCH_MAX);
	close_stage(&s);
	end_cases();
}

/* Dead rows go in slices, their index entries with them. */
static void
expiry_sweeps(void **state)
{
	struct stage s;
	struct message message = { 0 };
	struct engine_item item = { .message = &message };
	struct engine_numbers numbers;
	char sender[32];
	int i, slices = 0;

	(void)state;
	open_stage(&s);
	for (i = 0; i < 500; i++) {
		snprintf(sender, sizeof(sender), "a%dx@x", i);
		item.request = request_from(sender);
		engine_submit(s.engine, &item, 1, START + (i < 300 ? 0 : 200000), nothing, NULL);
	}
	while (engine_tick(s.engine, START + 200001, 200001000))
		slices++;
	engine_numbers(s.engine, &numbers);
	want_int("left", (long long)numbers.triplets, 200);
	want_int("slices", slices > 2, true);
	close_stage(&s);
	end_cases();
}

/* ---- pools ---- */

static const struct engine_spf unknown = { .state = ENGINE_SPF_UNKNOWN };
static const struct engine_spf given_up = { .state = ENGINE_SPF_GIVEN_UP };
static const struct engine_spf pass = { ENGINE_SPF_KNOWN, true, "pass" };
static const struct engine_spf fail = { ENGINE_SPF_KNOWN, false, "fail" };

/* Mail of a@big.example from ADDRESS so many seconds after the start. */
static struct engine_item
from_pool(struct stage *s, int second, const char *address, const struct engine_spf *spf)
{
	static struct message message;
	struct engine_item item = { .message = &message, .spf = *spf };

	message = (struct message){ 0 };
	item.request = request_from("a@big.example");
	item.request.client_address = slice_of(address);
	engine_submit(s->engine, &item, 1, START + second, nothing, NULL);
	return item;
}

static void
want_decision(struct stage *s, int second, const char *address, const struct engine_spf *spf,
    const char *want)
{
	struct engine_item item = from_pool(s, second, address, spf);
	char got[64], name[96];

	snprintf(got, sizeof(got), "%s %s%s",
	    item.wants_spf ? "ask" : action_name(item.decision.action),
	    item.wants_spf ? "SPF" : reason_info(item.decision.reason)->name,
	    item.give_header ? " header" : "");
	snprintf(name, sizeof(name), "@%d %s", second, address);
	want_text(name, got, want);
}

static void
pools_count_as_one_client(void **state)
{
	struct engine_numbers numbers;
	struct engine_item first;
	struct stage s;

	(void)state;
	open_stage(&s);
	s.config.auto_whitelist_passes = 0;
	first = from_pool(&s, 0, "192.0.2.1", &unknown);
	want_int("to be looked up", first.ticket.triplet_id > 0, true);
	want_decision(&s, 10, "198.51.100.1", &unknown, "greylist new"); /* not yet known */
	engine_note_spf(s.engine, &first.ticket, SLICE("big.example"), &pass);
	engine_tick(s.engine, START + 20, 20000);
	want_decision(&s, 60, "203.0.113.1", &unknown, "ask SPF");
	engine_numbers(s.engine, &numbers);
	want_int("nothing is written before", (long long)numbers.triplets, 2);
	want_decision(&s, 60, "203.0.113.1", &pass, "greylist pool-early");
	want_decision(&s, 61, "203.0.114.1", &given_up, "greylist new");
	want_decision(&s, 62, "203.0.115.1", &fail, "greylist new");
	want_decision(&s, 179, "203.0.116.1", &pass, "greylist pool-early");
	want_decision(&s, 180, "203.0.117.1", &fail, "greylist new");
	want_decision(&s, 180, "203.0.118.1", &pass, "pass pool header");
	want_decision(&s, 181, "192.0.2.1", &unknown, "pass triplet known");
	want_decision(&s, 181, "203.0.113.1", &unknown, "pass triplet known");
	want_decision(&s, 182, "203.0.119.1", &pass, "pass pool known");
	want_decision(&s, 182, "203.0.115.9", &unknown, "greylist early-retry");
	engine_free(s.engine);
	open_engine(&s);
	want_decision(&s, 200, "203.0.120.1", &unknown, "ask SPF");
	want_decision(&s, 200, "203.0.120.1", &pass, "pass pool known");
	s.config.spf_mode = CONFIG_SPF_IGNORE;
	want_decision(&s, 210, "203.0.121.1", &pass, "greylist new");
	s.config.spf_mode = CONFIG_SPF_BYPASS;
	want_decision(&s, 211, "203.0.121.1", &unknown, "ask SPF");
	want_decision(&s, 211, "203.0.121.1", &pass, "pass spf");
	engine_numbers(s.engine, &numbers);
	want_int("members", numbers.pools > 4, true);
	while (engine_tick(s.engine, START + 4000000, 4000000000))
		continue;
	engine_numbers(s.engine, &numbers);
	want_int("triplets left", (long long)numbers.triplets, 0);
	want_int("members left", (long long)numbers.pools, 0);
	close_stage(&s);
	end_cases();
}

/* When mail passes, the 16 newest members of its pool stop waiting; an older one goes on by itself,
 * and its own retry passes. */
static void
large_pools(void **state)
{
	struct engine_item first;
	char address[32];
	struct stage s;
	int i;

	(void)state;
	open_stage(&s);
	s.config.auto_whitelist_passes = 0;
	first = from_pool(&s, 0, "192.0.2.1", &unknown);
	engine_note_spf(s.engine, &first.ticket, SLICE("big.example"), &pass);
	engine_tick(s.engine, START + 1, 1000);
	for (i = 1; i < 20; i++) {
		snprintf(address, sizeof(address), "198.51.%d.1", i);
		want_decision(&s, i, address, &pass, "greylist pool-early");
	}
	want_decision(&s, 185, "203.0.113.1", &pass, "pass pool header");
	want_decision(&s, 186, "198.51.19.1", &unknown, "pass triplet known");
	want_decision(&s, 186, "198.51.4.1", &unknown, "pass triplet known");
	want_decision(&s, 187, "198.51.3.1", &unknown, "pass triplet found header");
	want_decision(&s, 187, "192.0.2.1", &unknown, "pass triplet found header");
	close_stage(&s);
	end_cases();
}

/* A result for a database that was opened anew since, or a row that is gone, does no harm. */
static void
late_results(void **state)
{
	struct engine_item item;
	struct engine_ticket ticket;
	struct stage s;

	(void)state;
	open_stage(&s);
	item = from_pool(&s, 0, "192.0.2.1", &unknown);
	ticket = item.ticket;
	engine_replace_core(s.engine, engine_core_open(&s.config, NULL, NULL));
	engine_note_spf(s.engine, &ticket, SLICE("big.example"), &pass);
	engine_tick(s.engine, START + 1, 1000);
	want_decision(&s, 300, "198.51.100.1", &unknown, "greylist new");
	ticket.opening++;
	ticket.triplet_id = 4711;
	engine_note_spf(s.engine, &ticket, SLICE("big.example"), &pass);
	engine_tick(s.engine, START + 301, 301000);
	want_decision(&s, 302, "203.0.113.1", &unknown, "greylist new");
	close_stage(&s);
	end_cases();
}

/* ---- clients ---- */

static void
want_for_sender(struct stage *s, int second, const char *sender, const char *want)
{
	struct message message = { 0 };
	struct engine_item item = { .message = &message, .request = request_from(sender) };
	char got[64];

	engine_submit(s->engine, &item, 1, START + second, nothing, NULL);
	snprintf(got, sizeof(got), "%s %s", action_name(item.decision.action),
	    reason_info(item.decision.reason)->name);
	want_text(sender, got, want);
}

/* A later client that is gone by now: the engine has seen its id. */
static void
add_and_forget_client(struct stage *s, struct store *console, int second)
{
	struct client client = { .address = SLICE("203.0.113.9"), .state = { START, START, 9 } };
	int64_t id;

	want_int("appended", store_client_append(console, &client, &id, NULL), 0);
	engine_tick(s->engine, START + second, second * 1000);
	want_int("forgotten", store_client_delete(console, id, NULL), 0);
}

static bool
print_client(void *arg, const struct triplet *row)
{
	snprintf(arg, 128, "%.*s[%.*s] %.*s", (int)row->client_name.len, row->client_name.ptr,
	    (int)row->client_address.len, row->client_address.ptr, (int)row->helo.len,
	    row->helo.ptr);
	return true;
}

/* Hosts of one network share a triplet: name and HELO are those of the host at the address. */
static void
hosts_take_turns(void **state)
{
	static const struct {
		const char *address, *name, *helo, *want;
	} tries[] = {
		{ "192.0.2.1", "mx1.example", "one", "mx1.example[192.0.2.1] one" },
		{ "192.0.2.2", "mx2.example", "two", "mx2.example[192.0.2.2] two" },
		{ "192.0.2.3", "unknown", "three", "[192.0.2.3] three" },
		{ "192.0.2.4", "mx4.example", "", "mx4.example[192.0.2.4] " },
		{ "192.0.2.1", "mx1.example", "one", "mx1.example[192.0.2.1] one" },
	};
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s);
	for (i = 0; i < COUNT(tries); i++) {
		struct engine_item item = { .message = &s.message, .request = request_from("a@x") };
		char got[128] = "";

		item.request.client_address = slice_of(tries[i].address);
		item.request.client_name = slice_of(tries[i].name);
		item.request.helo_name = slice_of(tries[i].helo);
		engine_submit(s.engine, &item, 1, START + 50 * (int)i, nothing, NULL);
		store_triplet_get(engine_store(s.engine), 1, print_client, got, NULL);
		want_text(tries[i].address, got, tries[i].want);
	}
	close_stage(&s);
	end_cases();
}

/* A console takes a client off the whitelist and puts it back, beside a running engine. */
static void
client_is_removed_and_comes_back(void **state)
{
	struct store *console;
	struct undo_outcome outcome;
	struct edit edit;
	struct stage s;

	(void)state;
	open_stage(&s);
	s.config.spf_mode = CONFIG_SPF_IGNORE;
	s.config.auto_whitelist_passes = 1;
	want_for_sender(&s, 0, "a@x", "greylist new");
	want_for_sender(&s, 180, "a@x", "pass triplet found");
	want_for_sender(&s, 181, "b@x", "pass client AWL");
	console = scratch_open(&s.scratch, STORE_WRITE, NULL);
	assert_non_null(console);
	edit = (struct edit){ .store = console, .author = SLICE("tester"), .now_s = START };
	add_and_forget_client(&s, console, 182);
	want_int("removed", edit_client_remove(&edit, 1, SLICE_NONE, NULL), 0);
	want_for_sender(&s, 183, "c@x", "greylist new");
	want_int("undone", undo_apply(&edit, 1, NULL, &outcome, NULL), 0);
	engine_tick(s.engine, START + 184, 184000);
	want_for_sender(&s, 185, "d@x", "pass client AWL");
	store_close(console);
	close_stage(&s);
	end_cases();
}

static int64_t
count_rows(struct store *store, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

/* What is kept of an import lives as long as the triplets do that live longest. */
static void
old_imports_are_forgotten(void **state)
{
	static const char rows[] = "SELECT count(*) FROM import_row";
	struct stage s;
	char sql[300];
	struct err err;

	(void)state;
	open_stage(&s);
	s.config.greylist_lifetime_s = 1000;
	s.config.auto_whitelist_lifetime_s = 2000;
	snprintf(sql, sizeof(sql),
	    "INSERT INTO change (time_s, author, verb, object, object_id) "
	    "VALUES (%lld, 'ann', 'import', 'import', 1);"
	    "INSERT INTO import_row (change_id, object, row_id) VALUES (1, 'rule', 1), (1, 'rule', "
	    "2)",
	    (long long)START);
	assert_int_equal(db_script(engine_store(s.engine), sql, &err), 0);
	while (engine_tick(s.engine, START + 2000, 2000000))
		continue;
	want_int("kept", count_rows(engine_store(s.engine), rows), 2);
	while (engine_tick(s.engine, START + 2100, 2100000))
		continue;
	want_int("gone", count_rows(engine_store(s.engine), rows), 0);
	want_int("audit", count_rows(engine_store(s.engine), "SELECT count(*) FROM change"), 1);
	close_stage(&s);
	end_cases();
}

/* A triplet that another program brings, passed and with the next free id beyond BASE. */
static void
bring(struct store *store, int64_t base_id, int n, int64_t import_id)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO triplet (id, net, sender_key, recipient_key, client_address, first_s, "
	    "last_s, attempts, passes, passed_s, import_id) VALUES (%" PRId64 ", '192.0.2.0/24', "
	    "'old%d@x', 'b@y', '192.0.2.1', %d, %d, 1, 1, %d, %" PRId64 ")",
	    base_id + 1, n, START, START, START, import_id);
	assert_int_equal(db_script(store, sql, NULL), 0);
}

static void
want_reason(const char *name, struct stage *s, const char *sender, enum reason want)
{
	struct message message = { 0 };
	struct engine_item item = { .message = &message, .request = request_from(sender) };

	engine_submit(s->engine, &item, 1, s->now_s, nothing, NULL);
	want_text(name, reason_info(item.decision.reason)->name, reason_info(want)->name);
}

/* Ids that an undo has removed at the end were seen by the server: the next import is beyond. */
static void
an_import_after_an_undo_is_seen(void **state)
{
	struct stage s;
	struct store *other;
	int64_t base_id, first_id;
	int i;

	(void)state;
	open_stage(&s);
	want_reason("mail", &s, "a@x", REASON_NEW);
	other = scratch_open(&s.scratch, STORE_WRITE, NULL);
	assert_int_equal(db_int_row(other, SQL_STAGE_TRIPLET_BASE, &base_id, NULL), 0);
	first_id = base_id + 1;
	for (i = 0; i < 5; i++)
		bring(other, base_id++, i, 1);
	want_reason("imported", &s, "old4@x", REASON_KNOWN);
	assert_int_equal(import_undo_rows(other, 1, first_id, NULL), 0);
	want_reason("undone", &s, "old4@x", REASON_NEW);
	assert_int_equal(db_int_row(other, SQL_STAGE_TRIPLET_BASE, &base_id, NULL), 0);
	bring(other, base_id, 7, 2);
	want_reason("imported again", &s, "old7@x", REASON_KNOWN);
	store_close(other);
	close_stage(&s);
	end_cases();
}

/* So were those that the server itself has let expire. */
static void
an_import_after_expiry_is_seen(void **state)
{
	struct stage s;
	struct store *other;
	int64_t base_id;
	char sender[32];
	int i;

	(void)state;
	open_stage(&s);
	for (i = 0; i < 1500; i++) {
		snprintf(sender, sizeof(sender), "a%dx@x", i);
		want_reason(sender, &s, sender, REASON_NEW);
	}
	while (engine_tick(s.engine, START + 200000, 200000000))
		continue;
	other = scratch_open(&s.scratch, STORE_WRITE, NULL);
	want_int("left", count_rows(other, "SELECT count(*) FROM triplet"), 0);
	assert_int_equal(db_int_row(other, SQL_STAGE_TRIPLET_BASE, &base_id, NULL), 0);
	bring(other, base_id, 1, 1);
	want_reason("imported", &s, "old1@x", REASON_KNOWN);
	store_close(other);
	close_stage(&s);
	end_cases();
}

/* Writes the triplet anew while the sweep waits for the lock. */
static void *
renew(void *arg)
{
	const struct timespec while_it_waits = { .tv_nsec = 10000000 };

	nanosleep(&while_it_waits, NULL);
	assert_int_equal(store_commit(arg, NULL), 0);
	return NULL;
}

static void
a_sweep_looks_again_under_its_lock(void **state)
{
	struct stage s;
	struct store *other;
	pthread_t thread;
	char sql[100];

	(void)state;
	open_stage(&s);
	want_reason("mail", &s, "a@x", REASON_NEW);
	while (engine_tick(s.engine, START, 1000)) /* the next one begins at the front */
		continue;
	other = scratch_open(&s.scratch, STORE_WRITE, NULL);
	assert_int_equal(store_begin(other, NULL), 0);
	snprintf(sql, sizeof(sql), "UPDATE triplet SET first_s = %d", START + 200000);
	assert_int_equal(db_script(other, sql, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, renew, other), 0);
	engine_tick(s.engine, START + 200000, 200001000);
	pthread_join(thread, NULL);
	while (engine_tick(s.engine, START + 200000, 200002000))
		continue;
	want_int("left", count_rows(other, "SELECT count(*) FROM triplet"), 1);
	store_close(other);
	close_stage(&s);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_stories),
		cmocka_unit_test(one_batch_one_triplet),
		cmocka_unit_test(a_failed_batch_leaves_nothing),
		cmocka_unit_test(events_are_written_in_time),
		cmocka_unit_test(expiry_sweeps),
		cmocka_unit_test(pools_count_as_one_client),
		cmocka_unit_test(large_pools),
		cmocka_unit_test(late_results),
		cmocka_unit_test(hosts_take_turns),
		cmocka_unit_test(client_is_removed_and_comes_back),
		cmocka_unit_test(old_imports_are_forgotten),
		cmocka_unit_test(an_import_after_an_undo_is_seen),
		cmocka_unit_test(an_import_after_expiry_is_seen),
		cmocka_unit_test(a_sweep_looks_again_under_its_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
