/* journal.c - see journal.h. An entry keeps the texts of its event one after the other in a buffer
 * of the journal that grows and is used again. Counts and hits are summed when they are written. */
#include "common/greylist/journal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/greylist/engine.h"
#include "common/store/policy.h"
#include "common/store/rule.h"
#include "common/store/stat.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DUE ENGINE_BATCH_MAX
#define ROOM (DUE + ENGINE_BATCH_MAX)
#define EVENTS_BETWEEN_TRIMS 256

struct kept {
	struct journal_entry entry; /* texts of the event: only their lengths hold */
	size_t text_at;
};

struct journal {
	struct kept kept[ROOM];
	size_t n;
	char *text;
	size_t text_len, text_cap;
	int64_t events_since_trim;
};

/* Sums of the entries that are being written. */
struct sums {
	int64_t minute_s;
	int64_t counts[REASON_N], delays_s[REASON_N];
	struct hit {
		int64_t id;
		bool is_policy;
		int64_t hits, last_s;
	} hits[2 * ROOM];
	size_t hit_n;
};

static const size_t texts[] = {
	offsetof(struct event, client_address),
	offsetof(struct event, client_name),
	offsetof(struct event, helo),
	offsetof(struct event, sender),
	offsetof(struct event, recipient),
};

static struct slice *
text_of(struct event *event, size_t i)
{
	return (struct slice *)((char *)event + texts[i]);
}

struct journal *
journal_new(void)
{
	return xcalloc(1, sizeof(struct journal));
}

void
journal_free(struct journal *journal)
{
	if (journal == NULL)
		return;
	free(journal->text);
	free(journal);
}

static void
keep_text(struct journal *journal, struct slice s)
{
	if (journal->text_len + s.len > journal->text_cap) {
		journal->text_cap = (journal->text_len + s.len) * 2;
		journal->text = xreallocarray(journal->text, journal->text_cap, 1);
	}
	if (s.len > 0)
		memcpy(journal->text + journal->text_len, s.ptr, s.len);
	journal->text_len += s.len;
}

void
journal_add(struct journal *journal, const struct journal_entry *entry)
{
	struct kept *kept = &journal->kept[journal->n];
	size_t i;

	assert(journal->n < ROOM);
	kept->entry = *entry;
	kept->text_at = journal->text_len;
	for (i = 0; i < COUNT(texts); i++)
		keep_text(journal, *text_of(&kept->entry.event, i));
	journal->n++;
}

size_t
journal_count(const struct journal *journal)
{
	return journal->n;
}

void
journal_cut(struct journal *journal, size_t count)
{
	if (count == journal->n)
		return;
	journal->text_len = journal->kept[count].text_at;
	journal->n = count;
}

bool
journal_is_due(const struct journal *journal)
{
	return journal->n >= DUE;
}

static int
write_event(struct journal *journal, struct kept *kept, struct store *store, struct err *err)
{
	const char *at = journal->text + kept->text_at;
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		text_of(&kept->entry.event, i)->ptr = at;
		at += text_of(&kept->entry.event, i)->len;
	}
	return store_event_append(store, &kept->entry.event, err);
}

static void
sum_hit(struct sums *sums, int64_t id, bool is_policy, int64_t time_s)
{
	struct hit *hit = sums->hits, *end = sums->hits + sums->hit_n;

	if (id == 0)
		return;
	while (hit < end && (hit->id != id || hit->is_policy != is_policy))
		hit++;
	if (hit == end) {
		*hit = (struct hit){ .id = id, .is_policy = is_policy };
		sums->hit_n++;
	}
	hit->hits++;
	hit->last_s = time_s;
}

static void
sum_count(struct sums *sums, const struct journal_entry *entry)
{
	if (!entry->counted)
		return;
	sums->counts[entry->reason]++;
	if (reason_info(entry->reason)->delayed)
		sums->delays_s[entry->reason] += entry->event.delay_s;
}

static int
write_counts(struct sums *sums, struct store *store, struct err *err)
{
	int i;

	for (i = 0; i < REASON_N; i++) {
		struct stat_row row = { sums->minute_s, slice_of(reason_info((enum reason)i)->name),
			sums->counts[i], sums->delays_s[i] };

		if (row.count > 0 && store_stat_add(store, &row, err) == -1)
			return -1;
		sums->counts[i] = sums->delays_s[i] = 0;
	}
	return 0;
}

static int
write_hits(const struct sums *sums, struct store *store, struct err *err)
{
	const struct hit *hit;
	int result = 0;

	for (hit = sums->hits; hit < sums->hits + sums->hit_n && result == 0; hit++)
		result = hit->is_policy
			     ? store_policy_hit(store, hit->id, hit->hits, hit->last_s, err)
			     : store_rule_hit(store, hit->id, hit->hits, hit->last_s, err);
	return result;
}

/* Keeps the log of events bounded under any load: as many go as came, and more when behind. */
static int
trim(struct journal *journal, struct store *store, const struct config *config, int64_t now_s,
    struct err *err)
{
	int64_t limit = 2 * journal->events_since_trim, deleted;

	if (journal->events_since_trim < EVENTS_BETWEEN_TRIMS)
		return 0;
	journal->events_since_trim = 0;
	return store_event_trim(
	    store, config->events_rows, now_s - config->events_age_s, limit, &deleted, err);
}

int
journal_write(struct journal *journal, struct store *store, const struct config *config,
    int64_t now_s, struct err *err)
{
	struct sums sums = { 0 };
	size_t i;

	for (i = 0; i < journal->n; i++) {
		const struct journal_entry *entry = &journal->kept[i].entry;
		int64_t time_s = entry->event.time_s, minute_s = time_s - time_s % 60;

		if (minute_s != sums.minute_s && write_counts(&sums, store, err) == -1)
			return -1;
		sums.minute_s = minute_s;
		sum_count(&sums, entry);
		sum_hit(&sums, entry->event.rule_id, false, time_s);
		sum_hit(&sums, entry->policy_id, true, time_s);
		if (write_event(journal, &journal->kept[i], store, err) == -1)
			return -1;
	}
	journal->events_since_trim += (int64_t)journal->n;
	if (write_counts(&sums, store, err) == -1 || write_hits(&sums, store, err) == -1)
		return -1;
	return trim(journal, store, config, now_s, err);
}

int
journal_flush(struct journal *journal, struct store *store, const struct config *config,
    int64_t now_s, struct err *err)
{
	if (journal->n == 0)
		return 0;
	if (store_begin(store, err) == -1)
		return -1;
	if (journal_write(journal, store, config, now_s, err) == -1 ||
	    store_commit(store, err) == -1) {
		store_rollback(store);
		return -1;
	}
	journal_cut(journal, 0);
	return 0;
}
