/* journal.h - what is told of decisions: the event, the count of its minute, the hits of its rule
 * and policy. No answer rests on it, so it gathers in memory and is written in bulk: with the batch
 * that fills it, else at the next tick. A process that is killed loses what has gathered since. */
#ifndef COMMON_GREYLIST_JOURNAL_H
#define COMMON_GREYLIST_JOURNAL_H

#include "common/config/config.h"
#include "common/greylist/decide.h"
#include "common/store/event.h"

struct journal;

struct journal *journal_new(void);
void journal_free(struct journal *journal); /* NULL is fine */

struct journal_entry {
	struct event event; /* its texts are borrowed for the call */
	enum reason reason;
	bool counted;      /* the first of its message: it counts in statistics */
	int64_t policy_id; /* 0: none */
};

/* JOURNAL must not be full; between batches it never is. */
void journal_add(struct journal *journal, const struct journal_entry *entry);

/* How many entries have gathered, and back to so many: the later ones never were. */
size_t journal_count(const struct journal *journal);
void journal_cut(struct journal *journal, size_t count);

/* Time to write: there is room for one batch more, not for two. */
bool journal_is_due(const struct journal *journal);

/* Writes what has gathered and trims the events by CONFIG at NOW_S. Inside a transaction; after its
 * COMMIT call journal_cut(journal, 0). */
int journal_write(struct journal *journal, struct store *store, const struct config *config,
    int64_t now_s, struct err *err);

/* The same in a transaction of its own; nothing to write is fine. */
int journal_flush(struct journal *journal, struct store *store, const struct config *config,
    int64_t now_s, struct err *err);

#endif
