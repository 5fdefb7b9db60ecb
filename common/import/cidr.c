/* cidr.c - cidr tables of postscreen, as postwhite writes them: NETWORK permit|reject. */
#include "common/import/source.h"

#include <string.h>

static struct slice
next_word(struct slice *line)
{
	size_t n = 0;
	struct slice word;

	*line = slice_trim(*line);
	while (n < line->len && line->ptr[n] != ' ' && line->ptr[n] != '\t')
		n++;
	word = (struct slice){ line->ptr, n };
	line->ptr += n;
	line->len -= n;
	return word;
}

static int
take_line(struct import *import, struct slice line, struct err *err)
{
	struct slice net = next_word(&line), action = next_word(&line);
	struct source_entry entry = { .sender = net, .comment = SLICE("cidr") };
	struct addr_net parsed;
	struct err why;

	if (addr_net_parse(net, &parsed, NULL, &why) == -1) {
		source_refuse(import, "\"%.*s\": %s", (int)(net.len > 100 ? 100 : net.len), net.ptr,
		    why.text);
		return 0;
	}
	if (slice_equal_nocase(action, SLICE("permit")))
		return source_rule(import, &entry, RULE_ALLOW, err);
	if (slice_equal_nocase(action, SLICE("reject")))
		return source_rule(import, &entry, RULE_BLOCK, err);
	source_refuse(import, "\"%.*s\" has no counterpart; only permit and reject have",
	    (int)(action.len > 100 ? 100 : action.len), action.len == 0 ? "" : action.ptr);
	return 0;
}

static int
read_lines(struct import *import, struct lines *lines, struct err *err)
{
	struct slice line;

	while (lines_next(lines, &line)) {
		line = source_uncomment(line);
		if (line.len == 0)
			continue;
		source_row(import, lines->line);
		if (take_line(import, line, err) == -1)
			return -1;
	}
	return 0;
}

const struct source source_cidr = { .name = "cidr", .read = read_lines };
