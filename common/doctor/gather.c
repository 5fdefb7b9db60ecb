/* gather.c - see gather.h. */
#include "common/doctor/gather.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/spf/lookup.h"

struct gather {
	const struct mail_subject *subject;
	struct mail_facts facts;
	gather_mail_done *done;
	void *arg;
};

static bool
evaluate(void *arg, struct spf_answers *answers)
{
	struct gather *gather = arg;

	return mail_gather(answers, gather->subject, &gather->facts);
}

static void
finished(void *arg)
{
	struct gather *gather = arg;

	gather->done(gather->arg, &gather->facts);
	mail_facts_clear(&gather->facts);
	free(gather);
}

void
gather_mail(struct dns *dns, const struct mail_subject *subject, int64_t timeout_ms,
    gather_mail_done *done, void *arg)
{
	struct gather *gather = xcalloc(1, sizeof(*gather));

	gather->subject = subject;
	gather->done = done;
	gather->arg = arg;
	spf_lookup_run(dns, evaluate, timeout_ms, finished, gather);
}

/* ---- resolvers ---- */

static void
probed(void *arg, struct dns_answer *answer)
{
	struct gather_probe *probe = arg;

	probe->status = answer->status;
	snprintf(probe->why, sizeof(probe->why), "%s", answer->why);
	probe->took_ms = clock_mono_ms() - probe->begun_ms;
	(*probe->open_n)--;
}

static struct dns *
begin_probe(struct ev_loop *loop, struct gather_probe *probe, struct slice name, int64_t timeout_ms,
    struct err *err)
{
	struct dns_options options = {
		.servers = &probe->server, .server_n = 1, .timeout_ms = timeout_ms, .parallel = 1
	};
	struct dns *dns = dns_start(loop, &options, err);

	if (dns == NULL)
		return NULL;
	probe->begun_ms = clock_mono_ms();
	dns_ask(dns, name, DNS_TYPE_A, probed, probe);
	return dns;
}

int
gather_probes(struct ev_loop *loop, struct gather_probe *probes, size_t n, struct slice name,
    int64_t timeout_ms, struct err *err)
{
	struct dns **asked = xcalloc(n, sizeof(struct dns *));
	size_t open_n = 0, i;
	int result = 0;

	for (i = 0; i < n && result == 0; i++) {
		probes[i].open_n = &open_n;
		asked[i] = begin_probe(loop, &probes[i], name, timeout_ms, err);
		open_n += asked[i] != NULL;
		result = asked[i] == NULL ? -1 : 0;
	}
	while (result == 0 && open_n > 0)
		ev_run(loop, EVRUN_ONCE);
	for (i = 0; i < n; i++)
		dns_stop(asked[i]);
	free(asked);
	return result;
}
