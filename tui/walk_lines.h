/* walk_lines.h - the networks of a domain as lines of a view, with the terms that led to them: what
 * the view of a domain and the preview show alike. */
#ifndef TUI_WALK_LINES_H
#define TUI_WALK_LINES_H

#include "common/net/addr.h"
#include "tui/view.h"

/* The columns of such a view: one line of text; what it is about is beside it, for filter, export
 * and commands. */
enum { WALK_TEXT, WALK_NETWORK, WALK_ADDRESSES, WALK_PATH, WALK_DOMAIN, WALK_COLUMN_N };
extern const struct column walk_columns[WALK_COLUMN_N];

struct walk_net {
	struct addr_net net;
	char text[ADDR_NET_TEXT_MAX];
	char *path;               /* "qq.com > include:spf.mail.qq.com > ip4:203.205.128.0/17" */
	struct slice group, term; /* of it: see path_split() */
};

struct walk_nets {
	struct walk_net *items;
	size_t n, cap;
};

void walk_nets_add(struct walk_nets *nets, const struct addr_net *net, struct slice path);
/* By what led to them, then by network. */
void walk_nets_sort(struct walk_nets *nets);
void walk_nets_clear(struct walk_nets *nets);

#define WALK_NETWORKS_TITLE "Networks by term, with their addresses"

/* An empty line and TITLE. */
void walk_title(struct view *view, const char *title);
/* "Label      text", as many lines as it takes. */
void walk_fact(struct view *view, enum element element, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* A term that lists nothing, and why. */
void walk_skip(struct view *view, struct slice domain, struct slice term, struct slice reason);
/* All of them, below the terms that lead to them. KIND is that of the rows; lines that are no
 * network have ROW_TEXT, too. */
void walk_networks(struct view *view, const struct walk_nets *nets, unsigned kind);

#endif
