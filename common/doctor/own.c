/* own.c - see own.h. */
#include "common/doctor/own.h"

#include <inttypes.h>
#include <string.h>

#include "common/store/domain.h"
#include "common/store/json_read.h"

#define SLOW_MS 1000
#define LISTED_MAX 20 /* domains that are named one by one */

/* ---- resolvers ---- */

static bool
is_loopback(const struct addr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr->family == ADDR_V4 ? addr->bytes[0] == 127 : memcmp(addr->bytes, one, 16) == 0;
}

static void
check_resolver(const struct gather_probe *probe, struct verdicts *v)
{
	char text[ADDR_TEXT_MAX];

	addr_format(&probe->server.addr, text);
	if (probe->status == DNS_FAILED)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "resolver %s, port %u: %s; without one mail is greylisted as if there were no "
		    "SPF",
		    text, (unsigned)probe->server.port, probe->why);
	else if (probe->took_ms > SLOW_MS)
		verdict_say(v, VERDICT_WARNING, NULL, "resolver %s takes %" PRId64 " ms to answer",
		    text, probe->took_ms);
	else if (!is_loopback(&probe->server.addr))
		verdict_say(v, VERDICT_WARNING, NULL,
		    "resolver %s answers in %" PRId64 " ms, but is not on this machine: others may "
		    "forge what it says; unbound on loopback is better",
		    text, probe->took_ms);
	else
		verdict_say(v, VERDICT_OK, NULL, "resolver %s answers in %" PRId64 " ms", text,
		    probe->took_ms);
}

void
own_check_resolvers(const struct gather_probe *probes, size_t n, struct verdicts *v)
{
	size_t i;

	v->check = "resolver";
	for (i = 0; i < n; i++)
		check_resolver(&probes[i], v);
}

/* ---- domains ---- */

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
	verdict_say(l->v, l->ignored ? VERDICT_WARNING : VERDICT_INFO, NULL,
	    "%.*s: %s depends on the message, so its networks are not all that it passes; %s",
	    (int)domain->name.len, domain->name.ptr, l->term,
	    l->ignored ? "spf.mode: ignore leaves it at that, key would evaluate it when mail comes"
		       : "the rest is evaluated when mail comes");
	return true;
}

void
own_check_domains(struct store *store, const struct config *config, struct verdicts *v)
{
	struct looking l = { .reader = json_reader_new(),
		.v = v,
		.ignored = config->spf_mode == CONFIG_SPF_IGNORE };
	struct err err;

	v->check = "domains";
	if (store_domain_each(store, SLICE_NONE, INT64_MAX, look_at_domain, &l, &err) == -1)
		verdict_say(v, VERDICT_UNKNOWN, NULL, "whitelisted domains: %s", err.text);
	else if (l.found_n > LISTED_MAX)
		verdict_say(v, VERDICT_INFO, NULL, "%zu more domains depend on the message",
		    l.found_n - LISTED_MAX);
	else if (l.found_n == 0)
		verdict_say(v, VERDICT_OK, NULL, "no whitelisted domain depends on the message");
	json_reader_free(l.reader);
}
