/* test_journal.c - what gathers in memory: whole, in order, once, and gone when taken back. */
#include "tests/unit/store_fixture.h"

#include "common/base/xalloc.h"
#include "common/greylist/engine.h"
#include "common/greylist/journal.h"
#include "common/store/edit.h"
#include "common/store/stat.h"

static const struct config config = { .events_rows = 1000, .events_age_s = 86400 };

static void
add(struct journal *journal, int64_t time_s, const char *sender)
{
	struct journal_entry entry = { .event = { .time_s = time_s,
					   .action = SLICE("pass"),
					   .reason = SLICE("triplet found"),
					   .delay_s = 200,
					   .client_address = SLICE("192.0.2.1"),
					   .sender = slice_of(sender),
					   .recipient = SLICE("b@y"),
					   .rule_id = 1 },
		.reason = REASON_RETRY,
		.counted = true };

	journal_add(journal, &entry);
}

/* The senders of all events, a blank after each. */
static bool
see_event(void *arg, const struct event *event)
{
	assert_slice(event->client_address, SLICE("192.0.2.1"));
	assert_slice(event->helo, SLICE(""));
	assert_slice(event->recipient, SLICE("b@y"));
	buf_add(arg, event->sender);
	buf_add_char(arg, ' ');
	return true;
}

static void
assert_senders(struct store *store, const char *want)
{
	char text[256];
	struct buf b;
	int64_t last;

	buf_init(&b, text, sizeof(text));
	assert_int_equal(store_event_after(store, 0, 1000, see_event, &b, &last, NULL), 0);
	assert_string_equal(text, want);
}

static bool
see_count(void *arg, const struct stat_row *row)
{
	assert_slice(row->reason, SLICE("triplet found"));
	buf_add_int(arg, row->minute_s);
	buf_add_char(arg, ':');
	buf_add_int(arg, row->count);
	buf_add_char(arg, ':');
	buf_add_int(arg, row->delay_s);
	buf_add_char(arg, ' ');
	return true;
}

static bool
see_rule(void *arg, const struct rule *rule)
{
	*(struct entry_meta *)arg =
	    (struct entry_meta){ .hits = rule->meta.hits, .last_hit_s = rule->meta.last_hit_s };
	return true;
}

static void
sums_go_to_their_minute(void **state)
{
	struct fixture *f = *state;
	struct journal *journal = journal_new();
	struct edit edit = { .store = f->store, .author = SLICE("test"), .now_s = 100 };
	struct rule rule = {
		.scope = SLICE("@."), .pattern = SLICE("@x"), .meta = { .source = SLICE("manual") }
	};
	struct entry_meta meta;
	char text[256];
	struct buf b;
	int64_t id;

	assert_int_equal(edit_rule_add(&edit, &rule, &id, NULL), 0);
	assert_int_equal(id, 1);
	add(journal, 1199, "a@x");
	add(journal, 1199, "b@x");
	add(journal, 1200, "c@x");
	assert_int_equal(journal_flush(journal, f->store, &config, 1200, NULL), 0);
	assert_int_equal(journal_count(journal), 0);
	assert_senders(f->store, "a@x b@x c@x ");
	buf_init(&b, text, sizeof(text));
	assert_int_equal(store_stat_each(f->store, 0, 9999, see_count, &b, NULL), 0);
	assert_string_equal(text, "1140:2:400 1200:1:200 ");
	assert_int_equal(store_rule_each(f->store, 0, 10, see_rule, &meta, NULL), 0);
	assert_int_equal(meta.hits, 3);
	assert_int_equal(meta.last_hit_s, 1200);
	journal_free(journal);
}

static void
cut_entries_never_were(void **state)
{
	struct fixture *f = *state;
	struct journal *journal = journal_new();

	add(journal, 1000, "a@x");
	add(journal, 1000, "gone@x");
	add(journal, 1000, "gone-too@x");
	journal_cut(journal, 1);
	add(journal, 1000, "b@x");
	assert_int_equal(journal_flush(journal, f->store, &config, 1000, NULL), 0);
	assert_senders(f->store, "a@x b@x ");
	journal_free(journal);
}

/* While another program holds the lock everything stays; afterwards it is written once. */
static void
a_failed_flush_keeps_all(void **state)
{
	struct fixture *f = *state;
	struct store *other = must_open(f->path, STORE_WRITE);
	struct journal *journal = journal_new();
	struct err err;

	add(journal, 1000, "a@x");
	assert_int_equal(store_begin(other, NULL), 0);
	assert_int_equal(journal_flush(journal, f->store, &config, 1000, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	store_rollback(other);
	store_close(other);
	assert_int_equal(journal_flush(journal, f->store, &config, 1000, NULL), 0);
	assert_int_equal(journal_flush(journal, f->store, &config, 1000, NULL), 0);
	assert_senders(f->store, "a@x ");
	journal_free(journal);
}

/* Full of the longest texts that the server lets through, again and again. */
static void
full_of_long_texts(void **state)
{
	struct fixture *f = *state;
	struct journal *journal = journal_new();
	struct journal_entry entry = {
		.event = { .time_s = 1000, .action = SLICE("pass"), .reason = SLICE("new") },
		.reason = REASON_NEW
	};
	char *text = xcalloc(2048, 1);
	struct slice s = { text, 2048 };
	int round, i;

	memset(text, 'x', 2048);
	entry.event.client_address = entry.event.client_name = entry.event.helo = s;
	entry.event.sender = entry.event.recipient = s;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 2 * ENGINE_BATCH_MAX; i++) {
			assert_int_equal(journal_is_due(journal), i >= ENGINE_BATCH_MAX);
			journal_add(journal, &entry);
		}
		assert_int_equal(journal_flush(journal, f->store, &config, 1000, NULL), 0);
	}
	free(text);
	journal_free(journal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(sums_go_to_their_minute),
		TEST_WITH_STORE(cut_entries_never_were),
		TEST_WITH_STORE(a_failed_flush_keeps_all),
		TEST_WITH_STORE(full_of_long_texts),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
