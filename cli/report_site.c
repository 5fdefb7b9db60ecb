/* report_site.c - the parts of a report about what operators made, and about the installation. */
#include <inttypes.h>
#include <string.h>

#include "cli/report.h"
#include "common/base/duration.h"
#include "common/doctor/site.h"
#include "common/store/policy.h"

#define DAY_S 86400
#define NEVER_HIT_S (30 * DAY_S)
#define SOON_S (7 * DAY_S)

/* ---- rules and policies ---- */

static void
tell_entry(struct report *r, const char *kind, const char *remove, int64_t id, const char *what,
    const struct entry_meta *meta)
{
	int64_t now_s = r->cli->now_s, left_s = meta->expires_s - now_s;
	char command[64], text[DURATION_TEXT_MAX];

	snprintf(command, sizeof(command), "greygate %s %" PRId64, remove, id);
	if (meta->expires_s != 0 && left_s > 0 && left_s <= SOON_S)
		report_add(r, REPORT_ENTRIES, NULL, "%s %" PRId64 " (%s) expires in %s", kind, id,
		    what, duration_format_human(left_s, text));
	else if (meta->hits == 0 && meta->created_s <= now_s - NEVER_HIT_S &&
		 (meta->expires_s == 0 || left_s > 0))
		report_add(r, REPORT_ENTRIES, command, "%s %" PRId64 " (%s) was never used in %s",
		    kind, id, what, duration_format_human(now_s - meta->created_s, text));
}

static bool
look_at_rule(void *arg, const struct rule *rule)
{
	char what[2 * REPORT_NAME_MAX + 32], pattern[REPORT_NAME_MAX], scope[REPORT_NAME_MAX];

	snprintf(what, sizeof(what), "%s %s to %s", rule_action_name(rule->action),
	    report_name(rule->pattern, pattern), report_name(rule->scope, scope));
	tell_entry(arg, "rule", "rule remove", rule->id, what, &rule->meta);
	return true;
}

static bool
look_at_policy(void *arg, const struct policy *policy)
{
	char scope[REPORT_NAME_MAX];

	tell_entry(arg, "policy", "policy unset", policy->id, report_name(policy->scope, scope),
	    &policy->meta);
	return true;
}

int
report_entries(struct report *r, struct err *err)
{
	if (store_rule_each(r->cli->store, 0, INT64_MAX, look_at_rule, r, err) == -1)
		return -1;
	return store_policy_each(r->cli->store, 0, INT64_MAX, look_at_policy, r, err);
}

/* ---- what the doctor finds ---- */

/* Where the findings of a check belong. */
static const struct place {
	const char *check;
	enum report_part part;
	bool when_ok; /* it is told also when it is well */
} places[] = {
	{ "domains", REPORT_DOMAINS, false },
	{ "rules", REPORT_ENTRIES, false },
	{ "disk", REPORT_STATE, true },
	{ "wal", REPORT_STATE, true },
	{ "database", REPORT_STATE, true },
	{ "backup", REPORT_STATE, true },
	{ NULL, REPORT_SITE, false },
};

/* The site is as it was set up: worth a line, but no news. */
static bool
is_choice(const struct report *r, const struct verdict *verdict)
{
	return strcmp(verdict->check, "backup") == 0 && r->cli->config.backup_dir[0] == '\0';
}

static void
take_verdict(void *arg, const struct verdict *verdict)
{
	struct report *r = arg;
	const struct place *place = places;
	bool well = verdict->status < VERDICT_WARNING;
	char text[VERDICT_TEXT_MAX];
	enum report_part part;

	while (place->check != NULL && strcmp(place->check, verdict->check) != 0)
		place++;
	if (well && !place->when_ok)
		return;
	part = place->part;
	if (part == REPORT_STATE && !well && !is_choice(r, verdict))
		part = REPORT_SITE;
	verdict_print(verdict, text);
	report_add(r, part, NULL, "%s", text);
}

int
report_site(struct report *r, struct err *err)
{
	struct verdicts v = { .fn = take_verdict, .arg = r };

	(void)err;
	doctor_site(&r->cli->config, r->cli->store, r->cli->now_s, false, &v);
	return 0;
}
