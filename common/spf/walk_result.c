/* walk_result.c - see walk_result.h. */
#include "common/spf/walk_result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/ranges.h"

static const char *const status_names[] = {
	[SPF_WALK_OK] = "ok",
	[SPF_WALK_PARTIAL] = "partial",
	[SPF_WALK_NONE] = "none",
	[SPF_WALK_PERMERROR] = "permerror",
	[SPF_WALK_TEMPERROR] = "temperror",
};

static const char *const source_names[] = {
	[SPF_SOURCE_NONE] = "none",
	[SPF_SOURCE_SPF] = "spf",
	[SPF_SOURCE_MX] = "mx",
};

const char *
spf_walk_status_name(enum spf_walk_status status)
{
	return status_names[status];
}

const char *
spf_walk_source_name(enum spf_walk_source source)
{
	return source_names[source];
}

void
spf_walk_add_line(struct spf_walk *walk, size_t at, size_t parent, struct slice text)
{
	if (at < walk->line_n)
		return;
	walk->lines = xreallocarray(walk->lines, walk->line_n + 1, sizeof(*walk->lines));
	walk->lines[at] = (struct spf_walk_line){ .parent = parent,
		.depth = at == 0 ? 0 : walk->lines[parent].depth + 1,
		.text = xslicedup(text),
		.note = xstrdup("") };
	walk->line_n++;
}

void
spf_walk_note(struct spf_walk *walk, size_t line, const char *note)
{
	free(walk->lines[line].note);
	walk->lines[line].note = xstrdup(note);
}

void
spf_walk_skip(
    struct spf_walk *walk, size_t line, struct slice domain, struct slice term, const char *reason)
{
	char note[128];
	size_t i;

	for (i = 0; i < walk->skip_n; i++)
		if (slice_equal(slice_of(walk->skips[i].domain), domain) &&
		    slice_equal(slice_of(walk->skips[i].term), term) &&
		    strcmp(walk->skips[i].reason, reason) == 0)
			return;
	walk->skips = xreallocarray(walk->skips, walk->skip_n + 1, sizeof(*walk->skips));
	walk->skips[walk->skip_n++] =
	    (struct spf_walk_skip){ xslicedup(domain), xslicedup(term), xstrdup(reason) };
	snprintf(note, sizeof(note), "skipped: %s", reason);
	spf_walk_note(walk, line, note);
}

void
spf_walk_add_network(struct spf_walk *walk, size_t line, const struct addr_net *net)
{
	walk->networks =
	    xreallocarray(walk->networks, walk->network_n + 1, sizeof(*walk->networks));
	walk->networks[walk->network_n++] = (struct spf_walk_network){ *net, line };
	if (net->addr.family == ADDR_V4)
		walk->v4_addresses += UINT64_C(1) << (32 - net->prefix);
	for (; walk->lines[line].parent != line; line = walk->lines[line].parent)
		walk->lines[line].networks++;
	walk->lines[line].networks++;
}

void
spf_walk_clear(struct spf_walk *walk)
{
	size_t i;

	for (i = 0; i < walk->line_n; i++) {
		free(walk->lines[i].text);
		free(walk->lines[i].note);
	}
	for (i = 0; i < walk->skip_n; i++) {
		free(walk->skips[i].domain);
		free(walk->skips[i].term);
		free(walk->skips[i].reason);
	}
	free(walk->lines);
	free(walk->skips);
	free(walk->networks);
	free(walk->errors[0]);
	free(walk->errors[1]);
	memset(walk, 0, sizeof(*walk));
}

void
spf_walk_path(const struct spf_walk *walk, size_t line, struct buf *out)
{
	const struct spf_walk_line *at = &walk->lines[line];

	if (at->parent != line) {
		spf_walk_path(walk, at->parent, out);
		buf_add_text(out, " > ");
	}
	buf_add_text(out, at->text);
}

struct merged {
	struct addr_net *nets;
	size_t n;
};

static void
add_merged(void *arg, const struct addr_net *net)
{
	struct merged *merged = arg;

	merged->nets = xreallocarray(merged->nets, merged->n + 1, sizeof(*merged->nets));
	merged->nets[merged->n++] = *net;
}

size_t
spf_walk_merged(const struct spf_walk *walk, enum addr_family family, struct addr_net **nets_out)
{
	struct ranges ranges = { NULL, 0, 0 };
	struct merged merged = { NULL, 0 };
	size_t i;

	for (i = 0; i < walk->network_n; i++)
		if (walk->networks[i].net.addr.family == family)
			ranges_add(&ranges, range_of_net(&walk->networks[i].net));
	for (i = 0; i < ranges.n; i++)
		range_each_net(ranges.items[i], family, add_merged, &merged);
	ranges_clear(&ranges);
	*nets_out = merged.nets;
	return merged.n;
}
