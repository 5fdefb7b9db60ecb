/* walk_text.c - see walk_text.h. */
#include "cli/walk_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "common/base/duration.h"
#include "common/spf/check.h"
#include "common/spf/words.h"

/* ---- JSON ---- */

static void
put_networks(struct json *j, const char *key, const struct spf_walk *walk, enum addr_family family)
{
	struct addr_net *nets;
	size_t n = spf_walk_merged(walk, family, &nets), i;
	char text[ADDR_TEXT_MAX + 8];

	json_array(j, key);
	for (i = 0; i < n; i++) {
		addr_format(&nets[i].addr, text);
		snprintf(text + strlen(text), 8, "/%u", (unsigned)nets[i].prefix);
		json_text(j, NULL, text);
	}
	json_end(j, ']');
	free(nets);
}

void
walk_put_json(struct json *j, const struct spf_walk *walk)
{
	size_t i;

	json_object(j, NULL);
	json_text(j, "source", spf_walk_source_name(walk->source));
	json_text(j, "status", spf_walk_status_name(walk->status));
	put_networks(j, "v4", walk, ADDR_V4);
	put_networks(j, "v6", walk, ADDR_V6);
	json_array(j, "skipped");
	for (i = 0; i < walk->skip_n; i++) {
		json_array(j, NULL);
		json_text(j, NULL, walk->skips[i].domain);
		json_text(j, NULL, walk->skips[i].term);
		json_text(j, NULL, walk->skips[i].reason);
		json_end(j, ']');
	}
	json_end(j, ']');
	json_array(j, "errors");
	for (i = 0; i < 2; i++)
		if (walk->errors[i] != NULL)
			json_text(j, NULL, walk->errors[i]);
	json_end(j, ']');
	if (walk->ttl_known)
		json_int(j, "min_ttl", walk->min_ttl_s);
	else
		json_null(j, "min_ttl");
	json_int(j, "lookup_terms", walk->lookups);
	json_end(j, '}');
}

/* ---- text ---- */

/* The number comes first: terms may be longer than a line. */
static void
put_tree(FILE *out, const struct spf_walk *walk)
{
	size_t i;

	cli_put(out, "Networks  Term");
	for (i = 0; i < walk->line_n; i++) {
		const struct spf_walk_line *line = &walk->lines[i];
		bool noted = line->note[0] != '\0';

		cli_put(out, "%8zu  %*s%s%s%s%s", line->networks, (int)line->depth * 2, "",
		    line->text, noted ? "  (" : "", line->note, noted ? ")" : "");
	}
}

static const char *
source_words(const struct spf_walk *walk)
{
	switch (walk->source) {
	case SPF_SOURCE_SPF: return "from the SPF record";
	case SPF_SOURCE_MX: return "of the MX hosts, as there is no SPF record";
	default: return "as there is neither an SPF record nor an MX host with an address";
	}
}

static void
put_totals(FILE *out, const struct spf_walk *walk)
{
	const char *status = spf_walk_status_name(walk->status);
	char ttl[DURATION_TEXT_MAX];
	size_t v4 = 0, i;

	for (i = 0; i < walk->network_n; i++)
		v4 += walk->networks[i].net.addr.family == ADDR_V4;
	cli_put(out, "Status    %s: %s", status, spf_status_meaning(slice_of(status)));
	cli_put(out, "Networks  %zu IPv4 (%" PRIu64 " addresses) and %zu IPv6, %s", v4,
	    walk->v4_addresses, walk->network_n - v4, source_words(walk));
	cli_put(out, "Lookups   %u of %d; smallest TTL %s", walk->lookups, SPF_LOOKUPS_MAX,
	    walk->ttl_known ? duration_format_human(walk->min_ttl_s, ttl) : "unknown");
	for (i = 0; i < walk->skip_n; i++)
		cli_put(out, "Skipped   %s: %s (%s): %s", walk->skips[i].domain,
		    walk->skips[i].term, walk->skips[i].reason,
		    spf_skip_meaning(slice_of(walk->skips[i].reason)));
	for (i = 0; i < 2; i++)
		if (walk->errors[i] != NULL)
			cli_put(out, "Error     %s", walk->errors[i]);
}

void
walk_put_text(FILE *out, const struct spf_walk *walk)
{
	put_tree(out, walk);
	fprintf(out, "\n");
	put_totals(out, walk);
}
