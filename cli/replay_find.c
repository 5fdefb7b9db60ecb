/* replay_find.c - see replay_report.h: what the numbers say of domains and single mails. */
#include <stdlib.h>
#include <string.h>

#include "cli/replay_report.h"
#include "common/base/xalloc.h"

const struct result_domain *
replay_saving(const struct replay_report *r, const struct suggestion *s)
{
	size_t i;

	for (i = 0; i < r->a.suffering_n; i++)
		if (strcmp(r->a.suffering[i]->name, s->domain->name) == 0)
			return r->a.suffering[i];
	return NULL;
}

/* A domain that would be suggested; else the client that brought it, when its name is verified. */
const char *
replay_saved_by(
    const struct replay_report *r, const struct result_wait *wait, char *out, size_t len)
{
	const struct mail *mail = &r->mails->mails[wait->mail];
	struct mail_texts texts = mails_texts(r->mails, &r->mails->tries[mail->first]);
	const char *domain = mails_domain(r->mails, mail);
	size_t i;

	for (i = 0; i < r->suggestion_n; i++) {
		if (strcmp(r->suggestions[i].domain->name, domain) != 0)
			continue;
		snprintf(out, len, "domain %s", r->suggestions[i].name);
		return out;
	}
	if (texts.name.len == 0 || slice_equal(texts.name, SLICE("unknown")))
		return "-";
	snprintf(out, len, "rule %.*s", (int)texts.name.len, texts.name.ptr);
	return out;
}

static int64_t
magnitude(int64_t n)
{
	return n < 0 ? -n : n;
}

static int
by_difference(const void *va, const void *vb)
{
	const struct replay_difference *a = va, *b = vb;
	int64_t da = magnitude(a->delay_s), db = magnitude(b->delay_s);

	if (da != db)
		return da > db ? -1 : 1;
	da = magnitude(a->never);
	db = magnitude(b->never);
	return da != db ? (da > db ? -1 : 1) : strcmp(a->a->name, b->a->name);
}

struct replay_difference *
replay_differences(const struct replay_report *r, size_t *n_out)
{
	struct replay_difference *all = xcalloc(r->mails->domains.n + 1, sizeof(*all));
	uint32_t i;

	*n_out = 0;
	for (i = 0; i < r->mails->domains.n; i++) {
		const struct result_domain *a = &r->a.by_domain[i], *b = &r->b.by_domain[i];
		struct replay_difference d = { a, b, b->total_s - a->total_s,
			b->delayed - a->delayed, b->never - a->never };

		if (d.delay_s != 0 || d.delayed != 0 || d.never != 0)
			all[(*n_out)++] = d;
	}
	qsort(all, *n_out, sizeof(*all), by_difference);
	return all;
}
