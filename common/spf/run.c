/* run.c - see run.h. */
#include "common/spf/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/domain.h"

struct slice
spf_name_slice(const struct spf_name *name)
{
	return (struct slice){ name->text, name->len };
}

enum spf_found
spf_run_stop(struct spf_run *run, enum spf_result trouble, const char *fmt, ...)
{
	va_list args;

	run->trouble = trouble;
	va_start(args, fmt);
	vsnprintf(run->trouble_text, sizeof(run->trouble_text), fmt, args);
	va_end(args);
	return SPF_STOP;
}

static enum spf_found
missing(struct spf_run *run)
{
	run->pending = true;
	return SPF_STOP;
}

static int
printable(struct slice s)
{
	return (int)(s.len > DNS_NAME_MAX ? DNS_NAME_MAX : s.len);
}

static enum spf_found
failed(struct spf_run *run, struct slice name, enum dns_type type, const struct dns_answer *answer)
{
	return spf_run_stop(run, SPF_TEMPERROR, "%s of %.*s: %s", dns_type_name(type),
	    printable(name), name.ptr, answer->why);
}

static void
note_ttl(struct spf_run *run, const struct dns_answer *answer)
{
	if (answer->status != DNS_FOUND)
		return;
	if (!run->ttl_known || answer->ttl_s < run->min_ttl_s)
		run->min_ttl_s = answer->ttl_s;
	run->ttl_known = true;
}

enum spf_found
spf_run_ask(
    struct spf_run *run, struct slice name, enum dns_type type, const struct dns_answer **answer)
{
	*answer = spf_answers_get(run->answers, name, type);
	if (*answer == NULL)
		return missing(run);
	if ((*answer)->status == DNS_FAILED)
		return failed(run, name, type, *answer);
	note_ttl(run, *answer);
	return (*answer)->status == DNS_FOUND ? SPF_YES : SPF_NO;
}

enum spf_found
spf_run_record(struct spf_run *run, struct slice domain, struct spf_record *record_out)
{
	const struct dns_answer *answer = spf_answers_get(run->answers, domain, DNS_TYPE_TXT);
	struct slice text = SLICE_NONE;
	size_t i, n = 0;
	struct err err;

	memset(record_out, 0, sizeof(*record_out));
	if (answer == NULL)
		return missing(run);
	if (answer->status == DNS_FAILED)
		return failed(run, domain, DNS_TYPE_TXT, answer);
	for (i = 0; i < answer->record_n; i++) {
		if (!spf_is_record(answer->records[i].text))
			continue;
		text = answer->records[i].text;
		n++;
	}
	if (n == 0)
		return SPF_NO;
	note_ttl(run, answer);
	if (n > 1)
		return spf_run_stop(run, SPF_PERMERROR, "%zu SPF records at %.*s", n,
		    printable(domain), domain.ptr);
	if (spf_parse(text, record_out, &err) == -1)
		return spf_run_stop(run, SPF_PERMERROR, "syntax: %s", err.text);
	return SPF_YES;
}

enum spf_found
spf_run_count(struct spf_run *run)
{
	if (++run->lookups <= SPF_LOOKUPS_MAX)
		return SPF_YES;
	return spf_run_stop(run, SPF_PERMERROR, "more than %d lookup terms", SPF_LOOKUPS_MAX);
}

static enum spf_found
count_void(struct spf_run *run, struct slice name)
{
	if (++run->voids <= run->voids_max)
		return SPF_NO;
	return spf_run_stop(run, SPF_PERMERROR, "more than %u void lookups, the last at %.*s",
	    run->voids_max, printable(name), name.ptr);
}

enum spf_found
spf_run_target(struct spf_run *run, struct slice spec, struct spf_name *name_out)
{
	struct spf_macro_values values = run->values;
	struct spf_name validated;
	struct buf out;

	buf_init(&out, name_out->text, sizeof(name_out->text));
	if (spec.len == 0) {
		buf_add(&out, values.domain);
	} else {
		if (spf_macro_needs_validated(spec)) {
			if (spf_run_validated(run, values.domain, true, &validated) == SPF_STOP)
				return SPF_STOP;
			values.validated = spf_name_slice(&validated);
		}
		spf_macro_expand(&out, spec, &values, SPF_MACRO_DOMAIN);
	}
	name_out->len = out.len;
	return SPF_YES;
}

static enum dns_type
address_type(enum addr_family family)
{
	return family == ADDR_V4 ? DNS_TYPE_A : DNS_TYPE_AAAA;
}

static void
take_addrs(const struct dns_answer *answer, struct spf_addrs *addrs)
{
	size_t i;

	addrs->items =
	    xreallocarray(addrs->items, addrs->n + answer->record_n, sizeof(*addrs->items));
	for (i = 0; i < answer->record_n; i++)
		addrs->items[addrs->n++] = answer->records[i].addr;
}

enum spf_found
spf_run_a(
    struct spf_run *run, struct slice name, enum addr_family family, struct spf_addrs *addrs_out)
{
	const struct dns_answer *answer;
	enum spf_found found = spf_run_ask(run, name, address_type(family), &answer);

	*addrs_out = (struct spf_addrs){ NULL, 0 };
	if (found == SPF_NO)
		return count_void(run, name);
	if (found == SPF_YES)
		take_addrs(answer, addrs_out);
	return found;
}

/* The addresses of all hosts are asked for together; a host without any is nothing to note. */
static enum spf_found
mx_addrs(struct spf_run *run, const struct dns_answer *mx, enum addr_family family,
    struct spf_addrs *addrs)
{
	bool pending = false;
	size_t i;

	for (i = 0; i < mx->record_n; i++) {
		const struct dns_answer *answer;
		enum spf_found found =
		    spf_run_ask(run, mx->records[i].text, address_type(family), &answer);

		if (found == SPF_STOP && !run->pending)
			return SPF_STOP;
		pending = pending || found == SPF_STOP;
		run->pending = false;
		if (found == SPF_YES)
			take_addrs(answer, addrs);
	}
	return pending ? missing(run) : SPF_YES;
}

enum spf_found
spf_run_mx(
    struct spf_run *run, struct slice name, enum addr_family family, struct spf_addrs *addrs_out)
{
	const struct dns_answer *answer;
	enum spf_found found = spf_run_ask(run, name, DNS_TYPE_MX, &answer);

	*addrs_out = (struct spf_addrs){ NULL, 0 };
	if (found == SPF_NO)
		return count_void(run, name);
	if (found == SPF_YES && answer->record_n > SPF_MX_MAX)
		return spf_run_stop(run, SPF_PERMERROR, "more than %d MX hosts at %.*s", SPF_MX_MAX,
		    printable(name), name.ptr);
	return found == SPF_YES ? mx_addrs(run, answer, family, addrs_out) : found;
}

enum spf_found
spf_run_exists(struct spf_run *run, struct slice name)
{
	const struct dns_answer *answer;
	enum spf_found found = spf_run_ask(run, name, DNS_TYPE_A, &answer);

	return found == SPF_NO ? count_void(run, name) : found;
}

static struct spf_name
reverse_name(const struct addr *ip)
{
	struct spf_macro_values values = { .ip = *ip };
	struct spf_name name;
	struct buf out;

	buf_init(&out, name.text, sizeof(name.text));
	spf_macro_expand(&out, SLICE("%{ir}.%{v}.arpa"), &values, SPF_MACRO_DOMAIN);
	name.len = out.len;
	return name;
}

/* Whether NAME has the address; failures of the DNS are a no (RFC 7208 5.5). */
static enum spf_found
leads_back(struct spf_run *run, struct slice name)
{
	const struct addr *ip = &run->values.ip;
	const struct dns_answer *answer =
	    spf_answers_get(run->answers, name, address_type(ip->family));
	size_t i;

	if (answer == NULL)
		return missing(run);
	for (i = 0; i < answer->record_n; i++)
		if (addr_equal(&answer->records[i].addr, ip))
			return SPF_YES;
	return SPF_NO;
}

/* How well NAME serves: the target itself, below it, any other. */
static int
rank(struct slice name, struct slice target, bool any)
{
	if (slice_equal_nocase(name, target))
		return 3;
	return domain_is_at_or_below(name, target) ? 2 : any;
}

enum spf_found
spf_run_validated(struct spf_run *run, struct slice target, bool any, struct spf_name *name_out)
{
	struct spf_name reverse = reverse_name(&run->values.ip);
	const struct dns_answer *answer =
	    spf_answers_get(run->answers, spf_name_slice(&reverse), DNS_TYPE_PTR);
	size_t i;
	int best = 0;
	bool pending = false;

	memcpy(name_out->text, "unknown", sizeof("unknown"));
	name_out->len = strlen("unknown");
	if (answer == NULL)
		return missing(run);
	for (i = 0; i < answer->record_n && i < SPF_PTR_MAX; i++) {
		struct slice name = answer->records[i].text;
		int mark = rank(name, target, any);
		enum spf_found found = mark > best ? leads_back(run, name) : SPF_NO;

		pending = pending || found == SPF_STOP;
		run->pending = false;
		if (found != SPF_YES || name.len > DNS_NAME_MAX)
			continue;
		best = mark;
		memcpy(name_out->text, name.ptr, name.len);
		name_out->text[name.len] = '\0';
		name_out->len = name.len;
	}
	if (pending)
		return missing(run);
	return best > 0 ? SPF_YES : SPF_NO;
}
