/* suggest.h - which domains a log shows to be hurt, so that whitelisting them is worth a thought.
 */
#ifndef COMMON_MAILLOG_SUGGEST_H
#define COMMON_MAILLOG_SUGGEST_H

#include "common/maillog/story.h"
#include "common/net/domain.h"

#define SUGGEST_EVIDENCE_MAX 160

struct suggestion {
	const struct story_domain *domain;
	char name[DOMAIN_TEXT_MAX];          /* normal form */
	char evidence[SUGGEST_EVIDENCE_MAX]; /* "31 tries from 18 networks, 6 mails, longest 15 h 24
						min" */
};

/* The suggestions of an ended STORY, those that hurt most first; the caller frees *OUT. A domain is
 * in it when one of its mails came from several networks and then waited for half an hour, or came
 * again after five minutes and never passed - counting only tries that are evidence (story.h). */
size_t suggest_domains(struct story *story, struct suggestion **out);

#endif
