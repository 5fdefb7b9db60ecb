/* report_print.c - a report as text that a mail can carry, and as JSON. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/report.h"
#include "cli/wrap.h"
#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/base/json.h"

#define LINE_COLS 76
#define TEXT_INDENT 2
#define REST_INDENT 4
#define COMMAND_INDENT 6
#define HOST_COLS 30 /* in the subject */

static const char *
time_text(int64_t time_s, char out[CALENDAR_TEXT_MAX])
{
	return calendar_text(time_s, "%Y-%m-%d %H:%M", out);
}

/* ---- counts ---- */

static const struct {
	enum tally_class class;
	const char *one, *many;
} fates[] = {
	{ CLASS_AT_ONCE, "passed at once", "passed at once" },
	{ CLASS_FIRST, "was deferred as seen first", "were deferred as seen first" },
	{ CLASS_EARLY, "was deferred again", "were deferred again" },
	{ CLASS_WAITED, "passed after waiting", "passed after waiting" },
	{ CLASS_REJECTED, "was rejected", "were rejected" },
};

static void
put_counts(const struct report *r)
{
	const struct period *p = &r->counts;
	char text[1024], average[DURATION_TEXT_MAX], total[DURATION_TEXT_MAX];
	int64_t waited = period_count(p, CLASS_WAITED), n;
	struct buf b;
	size_t i;

	buf_init(&b, text, sizeof(text));
	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
		n = period_count(p, fates[i].class);
		if (n == 0)
			continue;
		buf_printf(&b, "%s%" PRId64 " %s", b.len == 0 ? "Messages: " : ", ", n,
		    n == 1 ? fates[i].one : fates[i].many);
		if (fates[i].class == CLASS_WAITED)
			buf_printf(&b, " (%s on average, %s in all)",
			    duration_format_human(period_delay_s(p) / waited, average),
			    duration_format_human(period_delay_s(p), total));
	}
	buf_add_text(&b, b.len == 0 ? "No message was judged." : ".");
	if (p->counts[REASON_STORE_FAILED] > 0)
		buf_printf(&b, " Decided without the database: %" PRId64 ".",
		    p->counts[REASON_STORE_FAILED]);
	wrap_put(stdout, text, TEXT_INDENT, TEXT_INDENT, LINE_COLS);
}

/* Counts do not tell which pass belongs to which contact: tally.h. */
static void
put_never(const struct report *r)
{
	int64_t first = period_count(&r->over, CLASS_FIRST), never = period_without_pass(&r->over);
	char text[512], from[32], to[32];

	if (first == 0)
		return;
	snprintf(text, sizeof(text),
	    "Never came again: %" PRId64 " of %" PRId64
	    " (%d%%) that were seen first from %s to %s; the time of later ones is not over.",
	    never, first, (int)(never * 100 / first), time_text(r->over.from_s, from),
	    time_text(r->over.to_s, to));
	wrap_put(stdout, text, TEXT_INDENT, TEXT_INDENT, LINE_COLS);
}

static void
put_waiting(const struct report *r)
{
	char text[256];

	if (r->waiting == 0)
		return;
	snprintf(text, sizeof(text),
	    "Waiting now: %" PRId64 " triplet%s; for %" PRId64
	    " of them there is nothing to do: no one tried again, or their time runs.",
	    r->waiting, r->waiting == 1 ? "" : "s", r->bots);
	wrap_put(stdout, text, TEXT_INDENT, TEXT_INDENT, LINE_COLS);
}

/* ---- text ---- */

static void
put_section(const struct report *r, enum report_part part)
{
	const struct report_section *section = &r->parts[part];
	size_t i;

	if (section->n == 0)
		return;
	printf("\n%s\n", report_part_title(part));
	for (i = 0; i < section->n; i++) {
		const struct report_line *line = &section->lines[i];

		wrap_put(stdout, line->text, TEXT_INDENT, REST_INDENT, LINE_COLS);
		/* In one line: a command in two would be another command. */
		if (line->command != NULL)
			printf("%*s%s\n", COMMAND_INDENT, "", line->command);
	}
	if (section->left_out > 0)
		printf("%*sand %zu more\n", TEXT_INDENT, "", section->left_out);
}

static void
host_name(char *out, size_t len)
{
	char name[256] = "";
	struct buf b;

	gethostname(name, sizeof(name) - 1);
	buf_init(&b, out, len);
	str_escape(&b, slice_of(name), ESCAPE_FIELD);
}

/* A header holds ASCII only. */
static void
put_headers(const struct report *r, const char *mail_to, const char *host)
{
	size_t todo = 0, i, part, at;

	for (part = 0; part < REPORT_STATE; part++)
		for (i = 0; i < r->parts[part].n; i++)
			todo += r->parts[part].lines[i].command != NULL;
	printf("To: %s\nSubject: greygate on ", mail_to);
	for (at = 0; at < HOST_COLS && host[at] != '\0'; at++)
		putchar(host[at] > ' ' && host[at] < 0x7f ? host[at] : '?');
	if (report_is_quiet(r))
		printf(": nothing to report\n");
	else
		printf(": %" PRId64 " deferred, %" PRId64 " waiting, %zu to consider\n",
		    period_count(&r->counts, CLASS_FIRST), r->waiting, todo);
	printf("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
	       "Content-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n");
}

void
report_print(const struct report *r, const char *mail_to)
{
	char host[256], text[512], from[32], to[32];
	int part;

	host_name(host, sizeof(host));
	if (mail_to != NULL)
		put_headers(r, mail_to, host);
	time_text(r->since_s, from);
	time_text(r->cli->now_s, to);
	if (report_is_quiet(r)) {
		printf("Nothing to report from %s to %s.\n", from, to);
		return;
	}
	snprintf(text, sizeof(text), "greygate on %s, from %s to %s", host, from, to);
	wrap_put(stdout, text, 0, 0, LINE_COLS);
	printf("\n");
	put_counts(r);
	put_never(r);
	put_waiting(r);
	for (part = 0; part < REPORT_PARTS; part++)
		put_section(r, (enum report_part)part);
}

/* ---- JSON ---- */

static void
put_period(struct json *j, const char *key, const struct period *p, int64_t to_s)
{
	int i;

	json_object(j, key);
	json_int(j, "from_s", p->from_s);
	json_int(j, "to_s", to_s);
	json_int(j, "first", period_count(p, CLASS_FIRST));
	json_int(j, "waited", period_count(p, CLASS_WAITED));
	json_int(j, "without_pass", period_without_pass(p));
	json_int(j, "delay_s", period_delay_s(p));
	json_object(j, "reasons");
	for (i = 0; i < REASON_N; i++)
		json_int(j, reason_info((enum reason)i)->name, p->counts[i]);
	json_end(j, '}');
	json_end(j, '}');
}

static void
put_part(struct json *j, const struct report_section *section, enum report_part part)
{
	size_t i;

	json_object(j, report_part_name(part));
	json_array(j, "lines");
	for (i = 0; i < section->n; i++) {
		json_object(j, NULL);
		json_text(j, "text", section->lines[i].text);
		json_text(j, "command", section->lines[i].command);
		json_end(j, '}');
	}
	json_end(j, ']');
	json_int(j, "left_out", (int64_t)section->left_out);
	json_end(j, '}');
}

void
report_print_json(const struct report *r)
{
	struct json j;
	int part;

	json_init(&j, stdout);
	json_object(&j, NULL);
	json_bool(&j, "quiet", report_is_quiet(r));
	put_period(&j, "counts", &r->counts, r->cli->now_s);
	put_period(&j, "over", &r->over, r->over.to_s);
	json_int(&j, "waiting", r->waiting);
	json_int(&j, "waiting_bots", r->bots);
	json_object(&j, "parts");
	for (part = 0; part < REPORT_PARTS; part++)
		put_part(&j, &r->parts[part], (enum report_part)part);
	json_end(&j, '}');
	json_end(&j, '}');
}
