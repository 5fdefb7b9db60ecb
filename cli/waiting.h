/* waiting.h - walks the triplets newest first and hands out those that a command is about. */
#ifndef CLI_WAITING_H
#define CLI_WAITING_H

#include "cli/cli.h"
#include "common/greylist/rules.h"
#include "common/store/triplet.h"

struct walk_row {
	const struct triplet *triplet;
	struct terms terms;         /* of its recipient */
	bool waiting;               /* not passed, and a retry would still count */
	bool listed;                /* a whitelisted domain has the client in its networks by now */
	int64_t wait_left_s;        /* of a waiting one: 0 when it may pass, or is released */
	struct slice sender_domain; /* "<>" for the null sender */
};

typedef bool walk_fn(void *arg, const struct walk_row *row);

/* Waiting rows are sought only as far back as one may still pass. --from, --to and the argument
 * DOMAIN of the command choose among the rows. FN returns false to stop. */
int walk_triplets(struct cli *cli, bool waiting, walk_fn *fn, void *arg, struct err *err);

#endif
