/* preview.h - what is known of a domain before it is whitelisted (view_preview.c), and how it is
 * told (preview_say.c). */
#ifndef TUI_PREVIEW_H
#define TUI_PREVIEW_H

#include <ev.h>

#include "common/greylist/pools.h"
#include "common/net/domain.h"
#include "common/net/trie.h"
#include "common/spf/lookup.h"
#include "tui/domain_words.h"
#include "tui/mail_scan.h"
#include "tui/walk_lines.h"

#define PREVIEW_MAILS 200 /* that are named one by one */

/* Keys of the rows that are chosen from: they come first. */
enum { PREVIEW_TAKE, PREVIEW_LEAVE };

/* What of the waiting mail the networks would let pass. */
struct preview_waiting {
	int64_t freed;
	int64_t outside;     /* of the domain, from other addresses */
	int64_t blocked;     /* from these networks, but by rules, which come first */
	struct pools *pools; /* of those freed */
	char *mails[PREVIEW_MAILS];
	size_t mail_n;
};

struct preview {
	char name[DOMAIN_TEXT_MAX];
	struct spf_lookup *lookup; /* NULL: it has ended */
	int64_t began_ms;
	ev_timer second; /* while it runs */
	/* what it found */
	struct spf_walk walk; /* without networks and lines, these are in NETS */
	struct walk_nets nets;
	struct trie *trie;
	/* of the domain, when it is whitelisted already */
	int64_t id; /* 0: it is not */
	struct domain_state state;
	int64_t networks;
	/* of the scan that ended last, and of the one under way */
	struct mail_scan scan;
	bool counted;
	bool offered; /* the choices are on the page */
	struct preview_waiting waiting, fresh;
};

/* Rows of the view, between list_begin() and list_end(). */
void preview_say(struct view *view, const struct preview *preview);

#endif
