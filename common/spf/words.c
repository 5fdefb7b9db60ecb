/* words.c - see words.h. */
#include "common/spf/words.h"

#include <string.h>

/* By the first word. */
struct meaning {
	const char *word, *text;
};

static const struct meaning skips[] = {
	{ "all", "would let everyone pass" },
	{ "too-broad", "is wider than spf.min_prefix_v4 or spf.min_prefix_v6 allows" },
	{ "special-use", "holds addresses that no mail comes from over the Internet" },
	{ "exists", "depends on the message, it has no networks" },
	{ "ptr", "depends on the name of the client, it has no networks" },
	{ "dynamic", "its macros depend on the message" },
};

static const struct meaning statuses[] = {
	{ "new", "not refreshed yet" },
	{ "ok", "the whole record was walked" },
	{ "partial", "the whole record was walked, some terms cannot be listed" },
	{ "none", "the domain has no SPF record" },
	{ "permerror", "the record is wrong; its owner must correct it" },
	{ "temperror", "the DNS did not answer; another try may succeed" },
};

static const char *
meaning_of(const struct meaning *meanings, size_t n, struct slice text)
{
	const char *blank = text.len == 0 ? NULL : memchr(text.ptr, ' ', text.len);
	size_t i;

	if (blank != NULL)
		text.len = (size_t)(blank - text.ptr);
	for (i = 0; i < n; i++)
		if (slice_equal(text, slice_of(meanings[i].word)))
			return meanings[i].text;
	return "";
}

const char *
spf_skip_meaning(struct slice reason)
{
	return meaning_of(skips, sizeof(skips) / sizeof(skips[0]), reason);
}

const char *
spf_status_meaning(struct slice status)
{
	return meaning_of(statuses, sizeof(statuses) / sizeof(statuses[0]), status);
}
