/* explain_say.c - see explain_say.h. */
#include "common/greylist/explain_say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/base/calendar.h"
#include "common/base/duration.h"

static void add_line(struct explanation *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_line(struct explanation *e, const char *fmt, ...)
{
	va_list args;

	if (e->line_n == EXPLAIN_LINES_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(e->lines[e->line_n++], EXPLAIN_LINE_MAX, fmt, args);
	va_end(args);
}

/* TEXT made harmless, cut to what a line has room for. */
struct shown {
	char text[160];
};

static const char *
show(struct shown *shown, struct slice text)
{
	struct buf b;

	buf_init(&b, shown->text, sizeof(shown->text));
	str_escape(&b, text, ESCAPE_TEXT);
	return shown->text;
}

static const char *
show_time(struct shown *shown, int64_t time_s)
{
	return calendar_text(time_s, "%Y-%m-%d %H:%M:%S", shown->text);
}

static void
explain_subject(struct explanation *e, const struct subject *s)
{
	struct shown name, sender, recipient;

	add_line(e, "Client %s (%s), sender <%s>, recipient <%s>.", s->client_text.ptr,
	    s->client_name.len == 0 ? "no verified name" : show(&name, s->client_name),
	    show(&sender, s->rules.sender.mailbox), show(&recipient, s->rules.recipient));
}

static void
explain_rules(struct explanation *e, const struct subject *s, const struct facts *f)
{
	struct shown scope, pattern;

	if (f->rule_found)
		add_line(e, "Rule %" PRId64 " matches (%s %s to %s).", s->rule.rule_id,
		    rule_action_name(s->rule.action), show(&pattern, slice_of(s->rule.pattern)),
		    show(&scope, slice_of(s->rule.scope)));
	else
		add_line(e, "No rule matches.");
	if (s->policy.policy_id != 0)
		add_line(e, "Policy %" PRId64 " applies (%s from %s).", s->policy.policy_id,
		    show(&scope, slice_of(s->policy.scope)),
		    show(&pattern, slice_of(s->policy.sender)));
	else
		add_line(e, "No policy of its own: the configuration applies.");
}

static void
explain_network(struct explanation *e, const struct subject *s, const struct facts *f)
{
	struct shown domain;

	if (f->domain_network)
		add_line(e, "The client is in a network of the whitelisted domain %s.",
		    show(&domain, s->network_of));
	else
		add_line(e, "No whitelisted domain has the client in its networks.");
}

static void
explain_spf(struct explanation *e, const struct subject *s, const char *spf)
{
	static const char *const modes[] = {
		[CONFIG_SPF_KEY] = "one wait counts for the whole pool",
		[CONFIG_SPF_BYPASS] = "it would not be greylisted",
		[CONFIG_SPF_IGNORE] = "that changes nothing here (spf: ignore)",
	};
	struct shown domain, ip;

	if (s->spf_domain.len == 0) {
		add_line(e, "There is no domain whose SPF could be asked.");
		return;
	}
	show(&domain, s->spf_domain);
	if (spf[0] != '\0')
		add_line(e, "SPF of %s said at its first try: %s.", domain.text, spf);
	else if (e->pool_found && !e->triplet_found)
		add_line(e,
		    "Another client has %s for this mail, and SPF of %s passed it: if it passes "
		    "this "
		    "one too (greygate spf check %s), that counts.",
		    e->pool.passed_s != 0 ? "passed" : "waited", domain.text,
		    show(&ip, s->client_text));
	else
		add_line(
		    e, "If SPF of %s passes the client, %s.", domain.text, modes[s->policy.spf]);
}

static void
explain_terms(struct explanation *e, const struct facts *f)
{
	char delay[DURATION_TEXT_MAX], window[DURATION_TEXT_MAX], lifetime[DURATION_TEXT_MAX];

	add_line(e, "Greylisting is %s%s: delay %s, retry within %s, known for %s.",
	    f->greylist ? "on" : "off", f->training ? " in training" : "",
	    duration_format_human(f->terms.delay_s, delay),
	    duration_format_human(f->terms.window_s, window),
	    duration_format_human(f->terms.lifetime_s, lifetime));
}

static void
explain_client(struct explanation *e, const struct facts *f)
{
	struct shown last;

	if (f->client_passes_needed == 0)
		add_line(e, "Automatic whitelisting of clients is off.");
	else if (!e->client_found)
		add_line(e, "The client is not auto-whitelisted: 0 of %" PRId64 " passes.",
		    f->client_passes_needed);
	else
		add_line(e, "The client has %" PRId64 " of %" PRId64 " passes, last used %s.",
		    e->client.passes, f->client_passes_needed, show_time(&last, e->client.last_s));
}

/* What its delay says is not always what happens: a rule may reject or pass it before that. */
static void
explain_waiting(struct explanation *e, const struct facts *f)
{
	const struct triplet_state *t = &e->triplet;
	bool passes = e->decision.action == ACTION_PASS;
	char left[DURATION_TEXT_MAX];
	struct shown at;
	int64_t wait_s = transition_wait_left_s(t, &f->terms, f->now_s);

	if (t->released_s != 0)
		add_line(
		    e, "An operator released it%s.", passes ? ": it passes on its next try" : "");
	else if (transition_judge(t, &f->terms, f->now_s) == TRIPLET_EXPIRED)
		add_line(e, "That is too long ago: it counts as never seen.");
	else if (wait_s > 0)
		add_line(e, "%s %s (in %s).",
		    e->decision.action == ACTION_DEFER ? "It may pass at" : "Its delay ends at",
		    show_time(&at, f->now_s + wait_s), duration_format_human(wait_s, left));
	else
		add_line(e, "Its delay is over%s.", passes ? ": it passes on its next try" : "");
}

static void
explain_contact(struct explanation *e, const struct subject *s, const struct facts *f)
{
	const struct triplet_state *t = &e->triplet;
	char ago[DURATION_TEXT_MAX], waited[DURATION_TEXT_MAX];
	struct shown at, key;

	if (!e->triplet_found) {
		add_line(e, "Never seen: this sender and recipient from the network %s.",
		    show(&key, s->key.net));
		return;
	}
	add_line(e, "First contact %s, %s ago, %" PRId64 " deferred %s (triplet %" PRId64 ").",
	    show_time(&at, t->first_s),
	    duration_format_human(transition_waited_s(t, f->now_s), ago), t->attempts,
	    t->attempts == 1 ? "try" : "tries", e->triplet_id);
	if (t->passed_s == 0)
		explain_waiting(e, f);
	else
		add_line(e, "It passed at %s, after %s.", show_time(&at, t->passed_s),
		    duration_format_human(t->passed_s - t->first_s, waited));
}

static void
explain_verdict(struct explanation *e)
{
	static const char *const verdicts[] = {
		[ACTION_PASS] = "would pass",
		[ACTION_DEFER] = "would be deferred",
		[ACTION_REJECT] = "would be rejected",
	};

	add_line(e, "Now it %s: %s.", verdicts[e->decision.action],
	    reason_info(e->decision.reason)->sentence);
}

void
explain_say(struct explanation *e, const struct subject *s, const struct facts *f, const char *spf)
{
	if (spf != NULL) {
		explain_subject(e, s);
		explain_rules(e, s, f);
		explain_network(e, s, f);
		explain_terms(e, f);
		explain_client(e, f);
		explain_contact(e, s, f);
		explain_spf(e, s, spf);
	}
	explain_verdict(e);
}
