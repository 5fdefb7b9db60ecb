/* domain_words.c - see domain_words.h. */
#include "tui/domain_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ARROW " > "
#define ARROW_LEN 3

/* By the status of the last reading. */
static const struct {
	const char *status, *word;
	const char *trouble; /* when that reading did not succeed */
} words[] = {
	{ "new", "not read yet", "not read yet" },
	{ "ok", "ok", "" },
	{ "partial", "ok, in part", "" },
	{ "none", "no SPF, no MX", "SPF gone" },
	{ "permerror", "SPF broken", "SPF broken" },
	{ "temperror", "DNS failed", "DNS failed" },
};

static const char *
word_of(const struct domain *d)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_equal(d->status, slice_of(words[i].status)))
			return d->failures > 0 ? words[i].trouble : words[i].word;
	return "unknown";
}

/* As refresh.h says when a set is kept: not for ever where the record itself is wrong. */
static bool
is_kept(const struct domain *d, int64_t grace_s)
{
	if (d->failures == 0 || d->good_s == 0 || d->networks == 0)
		return false;
	return slice_equal(d->status, SLICE("temperror")) || d->refreshed_s - d->good_s < grace_s;
}

void
domain_state(const struct domain *d, int64_t grace_s, int64_t now_s, struct domain_state *state_out)
{
	bool is_empty = d->networks == 0 && d->refreshed_s != 0;
	const char *word = word_of(d);
	char day[CALENDAR_TEXT_MAX];

	*state_out = (struct domain_state){ .trouble = d->failures > 0 ? word : "" };
	state_out->kept = is_kept(d, grace_s);
	state_out->troubled = d->failures > 0 || is_empty;
	state_out->element = state_out->kept   ? ELEMENT_NOTICE
			     : d->failures > 0 ? ELEMENT_BAD
			     : is_empty        ? ELEMENT_NOTICE
					       : ELEMENT_NORMAL;
	if (slice_equal(d->status, SLICE("none")) && slice_equal(d->from, SLICE("mx")))
		word = "ok, MX hosts";
	else if (is_empty && d->failures == 0 && !slice_equal(d->status, SLICE("none")))
		word = "nothing listed";
	if (state_out->kept)
		snprintf(state_out->status, sizeof(state_out->status), "kept since %s",
		    domain_day(d->good_s, now_s, day));
	else
		snprintf(state_out->status, sizeof(state_out->status), "%s", word);
}

const char *
domain_day(int64_t time_s, int64_t now_s, char out[CALENDAR_TEXT_MAX])
{
	return calendar_text(time_s, calendar_same_day(time_s, now_s) ? "%H:%M" : "%m-%d", out);
}

const char *
domain_date(int64_t time_s, char out[CALENDAR_TEXT_MAX])
{
	return calendar_text(time_s, "%Y-%m-%d %H:%M", out);
}

const char *
number_grouped(uint64_t number, char out[GROUPED_MAX])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number), i;
	char *at = out;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*at++ = ' ';
		*at++ = digits[i];
	}
	*at = '\0';
	return out;
}

const char *
network_size(const struct addr_net *net, char out[GROUPED_MAX])
{
	if (net->addr.family == ADDR_V4)
		return number_grouped(UINT64_C(1) << (32 - net->prefix), out);
	snprintf(out, GROUPED_MAX, "/%u", (unsigned)net->prefix);
	return out;
}

/* Whether TERM is "ip4:NET" or "ip6:NET". */
static bool
names_net(struct slice term, const char *net)
{
	return term.len == strlen(net) + 4 && strncasecmp(term.ptr, "ip", 2) == 0 &&
	       term.ptr[3] == ':' && memcmp(term.ptr + 4, net, term.len - 4) == 0;
}

void
path_split(struct slice path, const char *net, struct slice *group_out, struct slice *term_out)
{
	const char *first = memmem(path.ptr, path.len, ARROW, ARROW_LEN);
	size_t last;

	*group_out = *term_out = SLICE_NONE;
	if (first == NULL)
		return;
	path.len -= (size_t)(first - path.ptr);
	path.ptr = first;
	/* It begins with an arrow now, so the last one is found before its beginning. */
	for (last = path.len - ARROW_LEN; memcmp(path.ptr + last, ARROW, ARROW_LEN) != 0; last--)
		;
	*term_out = (struct slice){ path.ptr + last + ARROW_LEN, path.len - last - ARROW_LEN };
	if (last > 0)
		*group_out = (struct slice){ path.ptr + ARROW_LEN, last - ARROW_LEN };
	if (names_net(*term_out, net))
		*term_out = SLICE_NONE;
}
