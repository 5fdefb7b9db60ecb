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
