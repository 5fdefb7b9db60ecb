/* detail.h - what the view of one mail gathers, and its words (detail_words.c); private to them. */
#ifndef TUI_DETAIL_H
#define TUI_DETAIL_H

#include "common/greylist/explain.h"
#include "common/spf/lookup.h"
#include "tui/view.h"

/* The mail, from its triplet or its event. */
struct mail {
	bool found;
	int64_t triplet_id; /* 0: none */
	struct triplet_state state;
	char *address, *name, *helo, *net, *sender, *recipient;
};

struct moment {
	int64_t time_s;
	enum action action;
	enum reason reason;
	int64_t delay_s;
	char client[ADDR_TEXT_MAX];
};

struct detail {
	struct mail mail;
	bool gone; /* it was there, and is not any more */
	struct explanation explanation;
	struct moment *moments; /* newest first */
	size_t moment_n;
	int64_t before_id;
	struct spf_lookup *lookup;
	bool asked, answered;
	struct spf_check check;
	char trouble[256]; /* why SPF could not be asked */
};

/* Adds the lines about what view->state, a struct detail, has gathered. */
void detail_say(struct view *view);

#endif
