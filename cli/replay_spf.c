/* replay_spf.c - see replay_spf.h. */
#include "cli/replay_spf.h"

#include <stdlib.h>
#include <string.h>

#include "cli/lookups.h"
#include "common/base/xalloc.h"
#include "common/greylist/refresh.h"
#include "common/spf/lookup.h"

#define AT_ONCE 200

struct asking {
	struct cli *cli;
	struct spf_known *known;
	struct lookups lookups;
	struct spf_walk_limits limits;
};

struct question {
	struct asking *asking;
	char *address;
	char domain[DOMAIN_TEXT_MAX];
};

static void
answered(void *arg, const struct spf_check *check, bool open)
{
	struct question *q = arg;
	const char *result = open ? "open" : spf_result_name(check->result);

	spf_known_put(
	    q->asking->known, slice_of(q->address), slice_of(q->domain), slice_of(result));
	q->asking->lookups.under_way--;
	free(q->address);
	free(q);
}

static void
ask(struct asking *a, const struct mail_texts *texts, const char *domain, const struct addr *ip)
{
	struct spf_identity identity = { .ip = *ip,
		.sender = texts->sender,
		.helo = texts->helo,
		.now_s = a->cli->now_s,
		.voids_max = a->limits.voids_max };
	struct question *q = xcalloc(1, sizeof(*q));

	q->asking = a;
	q->address = xslicedup(texts->address);
	snprintf(q->domain, sizeof(q->domain), "%s", domain);
	a->lookups.under_way++;
	spf_lookup_check(a->lookups.dns, &identity, &a->limits, a->cli->config.spf_timeout_s * 1000,
	    answered, q);
	lookups_wait(&a->lookups, AT_ONCE);
}

/* What is asked for counts as failed until it is answered, so that it is asked once. */
static void
consider(struct asking *a, const struct mail_texts *texts)
{
	char domain[DOMAIN_TEXT_MAX];
	struct addr ip;

	spf_known_domain(texts->sender, texts->helo, domain);
	if (domain[0] == '\0' || addr_parse(texts->address, &ip) == -1 ||
	    spf_known_has(a->known, texts->address, slice_of(domain)))
		return;
	spf_known_put(a->known, texts->address, slice_of(domain), SLICE("temperror"));
	ask(a, texts, domain, &ip);
}

int
replay_ask_spf(struct cli *cli, const struct mails *mails, struct spf_known *known, struct err *err)
{
	struct asking a = { .cli = cli, .known = known, .limits = refresh_limits(&cli->config) };
	struct mail_texts texts;
	size_t i;
	uint32_t k;

	if (lookups_open(&a.lookups, cli, err) == -1)
		return -1;
	for (i = 0; i < mails->mail_n; i++)
		for (k = 0; mails->mails[i].real && k < mails->mails[i].try_n; k++) {
			texts = mails_texts(mails, &mails->tries[mails->mails[i].first + k]);
			consider(&a, &texts);
		}
	lookups_wait(&a.lookups, 1);
	lookups_close(&a.lookups);
	return 0;
}
