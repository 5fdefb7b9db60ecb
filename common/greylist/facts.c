/* facts.c - see facts.h. */
#include "common/greylist/facts.h"

#include <string.h>

/* Room that this file relies on: Postfix's lines are 2048 bytes, the server lets no more through.
 */
static struct slice
normal_email(struct slice address, char storage[EMAIL_TEXT_MAX])
{
	struct buf b;

	buf_init(&b, storage, EMAIL_TEXT_MAX);
	email_normalise(&b, address);
	return buf_slice(&b);
}

static struct slice
key_email(struct slice normal, unsigned fold, char storage[EMAIL_TEXT_MAX])
{
	struct buf b;

	buf_init(&b, storage, EMAIL_TEXT_MAX);
	email_key(&b, normal, fold);
	return buf_slice(&b);
}

static bool
is_judged_state(struct slice state)
{
	return slice_equal(state, SLICE("RCPT")) || slice_equal(state, SLICE("VRFY"));
}

static bool
is_trusted(const struct config *config, const struct addr *addr)
{
	size_t i;

	for (i = 0; i < config->trusted_networks_n; i++)
		if (addr_net_contains(&config->trusted_networks[i], addr))
			return true;
	return false;
}

static void
gather_name(struct slice client_name, struct subject *s)
{
	if (!slice_equal_nocase(client_name, SLICE("unknown")) &&
	    domain_normalise(client_name, s->name_text) == 0)
		s->client_name = slice_of(s->name_text);
	s->rules.sender.host = s->client_name;
}

static void
gather_client(const struct request *request, const struct config *config, struct subject *s)
{
	struct addr_net net = addr_net_of(&s->addr, (unsigned)config->greylist_ipv4_prefix,
	    (unsigned)config->greylist_ipv6_prefix);

	s->client_text = slice_of(addr_format(&s->addr, s->addr_text));
	s->key.net = slice_of(addr_net_format(&net, s->net_text));
	s->rules.sender.addr = &s->addr;
	gather_name(request->client_name, s);
}

static void
gather_addresses(const struct request *request, const struct config *config, struct subject *s)
{
	s->rules.recipient = normal_email(request->recipient, s->recipient_text);
	s->rules.sender.mailbox = normal_email(request->sender, s->sender_text);
	s->key.recipient = key_email(s->rules.recipient,
	    config->greylist_fold & EMAIL_FOLD_EXTENSION, s->recipient_key_text);
	s->key.sender =
	    key_email(s->rules.sender.mailbox, config->greylist_fold, s->sender_key_text);
}

/* RFC 7208 2.4: the domain of the sender; of the null sender, the HELO name. */
static void
gather_spf_domain(const struct request *request, struct subject *s)
{
	s->spf_domain = email_split(s->rules.sender.mailbox).domain;
	if (s->rules.sender.mailbox.len == 0 &&
	    domain_normalise(request->helo_name, s->helo_text) == 0)
		s->spf_domain = slice_of(s->helo_text);
	if (s->spf_domain.len == 0 || memchr(s->spf_domain.ptr, '.', s->spf_domain.len) == NULL)
		s->spf_domain = SLICE_NONE;
}

static void
gather_rules(
    const struct config *config, const struct rules *rules, struct subject *s, struct facts *f)
{
	f->rule_found = rules_match(rules, &s->rules, &s->rule);
	f->rule = f->rule_found ? s->rule.action : RULE_ALLOW;
	rules_policy(rules, config, &s->rules, &s->policy);
	f->greylist = s->policy.greylist;
	f->training = s->policy.training;
	f->terms = s->policy.terms;
	f->domain_network = f->address_valid && rules_network(rules, &s->addr, &s->network_of);
}

void
facts_gather(const struct request *request, const struct config *config, const struct rules *rules,
    int64_t now_s, struct subject *s, struct facts *f)
{
	*f = (struct facts){ .now_s = now_s,
		.rcpt = request->malformed || is_judged_state(request->protocol_state),
		.complete = !request->malformed && request->client_address.len > 0 &&
			    request->recipient.len > 0 && request->sender_present,
		.authenticated = request->sasl_username.len > 0,
		.client_passes_needed = config->auto_whitelist_passes,
		.client_lifetime_s = config->auto_whitelist_lifetime_s,
		.fail_defer = config->on_failure == CONFIG_FAIL_DEFER };
	s->rules = (struct rules_subject){ .now_s = now_s };
	s->client_name = s->client_text = s->spf_domain = s->network_of = SLICE_NONE;
	s->rule.rule_id = s->policy.policy_id = 0;
	if (!f->rcpt || !f->complete || f->authenticated)
		return;
	f->address_valid = addr_parse(request->client_address, &s->addr) == 0;
	if (!f->address_valid)
		return;
	f->trusted = is_trusted(config, &s->addr);
	if (f->trusted)
		return;
	gather_client(request, config, s);
	gather_addresses(request, config, s);
	gather_spf_domain(request, s);
	gather_rules(config, rules, s, f);
}

void
facts_of_triplet(const struct triplet *triplet, const struct config *config,
    const struct rules *rules, int64_t now_s, struct subject *s, struct facts *f)
{
	*f = (struct facts){ .now_s = now_s,
		.rcpt = true,
		.complete = true,
		.store_ok = true,
		.triplet = &triplet->state };
	s->rules = (struct rules_subject){ .now_s = now_s };
	s->client_name = s->network_of = SLICE_NONE;
	f->address_valid = addr_parse(triplet->client_address, &s->addr) == 0;
	f->trusted = f->address_valid && is_trusted(config, &s->addr);
	s->rules.sender.addr = f->address_valid ? &s->addr : NULL;
	gather_name(triplet->client_name, s);
	s->rules.recipient = normal_email(triplet->recipient, s->recipient_text);
	s->rules.sender.mailbox = normal_email(triplet->sender, s->sender_text);
	gather_rules(config, rules, s, f);
	f->spf_bypass = s->policy.spf == CONFIG_SPF_BYPASS &&
			slice_equal(triplet->spf, SLICE("pass"));
	f->address_valid = true;
}
