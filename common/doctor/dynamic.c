/* dynamic.c - see dynamic.h. */
#include "common/doctor/dynamic.h"

#include "common/store/domain.h"
#include "common/store/json_read.h"

#define LISTED_MAX 20 /* domains that are named one by one */

struct looking {
	struct json_reader *reader;
	struct verdicts *v;
	bool ignored; /* SPF of a message is not asked */
	char term[256], reason[32];
	size_t found_n;
};

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
		if (slice_equal(leaf->text, slice_of(reasons[i]))) {
			buf_init(&b, l->reason, sizeof(l->reason));
			buf_add(&b, leaf->text);
			return false;
		}
	return true;
}

static bool
look_at_domain(void *arg, const struct domain *domain)
{
	struct looking *l = arg;
	struct err err;

	l->term[0] = l->reason[0] = '\0';
	if (domain->skipped.len == 0 ||
	    json_read(l->reader, domain->skipped, take_leaf, l, &err) == -1 ||
	    l->reason[0] == '\0' || l->found_n++ >= LISTED_MAX)
		return true;
	verdict_advise(l->v, l->ignored ? VERDICT_WARNING : VERDICT_INFO, 0,
	    l->ignored ? "spf.mode: ignore leaves it at that, key would evaluate it when mail comes"
		       : "the rest is evaluated when mail comes",
	    "domain %.*s: %s depends on the message, so its networks are not all that it passes",
	    (int)domain->name.len, domain->name.ptr, l->term);
	return true;
}

void
dynamic_check(struct store *store, const struct config *config, struct verdicts *v)
{
	struct looking l = { .reader = json_reader_new(),
		.v = v,
		.ignored = config->spf_mode == CONFIG_SPF_IGNORE };
	struct err err;

	if (store_domain_each(store, SLICE_NONE, INT64_MAX, look_at_domain, &l, &err) == -1)
		verdict_advise(v, VERDICT_UNKNOWN, 0, "", "domains: %s", err.text);
	else if (l.found_n > LISTED_MAX)
		verdict_advise(v, VERDICT_INFO, 0, "", "domains: %zu more depend on the message",
		    l.found_n - LISTED_MAX);
	else if (l.found_n == 0)
		verdict_advise(v, VERDICT_OK, 0, "", "domains: none depends on the message");
	json_reader_free(l.reader);
}
