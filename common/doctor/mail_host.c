/* mail_host.c - who sends, and who receives: addresses, reverse names, MX. */
#include <string.h>

#include "common/doctor/mail_checks.h"

static const char *
addr_type(const struct addr *addr)
{
	return addr->family == ADDR_V4 ? "A" : "AAAA";
}

static void
add_addr_record(struct buf *record, const char *owner, const struct addr *addr)
{
	char text[ADDR_TEXT_MAX];

	record_add(record, owner, addr_type(addr), addr_format(addr, text));
}

/* ---- the host ---- */

static bool
is_name(struct slice host)
{
	char text[DOMAIN_TEXT_MAX];
	struct addr addr;

	return addr_parse(host, &addr) == -1 && domain_normalise(host, text) == 0;
}

/* Names that mean something in one house only. */
static bool
is_private_name(struct slice host)
{
	static const char *const endings[] = { "local", "localhost", "localdomain", "lan",
		"internal", "intranet", "home.arpa", "invalid" };
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (domain_is_at_or_below(host, slice_of(endings[i])))
			return true;
	return false;
}

bool
mail_host_is_public(const struct mail_facts *facts)
{
	struct slice host = slice_of(facts->subject->host);

	return is_name(host) && memchr(host.ptr, '.', host.len) != NULL && !is_private_name(host);
}

typedef bool addr_is(const struct addr *addr);

/* All of them, or those that are IS. */
static void
list_addrs(const struct mail_facts *facts, enum mail_role role, addr_is *is, struct buf *out)
{
	const struct mail_fact *fact = NULL;
	char text[ADDR_TEXT_MAX];
	size_t i;

	while ((fact = mail_next(facts, role, fact)) != NULL)
		for (i = 0; i < fact->answer->record_n; i++)
			if (is == NULL || is(&fact->answer->records[i].addr))
				buf_printf(out, "%s%s", out->len == 0 ? "" : ", ",
				    addr_format(&fact->answer->records[i].addr, text));
}

void
mail_check_host(const struct mail_facts *facts, struct verdicts *v)
{
	const char *host = facts->subject->host;
	char list[512], inside_list[512], storage[MAIL_RECORD_MAX];
	struct buf found, inside, record;

	buf_init(&found, list, sizeof(list));
	buf_init(&inside, inside_list, sizeof(inside_list));
	list_addrs(facts, MAIL_HOST, NULL, &found);
	list_addrs(facts, MAIL_HOST, mail_is_inside, &inside);
	if (inside.len > 0)
		verdict_say(v, VERDICT_WARNING, NULL,
		    "%s has %s where we asked, %s, which is no address that receivers see: ask "
		    "elsewhere (--dns), or name it (--address)",
		    host, inside_list, facts->subject->servers);
	else if (found.len > 0)
		verdict_say(v, VERDICT_OK, NULL, "%s has %s", host, list);
	if (found.len > 0)
		return;
	if (mail_failed(facts, MAIL_HOST))
		return;
	buf_init(&record, storage, sizeof(storage));
	if (facts->addr_n > 0)
		add_addr_record(&record, host, &facts->addrs[0]);
	verdict_say(v, VERDICT_ERROR, mail_host_is_public(facts) ? &record : NULL,
	    "%s, which our server says in HELO, has no address in the DNS, so many receivers "
	    "refuse its mail",
	    host);
}

static bool
host_has(const struct mail_facts *facts, const struct addr *addr)
{
	const struct mail_fact *fact = NULL;

	while ((fact = mail_next(facts, MAIL_HOST, fact)) != NULL)
		if (mail_has_addr(fact, addr))
			return true;
	return false;
}

/* Whether the name leads back to every own address; what failed is told already. */
static void
check_helo_addrs(const struct mail_facts *facts, struct verdicts *v)
{
	const char *host = facts->subject->host;
	char text[ADDR_TEXT_MAX], storage[MAIL_RECORD_MAX];
	bool good = true;
	struct buf record;
	size_t i;

	for (i = 0; i < facts->addr_n; i++) {
		if (host_has(facts, &facts->addrs[i]))
			continue;
		good = false;
		buf_init(&record, storage, sizeof(storage));
		add_addr_record(&record, host, &facts->addrs[i]);
		verdict_say(v, VERDICT_WARNING, &record,
		    "mail is sent from %s, which %s, said in HELO, does not have",
		    addr_format(&facts->addrs[i], text), host);
	}
	if (good && facts->addr_n > 0)
		verdict_say(v, VERDICT_OK, NULL, "%s is a full name with our addresses", host);
}

void
mail_check_helo(const struct mail_facts *facts, struct verdicts *v)
{
	if (!is_name(slice_of(facts->subject->host)))
		verdict_say(v, VERDICT_ERROR, NULL,
		    "our server says %s in HELO, which is no name: set myhostname of Postfix",
		    facts->subject->host);
	else if (!mail_host_is_public(facts))
		verdict_say(v, VERDICT_ERROR, NULL,
		    "our server says %s in HELO, which is no full name that others know: set "
		    "myhostname of Postfix",
		    facts->subject->host);
	else if (!mail_failed(facts, MAIL_HOST))
		check_helo_addrs(facts, v);
}

/* ---- reverse names ---- */

/* A name of own address OF that has the address; NULL: none. */
static const struct mail_fact *
confirmed_name(const struct mail_facts *facts, size_t of)
{
	const struct mail_fact *fact = NULL, *found = NULL;

	while ((fact = mail_next(facts, MAIL_FORWARD, fact)) != NULL)
		if (fact->of == of && mail_has_addr(fact, &facts->addrs[of]) &&
		    (found == NULL || strcmp(fact->name, facts->subject->host) == 0))
			found = fact;
	return found;
}

static bool
forward_failed(const struct mail_facts *facts, size_t of)
{
	const struct mail_fact *fact = NULL;

	while ((fact = mail_next(facts, MAIL_FORWARD, fact)) != NULL)
		if (fact->of == of && fact->answer->status == DNS_FAILED)
			return true;
	return false;
}

static void
say_confirmed(const struct mail_facts *facts, const char *addr, const struct mail_fact *name,
    struct verdicts *v)
{
	if (strcmp(name->name, facts->subject->host) == 0)
		verdict_say(v, VERDICT_OK, NULL, "%s is %s, and back", addr, name->name);
	else
		verdict_say(v, VERDICT_INFO, NULL,
		    "%s is %s, and back; HELO says %s, and some receivers want both to be the same",
		    addr, name->name, facts->subject->host);
}

static void
say_unconfirmed(const struct mail_facts *facts, const struct mail_fact *ptr, struct verdicts *v)
{
	const struct addr *addr = &facts->addrs[ptr->of];
	char text[ADDR_TEXT_MAX], storage[MAIL_RECORD_MAX], host[DNS_NAME_MAX + 2];
	struct buf record, name;
	const struct buf *proposed;

	buf_init(&record, storage, sizeof(storage));
	proposed = mail_host_is_public(facts) ? &record : NULL;
	buf_init(&name, host, sizeof(host));
	buf_printf(&name, "%s.", facts->subject->host);
	record_add(&record, ptr->name, "PTR", host);
	addr_format(addr, text);
	if (ptr->answer->status == DNS_NOTHING)
		verdict_say(v, VERDICT_ERROR, proposed,
		    "%s has no reverse name, so many receivers refuse its mail; who gave you the "
		    "address adds it",
		    text);
	else
		verdict_say(v, VERDICT_ERROR, proposed,
		    "%s is called %.*s, which does not have that address, so the name counts for "
		    "nothing",
		    text, (int)ptr->answer->records[0].text.len, ptr->answer->records[0].text.ptr);
}

void
mail_check_ptr(const struct mail_facts *facts, struct verdicts *v)
{
	const struct mail_fact *ptr = NULL, *name;
	char text[ADDR_TEXT_MAX];

	while ((ptr = mail_next(facts, MAIL_PTR, ptr)) != NULL) {
		name = confirmed_name(facts, ptr->of);
		if (name != NULL)
			say_confirmed(facts, addr_format(&facts->addrs[ptr->of], text), name, v);
		else if (ptr->answer->status != DNS_FAILED && !forward_failed(facts, ptr->of))
			say_unconfirmed(facts, ptr, v);
	}
	if (facts->addr_n == 0)
		verdict_say(v, VERDICT_UNKNOWN, NULL,
		    "no address is known that our server sends from: --address names one");
}

/* ---- MX ---- */

static void
say_no_mx(const struct mail_facts *facts, struct verdicts *v)
{
	const char *domain = facts->subject->domain;
	char list[512], storage[MAIL_RECORD_MAX], data[DNS_NAME_MAX + 16];
	struct buf found, record, host;
	const struct buf *proposed;

	buf_init(&record, storage, sizeof(storage));
	proposed = mail_host_is_public(facts) ? &record : NULL;
	buf_init(&host, data, sizeof(data));
	buf_printf(&host, "10 %s.", facts->subject->host);
	record_add(&record, domain, "MX", data);
	buf_init(&found, list, sizeof(list));
	list_addrs(facts, MAIL_DOMAIN, NULL, &found);
	if (found.len > 0)
		verdict_say(v, VERDICT_WARNING, proposed,
		    "%s has no MX record; its mail goes to its own address, %s", domain, list);
	else if (!mail_failed(facts, MAIL_DOMAIN))
		verdict_say(v, VERDICT_ERROR, proposed,
		    "%s has neither an MX record nor an address: nobody can write to it", domain);
}

/* What is known of the host of MX record OF. */
struct mx_host {
	bool failed, alias;
	size_t addrs;
};

static struct mx_host
mx_host(const struct mail_facts *facts, size_t of)
{
	const struct mail_fact *fact = NULL;
	struct mx_host host = { .addrs = 0 };

	while ((fact = mail_next(facts, MAIL_MX_HOST, fact)) != NULL) {
		if (fact->of != of)
			continue;
		host.failed |= fact->answer->status == DNS_FAILED;
		host.alias |= fact->answer->alias;
		host.addrs += fact->answer->record_n;
	}
	return host;
}

static void
check_mx_host(const struct mail_facts *facts, size_t of, struct slice name, struct verdicts *v)
{
	struct mx_host host = mx_host(facts, of);
	int len = (int)name.len;
	struct addr addr;

	if (name.len == 0)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "an MX record says that the domain takes no mail (null MX), others name hosts");
	else if (addr_parse(name, &addr) == 0 || name.ptr[0] == '[')
		verdict_say(v, VERDICT_ERROR, NULL,
		    "MX %.*s is an address; it must be a name that has one", len, name.ptr);
	else if (host.addrs == 0 && !host.failed)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "MX %.*s has no address, so no mail comes by it", len, name.ptr);
	else if (host.alias)
		verdict_say(v, VERDICT_ERROR, NULL,
		    "MX %.*s is an alias (CNAME), which RFC 2181 10.3 forbids; name its target "
		    "instead",
		    len, name.ptr);
	else if (!host.failed)
		verdict_say(v, VERDICT_OK, NULL, "MX %.*s", len, name.ptr);
}

void
mail_check_mx(const struct mail_facts *facts, struct verdicts *v)
{
	const struct mail_fact *mx = mail_next(facts, MAIL_MX, NULL);
	size_t i;

	if (mx->answer->status == DNS_NOTHING)
		say_no_mx(facts, v);
	else if (mail_is_null_mx(mx))
		verdict_say(v, VERDICT_WARNING, NULL,
		    "%s says that it takes no mail (null MX): answers and bounces cannot come "
		    "back, "
		    "and some receivers refuse such senders",
		    facts->subject->domain);
	else
		for (i = 0; i < mx->answer->record_n && i < MAIL_MX_MAX; i++)
			check_mx_host(facts, i, mx->answer->records[i].text, v);
}
