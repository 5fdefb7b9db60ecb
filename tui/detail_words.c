/* detail_words.c - all about one mail in lines: what would happen first, then SPF, the reasons, and
 * what happened so far. */
#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "tui/app.h"
#include "tui/detail.h"
#include "tui/walk_lines.h"

static void
say_mail(struct view *view)
{
	const struct mail *mail = &((struct detail *)view->state)->mail;

	walk_fact(
	    view, ELEMENT_NORMAL, "From", "%s", mail->sender[0] == '\0' ? "<>" : mail->sender);
	walk_fact(view, ELEMENT_NORMAL, "To", "%s", mail->recipient);
	walk_fact(view, ELEMENT_NORMAL, "Client", "%s[%s]",
	    mail->name[0] == '\0' ? "unknown" : mail->name, mail->address);
	if (mail->helo[0] != '\0')
		walk_fact(view, ELEMENT_NORMAL, "HELO", "%s", mail->helo);
	if (mail->net[0] != '\0')
		walk_fact(view, ELEMENT_NORMAL, "Network", "%s", mail->net);
}

static void
say_title(struct view *view, const char *title)
{
	view_line(view, ELEMENT_NORMAL, "%s", "");
	view_line(view, ELEMENT_SECTION, "%s", title);
}

/* The verdict is the last sentence of the explanation; here it is the first. */
static void
say_verdict(struct view *view)
{
	const struct explanation *e = &((struct detail *)view->state)->explanation;
	static const enum element elements[] = { [ACTION_PASS] = ELEMENT_GOOD,
		[ACTION_DEFER] = ELEMENT_NOTICE,
		[ACTION_REJECT] = ELEMENT_BAD };

	if (e->line_n == 0)
		return;
	say_title(view, "If it were tried now");
	view_sentence(view, elements[e->decision.action], 2, slice_of(e->lines[e->line_n - 1]));
}

static void
say_reasons(struct view *view)
{
	const struct explanation *e = &((struct detail *)view->state)->explanation;
	size_t i;

	say_title(view, "Why");
	for (i = 1; i + 1 < e->line_n; i++)
		view_sentence(view, ELEMENT_NORMAL, 2, slice_of(e->lines[i]));
}

static void
say_spf(struct view *view)
{
	const struct detail *d = view->state;
	const struct spf_check *check = &d->check;
	char text[3 * SPF_TEXT_MAX];
	struct buf b;

	say_title(view, "SPF");
	buf_init(&b, text, sizeof(text));
	if (d->trouble[0] != '\0')
		buf_printf(&b, "could not be asked: %s", d->trouble);
	else if (!d->answered)
		buf_add_text(&b, "is being asked ...");
	else if (check->domain[0] == '\0')
		buf_add_text(&b, "There is no domain whose SPF could be asked.");
	else
		buf_printf(&b, "%s says %s", check->domain, spf_result_name(check->result));
	if (d->answered && check->matched[0] != '\0')
		buf_printf(&b, ", by %s", check->matched);
	if (d->answered && check->error[0] != '\0')
		buf_printf(&b, ": %s", check->error);
	if (d->answered && check->explanation[0] != '\0')
		buf_printf(&b, ". Its explanation: %s", check->explanation);
	view_sentence(view,
	    d->answered && check->result == SPF_PASS ? ELEMENT_GOOD : ELEMENT_NORMAL, 2,
	    buf_slice(&b));
}

static void
say_moment(struct view *view, const struct moment *moment)
{
	static const struct {
		const char *word;
		enum element element;
	} looks[] = { [ACTION_PASS] = { "passed", ELEMENT_GOOD },
		[ACTION_DEFER] = { "deferred", ELEMENT_NORMAL },
		[ACTION_REJECT] = { "rejected", ELEMENT_BAD } };
	char clock[CALENDAR_TEXT_MAX], waited[DURATION_TEXT_MAX], text[256];

	snprintf(text, sizeof(text), "%s  %-8s  %s  %s%s%s",
	    calendar_text(moment->time_s, "%m-%d %H:%M:%S", clock), looks[moment->action].word,
	    moment->client, reason_info(moment->reason)->sentence,
	    moment->delay_s > 0 ? ", after " : "",
	    moment->delay_s > 0 ? duration_format_human(moment->delay_s, waited) : "");
	view_sentence(view, looks[moment->action].element, 2, slice_of(text));
}

static void
say_timeline(struct view *view)
{
	const struct detail *d = view->state;
	size_t i;

	say_title(view, "What happened");
	for (i = d->moment_n; i > 0; i--)
		say_moment(view, &d->moments[i - 1]);
	if (d->moment_n == 0)
		view_line(view, ELEMENT_DIM, "  The log of decisions does not reach back so far.");
	if (d->mail.state.released_s != 0)
		view_line(view, ELEMENT_GOOD, "  An operator released it.");
}

void
detail_say(struct view *view)
{
	say_mail(view);
	say_verdict(view);
	say_spf(view);
	say_reasons(view);
	say_timeline(view);
}
