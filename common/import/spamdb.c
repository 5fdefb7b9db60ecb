/* spamdb.c - what spamdb and greydb print: fields between bars, the first says of what kind. */
#include "common/import/source.h"

#include <string.h>

#define DEFAULT_WINDOW_S (36 * 86400) /* of a WHITE entry: whiteexp */
#define FIELDS_MAX 12

/* ip, two or three empty fields, first, pass, expire, blocked, passed. */
static int
take_white(struct import *import, const struct slice *f, size_t n, struct err *err)
{
	int64_t window_s = import->options.window_s, needed, passes, expire_s;

	if (n < 9) {
		source_refuse(import, "it lacks fields");
		return 0;
	}
	expire_s = source_number(f[n - 3]);
	if (expire_s >= 0 && expire_s <= import->options.now_s) {
		import->report.expired++;
		return 0;
	}
	window_s = window_s == -1 ? DEFAULT_WINDOW_S : window_s;
	needed = import->options.config->auto_whitelist_passes;
	passes = source_number(f[n - 1]);
	passes = passes < needed ? needed : passes;
	return source_client(import, f[1], source_number(f[n - 5]),
	    expire_s < window_s ? expire_s : expire_s - window_s, passes < 1 ? 1 : passes, err);
}

/* ip, helo (not in old ones), from, to, first, pass, expire, blocked, passed. */
static int
take_grey(struct import *import, const struct slice *f, size_t n, struct err *err)
{
	struct source_triplet t = { .prefix = -1 };

	if (n != 9 && n != 10) {
		source_refuse(import, "it has more or fewer fields than such entries");
		return 0;
	}
	t.client = f[1];
	t.helo = n == 10 ? f[2] : SLICE_NONE;
	t.sender = f[n - 7];
	t.recipient = f[n - 6];
	t.first_s = t.last_s = source_number(f[n - 5]);
	t.attempts = source_number(f[n - 2]);
	t.attempts = t.attempts < 1 ? 1 : t.attempts;
	return source_triplet(import, &t, err);
}

static int
take_trapped(struct import *import, const struct slice *f, size_t n, struct err *err)
{
	struct source_entry entry = { .comment = SLICE("spamdb: trapped") };

	entry.sender = n > 1 ? f[1] : SLICE_NONE;
	entry.expires_s = n > 2 ? source_number(f[2]) : -1;
	if (entry.sender.len == 0 || entry.expires_s < 0) {
		source_refuse(import, "it lacks fields");
		return 0;
	}
	return source_rule(import, &entry, RULE_BLOCK, err);
}

static int
take_other(struct import *import, const struct slice *f, size_t n, struct err *err)
{
	(void)n;
	(void)err;
	source_refuse(import, "%.*s entries have no counterpart",
	    (int)(f[0].len > 40 ? 40 : f[0].len), f[0].ptr);
	return 0;
}

static const struct {
	const char *word;
	int (*take)(struct import *import, const struct slice *f, size_t n, struct err *err);
} kinds[] = {
	{ "WHITE", take_white },
	{ "GREY", take_grey },
	{ "TRAPPED", take_trapped },
	{ "SPAMTRAP", take_other },
	{ "DOMAIN", take_other },
};

static int
take_line(struct import *import, struct slice line, struct err *err)
{
	struct slice fields[FIELDS_MAX];
	size_t n = 0, i;
	bool more;

	do {
		more = memchr(line.ptr, '|', line.len) != NULL;
		fields[n++] = source_cut(&line, '|');
	} while (more && n < FIELDS_MAX);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (slice_equal(fields[0], slice_of(kinds[i].word)))
			return kinds[i].take(import, fields, n, err);
	source_refuse(import, "it does not begin with WHITE, GREY or TRAPPED");
	return 0;
}

static int
read_lines(struct import *import, struct lines *lines, struct err *err)
{
	struct slice line;

	while (lines_next(lines, &line)) {
		line = slice_trim(line);
		if (line.len == 0)
			continue;
		source_row(import, lines->line);
		if (take_line(import, line, err) == -1)
			return -1;
	}
	return 0;
}

const struct source source_spamdb = { .name = "spamdb", .read = read_lines };
