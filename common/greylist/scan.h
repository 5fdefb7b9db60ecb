/* scan.h - reads the triplets newest first, in slices, and hands out those that wait, or those that
 * passed: a console reads a little between two keys, a command all at once. */
#ifndef COMMON_GREYLIST_SCAN_H
#define COMMON_GREYLIST_SCAN_H

#include "common/config/config.h"
#include "common/greylist/decide.h"
#include "common/greylist/rules.h"
#include "common/store/triplet.h"

struct scan_row {
	const struct triplet *triplet;
	bool waiting;     /* not passed, and a retry would still count */
	enum action next; /* of a waiting one: what its next try would meet, and why */
	enum reason reason;
	int64_t wait_left_s;        /* until a retry may pass; 0 when that is now, or never */
	struct slice sender_domain; /* "<>" for the null sender */
};

/* Rules, policies and whitelisted domains have the word on a waiting row, not its delay nor a
 * release. */
bool scan_row_settled(const struct scan_row *row);

/* ROW and all it points to live until the callback returns; false ends the scan. */
typedef bool scan_fn(void *arg, const struct scan_row *row);

enum scan_wanted { SCAN_WAITING, SCAN_PASSED };

struct scan;

/* Of the rows that are there now. STORE, CONFIG and RULES are borrowed until scan_free(). Waiting
 * rows are sought only as far back as one may still pass. Returns NULL with ERR when the store
 * fails. */
struct scan *scan_new(struct store *store, const struct config *config, const struct rules *rules,
    int64_t now_s, enum scan_wanted wanted, struct err *err);
void scan_free(struct scan *scan); /* NULL is fine */

/* Reads at most LIMIT rows more and calls FN for those that are wanted: YES there are more, NO that
 * was all (or FN ended it), ERROR (the same call may be tried again). */
enum store_found scan_step(
    struct scan *scan, int64_t limit, scan_fn *fn, void *arg, struct err *err);

/* How far it is, 0-100, by the ids between the newest row and the last that has to be read; 100
 * only when it has ended. */
int scan_percent(const struct scan *scan);

/* What a scan would say of one triplet, for a row that was read otherwise. ROW_OUT borrows
 * TRIPLET. */
void scan_judge(const struct config *config, const struct rules *rules, int64_t now_s,
    const struct triplet *triplet, struct scan_row *row_out);

#endif
