/* walk_lines.c - see walk_lines.h. */
#include "tui/walk_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/spf/words.h"
#include "tui/app.h"
#include "tui/domain_words.h"

#define LABEL_COLS 11
#define MARGIN 2     /* a list leaves these to its marks */
#define SIZE_COLS 11 /* of the column of addresses */
#define NET_INDENT 2 /* below the terms that lead to it */
#define TERM_MIN 30  /* narrower, a term goes below its network */

const struct column walk_columns[WALK_COLUMN_N] = {
	[WALK_TEXT] = { "text", "", COLUMN_TEXT, 1, 1, LIST_REST, NULL },
	[WALK_NETWORK] = { "network", "", COLUMN_TEXT, 0, 0, 0, "net" },
	[WALK_ADDRESSES] = { "addresses", "", COLUMN_COUNT, 0, 0, 0, NULL },
	[WALK_PATH] = { "path", "", COLUMN_TEXT, 0, 0, 0, NULL },
	[WALK_DOMAIN] = { "domain", "", COLUMN_TEXT, 0, 0, 0, NULL },
};

/* ---- networks ---- */

void
walk_nets_add(struct walk_nets *nets, const struct addr_net *net, struct slice path)
{
	struct walk_net *item;

	if (nets->n == nets->cap) {
		nets->cap = nets->cap == 0 ? 64 : nets->cap * 2;
		nets->items = xreallocarray(nets->items, nets->cap, sizeof(*nets->items));
	}
	item = &nets->items[nets->n++];
	*item = (struct walk_net){ .net = *net, .path = xslicedup(path) };
	addr_net_format(net, item->text);
	path_split(slice_of(item->path), item->text, &item->group, &item->term);
}

static int
compare_texts(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_nets(const void *a_, const void *b_)
{
	const struct walk_net *a = a_, *b = b_;
	int order = compare_texts(a->group, b->group);

	if (order == 0)
		order = (a->net.addr.family > b->net.addr.family) -
			(a->net.addr.family < b->net.addr.family);
	if (order == 0)
		order = memcmp(a->net.addr.bytes, b->net.addr.bytes, sizeof(a->net.addr.bytes));
	return order;
}

void
walk_nets_sort(struct walk_nets *nets)
{
	if (nets->n > 1)
		qsort(nets->items, nets->n, sizeof(*nets->items), compare_nets);
}

void
walk_nets_clear(struct walk_nets *nets)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		free(nets->items[i].path);
	free(nets->items);
	*nets = (struct walk_nets){ NULL, 0, 0 };
}

/* ---- lines ---- */

/* Cells that a line may take. */
static int
room_of(const struct view *view)
{
	return term_cols(view->console->term) - MARGIN;
}

/* For the filter; IPv6 has more than can be counted. */
static int64_t
count_of(const struct addr_net *net)
{
	unsigned bits = addr_bits(net->addr.family) - net->prefix;

	return bits > 62 ? INT64_MAX : INT64_C(1) << bits;
}

/* HEAD, then TEXT beside it, in lines of COLS cells that begin below each other. */
static void
hanging(struct view *view, enum element element, const char *head, int indent, struct slice text,
    int cols)
{
	enum text_charset charset = term_charset(view->console->term);
	size_t len, next;
	bool first = true;

	do {
		len = text_wrap(text, cols < 10 ? 10 : cols, charset, &next);
		view_line(view, element, "%-*s%.*s", indent, first ? head : "", (int)len,
		    text.len == 0 ? "" : text.ptr);
		text.ptr += next;
		text.len -= next;
		first = false;
	} while (text.len > 0);
}

void
walk_title(struct view *view, const char *title)
{
	view_line(view, ELEMENT_NORMAL, "%s", "");
	view_line(view, ELEMENT_SECTION, "%s", title);
}

void
walk_fact(struct view *view, enum element element, const char *label, const char *fmt, ...)
{
	char text[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	hanging(view, element, label, LABEL_COLS, slice_of(text), room_of(view) - LABEL_COLS);
}

void
walk_skip(struct view *view, struct slice domain, struct slice term, struct slice reason)
{
	walk_fact(view, ELEMENT_NOTICE, "Not listed", "%.*s of %.*s (%.*s): %s", (int)term.len,
	    term.ptr, (int)domain.len, domain.ptr, (int)reason.len, reason.ptr,
	    spf_skip_meaning(reason));
}

static int
widest(const struct walk_nets *nets)
{
	size_t cols = 15, i;

	for (i = 0; i < nets->n; i++)
		if (strlen(nets->items[i].text) > cols)
			cols = strlen(nets->items[i].text);
	return (int)cols;
}

/* What the lines from the FIRST-th on are about, for filter, export and commands. */
static void
dress_lines(struct view *view, size_t first, const struct walk_net *item, unsigned kind)
{
	size_t i;

	for (i = first; i < view->list.filling_n; i++) {
		struct row *row = view->list.filling[i];

		row->kind = i == first ? kind : kind | ROW_TEXT;
		row_text(row, WALK_NETWORK, slice_of(item->text));
		row_text(row, WALK_PATH, slice_of(item->path));
		row_number(row, WALK_ADDRESSES, count_of(&item->net));
	}
}

/* Its term, too, where that says more than the network. */
static void
network(struct view *view, const struct walk_net *item, int net_cols, unsigned kind)
{
	size_t first = view->list.filling_n;
	char head[128], size[GROUPED_MAX];
	int indent = snprintf(head, sizeof(head), "%*s%-*s%*s%s", NET_INDENT, "", net_cols,
	    item->text, SIZE_COLS, network_size(&item->net, size), item->term.len > 0 ? "  " : "");
	int left = room_of(view) - indent;

	if (item->term.len > 0 && left < TERM_MIN) {
		view_line(view, ELEMENT_NORMAL, "%s", head);
		indent = 2 * NET_INDENT;
		hanging(view, ELEMENT_DIM, "", indent, item->term, room_of(view) - indent);
	} else {
		hanging(view, ELEMENT_NORMAL, head, indent, item->term, left);
	}
	dress_lines(view, first, item, kind);
}

/* The N networks below a line, so that a filter that finds one of them finds the line. */
static char *
names_below(const struct walk_net *item, size_t n)
{
	size_t size = n * (ADDR_NET_TEXT_MAX + 1) + 1, i;
	char *text = xcalloc(1, size);
	struct buf b;

	buf_init(&b, text, size);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s ", item[i].text);
	return text;
}

/* What leads to ITEM and those behind it, N together. */
static void
group(struct view *view, const struct walk_net *item, size_t n, unsigned kind)
{
	struct slice terms = item->group.len == 0 ? SLICE("its own record") : item->group;
	size_t first = view->list.filling_n, i;
	char text[2100], *below = names_below(item, n);

	snprintf(text, sizeof(text), "%.*s: %zu network%s", (int)terms.len, terms.ptr, n,
	    n == 1 ? "" : "s");
	hanging(view, ELEMENT_DIM, "", 0, slice_of(text), room_of(view));
	for (i = first; i < view->list.filling_n; i++) {
		view->list.filling[i]->kind = kind | ROW_TEXT;
		row_text(view->list.filling[i], WALK_NETWORK, slice_of(below));
	}
	free(below);
}

void
walk_networks(struct view *view, const struct walk_nets *nets, unsigned kind)
{
	int net_cols = widest(nets);
	size_t i, end = 0;

	for (i = 0; i < nets->n; i++) {
		if (i == end) {
			while (end < nets->n &&
			       slice_equal(nets->items[end].group, nets->items[i].group))
				end++;
			group(view, &nets->items[i], end - i, kind);
		}
		network(view, &nets->items[i], net_cols, kind);
	}
}
