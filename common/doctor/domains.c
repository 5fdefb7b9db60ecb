/* domains.c - see domains.h. */
#include "common/doctor/domains.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/duration.h"
#include "common/store/domain.h"
#include "common/store/json_read.h"

#define LISTED_MAX 20 /* domains that are named one by one, of each kind */
#define STALE_S (2 * 86400)

struct looking {
	struct verdicts *v;
	int64_t now_s;
	bool ignored; /* SPF of a message is not asked */
	struct json_reader *reader;
	char term[256]; /* of a domain: the last that was looked at */
	bool depends;   /* and it depends on the message */
	size_t found_n;
};

/* ---- refreshes ---- */

static void
say_trouble(struct looking *l, const struct domain *domain, int64_t since_s)
{
	char advice[300], text[DURATION_TEXT_MAX];

	snprintf(advice, sizeof(advice), "greygate domain show %.*s", (int)domain->name.len,
	    domain->name.ptr);
	duration_format_human(l->now_s - since_s, text);
	if (domain->failures > 0)
		verdict_advise(l->v, VERDICT_WARNING, 0, advice,
		    "domain %.*s: %" PRId64 " failed refreshes: %.*s", (int)domain->name.len,
		    domain->name.ptr, domain->failures, (int)domain->error.len, domain->error.ptr);
	else
		verdict_advise(l->v, VERDICT_WARNING, 0, advice,
		    "domain %.*s: not refreshed for %s", (int)domain->name.len, domain->name.ptr,
		    text);
}

static bool
look_for_trouble(void *arg, const struct domain *domain)
{
	struct looking *l = arg;
	int64_t since_s = domain->good_s == 0 ? domain->created_s : domain->good_s;

	if ((domain->failures > 0 || since_s < l->now_s - STALE_S) && l->found_n++ < LISTED_MAX)
		say_trouble(l, domain, since_s);
	return true;
}

/* ---- terms ---- */

/* Each skipped term is [domain, term, reason]. Stops at one that depends on the message. */
static bool
take_leaf(void *arg, const struct json_leaf *leaf)
{
	static const char *const reasons[] = { "exists", "ptr", "dynamic" };
	struct looking *l = arg;
	struct buf b;
	size_t i;

	if (slice_equal(leaf->key, SLICE("1"))) {
		buf_init(&b, l->term, sizeof(l->term));
		buf_add(&b, leaf->text);
	}
	for (i = 0; slice_equal(leaf->key, SLICE("2")) && i < 3; i++)
		l->depends = l->depends || slice_equal(leaf->text, slice_of(reasons[i]));
	return !l->depends;
}

static bool
look_at_terms(void *arg, const struct domain *domain)
{
	struct looking *l = arg;
	struct err err;

	l->depends = false;
	if (domain->skipped.len == 0 ||
	    json_read(l->reader, domain->skipped, take_leaf, l, &err) == -1 || !l->depends ||
	    l->found_n++ >= LISTED_MAX)
		return true;
	verdict_advise(l->v, l->ignored ? VERDICT_WARNING : VERDICT_INFO, 0,
	    l->ignored ? "spf.mode: ignore leaves it at that, key would evaluate it when mail comes"
		       : "the rest is evaluated when mail comes",
	    "domain %.*s: %s depends on the message, so its networks are not all that it passes",
	    (int)domain->name.len, domain->name.ptr, l->term);
	return true;
}

/* ---- all ---- */

static int
check_refreshes(struct looking *l, struct store *store, struct err *err)
{
	if (store_domain_each(store, SLICE_NONE, INT64_MAX, look_for_trouble, l, err) == -1)
		return -1;
	if (l->found_n > LISTED_MAX)
		verdict_advise(
		    l->v, VERDICT_WARNING, 0, "", "domains: %zu more", l->found_n - LISTED_MAX);
	return 0;
}

static int
check_terms(struct looking *l, struct store *store, struct err *err)
{
	l->found_n = 0;
	if (store_domain_each(store, SLICE_NONE, INT64_MAX, look_at_terms, l, err) == -1)
		return -1;
	if (l->found_n > LISTED_MAX)
		verdict_advise(l->v, VERDICT_INFO, 0, "", "domains: %zu more depend on the message",
		    l->found_n - LISTED_MAX);
	else if (l->found_n == 0)
		verdict_advise(l->v, VERDICT_OK, 0, "", "domains: none depends on the message");
	return 0;
}

int
domains_check(struct store *store, const struct config *config, int64_t now_s, struct verdicts *v,
    struct err *err)
{
	struct looking l = { .v = v,
		.now_s = now_s,
		.ignored = config->spf_mode == CONFIG_SPF_IGNORE,
		.reader = json_reader_new() };
	int result = check_refreshes(&l, store, err);

	if (result == 0)
		result = check_terms(&l, store, err);
	json_reader_free(l.reader);
	return result;
}
