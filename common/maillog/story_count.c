/* story_count.c - counts by domain, day and network; see story_count.h. */
#include "common/maillog/story_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/xalloc.h"
#include "common/greylist/suggested.h"
#include "common/net/addr.h"
#include "common/net/domain.h"
#include "common/net/email.h"

#define LONG_WAIT_S (30 * 60) /* an ordinary server comes again in less */
#define STUCK_S (5 * 60)      /* who comes again this late should have passed */
#define DAYS_MAX (366 * 20)
#define NAME_MAX_ 256

/* ---- networks ---- */

static size_t
slot_of(const struct net_set *set, uint64_t net)
{
	size_t at = (size_t)(net * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (set->size - 1);

	while (set->slots[at] != 0 && set->slots[at] != net)
		at = (at + 1) & (set->size - 1);
	return at;
}

static void
grow(struct net_set *set)
{
	struct net_set bigger = { .size = set->size == 0 ? 4 : set->size * 2, .n = set->n };
	size_t i;

	bigger.slots = xcalloc(bigger.size, sizeof(*bigger.slots));
	for (i = 0; i < set->size; i++)
		if (set->slots[i] != 0)
			bigger.slots[slot_of(&bigger, set->slots[i])] = set->slots[i];
	free(set->slots);
	*set = bigger;
}

void
net_set_add(struct net_set *set, uint64_t net)
{
	size_t at;

	if (set->n == MAILLOG_NETS_MAX)
		return;
	if (set->n * 4 >= set->size * 3)
		grow(set);
	at = slot_of(set, net);
	set->n += set->slots[at] == 0;
	set->slots[at] = net;
}

void
net_set_clear(struct net_set *set)
{
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

uint64_t
count_net(const struct story_options *options, struct slice address)
{
	struct addr_net net;
	struct addr addr;
	uint64_t high = 0, low = 0;
	size_t i;

	if (addr_parse(address, &addr) == -1)
		return 1;
	net = addr_net_of(&addr, options->prefix_v4, options->prefix_v6);
	for (i = 0; i < 8; i++) {
		high = high << 8 | net.addr.bytes[i];
		low = low << 8 | net.addr.bytes[8 + i];
	}
	return (high ^ low) | (net.addr.family == ADDR_V4 ? UINT64_C(0xffffff) : 1);
}

/* ---- domains ---- */

struct domain_count *
count_domain(struct story *s, struct slice sender)
{
	struct slice domain = email_split(sender).domain;
	struct domain_count *d;
	bool is_new;

	if (domain.len == 0)
		domain = sender.len == 0 ? SLICE("<>") : SLICE("-");
	d = dict_put(s->domains, domain, &is_new);
	if (is_new) {
		d->shown.name = dict_key(d).ptr;
		d->shown.hosts = "";
		d->shown.known = suggested_find(domain) != NULL;
		s->totals.domains++;
	}
	return d;
}

void
count_domain_drop(void *domain)
{
	struct domain_count *d = domain;

	net_set_clear(&d->nets);
	net_set_clear(&d->evidence_nets);
	free(d->hosts);
}

static bool
has_dot(struct slice name)
{
	return name.len > 0 && memchr(name.ptr, '.', name.len) != NULL;
}

/* The deepest name of at least two labels that all hosts so far are at or below. */
static void
note_host(struct domain_count *d, struct slice name)
{
	struct slice hosts = slice_of(d->hosts);
	char *common;

	if (d->hosts_mixed || (hosts.len > 0 && domain_is_at_or_below(name, hosts)))
		return;
	if (hosts.len == 0)
		hosts = has_dot(domain_parent(name)) ? domain_parent(name) : name;
	while (has_dot(hosts) && !domain_is_at_or_below(name, hosts))
		hosts = domain_parent(hosts);
	d->hosts_mixed = !has_dot(hosts);
	common = d->hosts_mixed ? NULL : xslicedup(hosts);
	free(d->hosts);
	d->hosts = common;
	d->shown.hosts = common == NULL ? "" : common;
}

bool
count_client(struct domain_count *d, struct slice name, uint64_t net, int64_t times)
{
	char lower[NAME_MAX_];
	struct buf b;

	if (name.len == 0) {
		d->shown.nameless += times;
		return false;
	}
	buf_init(&b, lower, sizeof(lower));
	buf_add(&b, name);
	str_lower(lower, b.len);
	note_host(d, buf_slice(&b));
	if (!d->shown.known && !domain_is_at_or_below(buf_slice(&b), slice_of(d->shown.name)))
		return false;
	d->shown.evidence.tries += times;
	net_set_add(&d->evidence_nets, net);
	return true;
}

/* ---- days ---- */

/* The local day of TIME_S, and when it begins and ends. */
static void
day_of(int64_t time_s, char date[16], int64_t *begin_out, int64_t *end_out)
{
	time_t t = (time_t)time_s;
	struct tm tm = { 0 };

	localtime_r(&t, &tm);
	strftime(date, 16, "%Y-%m-%d", &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	*begin_out = (int64_t)mktime(&tm);
	tm.tm_mday++;
	tm.tm_isdst = -1;
	*end_out = (int64_t)mktime(&tm);
}

struct story_day *
count_day(struct story *s, int64_t time_s)
{
	char date[16];
	bool is_new;

	if (s->day != NULL && time_s >= s->day_begin_s && time_s < s->day_end_s)
		return s->day;
	day_of(time_s, date, &s->day_begin_s, &s->day_end_s);
	s->day = dict_put(s->days, slice_of(date), &is_new);
	s->day->date = dict_key(s->day).ptr;
	if (dict_n(s->days) > DAYS_MAX)
		dict_remove(s->days, dict_oldest(s->days));
	return s->day;
}

/* ---- mails ---- */

static int64_t
greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
count_evidence(struct story_evidence *e, const struct pair *pair)
{
	int64_t longest_s = wait_longest(&pair->evidence, pair->passed);

	e->mails += pair->evidence_tries > 0;
	if (!pair->moved)
		return;
	e->moved++;
	e->longest_s = greater(e->longest_s, longest_s);
	e->hurt += longest_s >= (pair->passed ? LONG_WAIT_S : STUCK_S);
}

void
count_pair(struct story *s, const struct pair *pair)
{
	struct story_domain *d = &pair->domain->shown;
	bool once = !pair->passed && pair->tries == 1, stuck = !pair->passed && !once;
	int64_t longest_s = wait_longest(&pair->all, pair->passed);

	d->passed += pair->passed;
	d->once += once;
	d->stuck += stuck;
	d->waited_s += pair->passed ? longest_s : 0;
	d->longest_s = greater(d->longest_s, longest_s);
	d->pain_s += pair->named ? longest_s : 0;
	count_evidence(&d->evidence, pair);
	s->totals.passed += pair->passed;
	s->totals.once += once;
	s->totals.stuck += stuck;
}

void
count_wait(struct story *s, const struct pair *pair, int64_t wait_s)
{
	const char *sender = dict_key(pair).ptr;
	size_t at = s->slowest_n;

	while (at > 0 && s->slowest[at - 1].wait_s < wait_s)
		at--;
	if (at == STORY_SLOWEST_MAX)
		return;
	if (s->slowest_n == STORY_SLOWEST_MAX) {
		s->slowest_n--;
		free(s->slowest[s->slowest_n].sender);
		free(s->slowest[s->slowest_n].recipient);
	}
	memmove(&s->slowest[at + 1], &s->slowest[at], (s->slowest_n - at) * sizeof(s->slowest[0]));
	s->slowest_n++;
	s->slowest[at] = (struct story_wait){ .sender = xstrdup(sender),
		.recipient = xstrdup(sender + strlen(sender) + 1),
		.wait_s = wait_s,
		.tries = pair->tries,
		.first_s = pair->all.first_s };
}
