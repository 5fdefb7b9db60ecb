/* cmd_report.c - the daily report: gathers its parts; report_print.c prints them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "common/base/xalloc.h"

#define SINCE_S 86400
#define ADDRESS_MAX 254

static const struct {
	const char *name; /* in JSON */
	const char *title;
} parts[REPORT_PARTS] = {
	[REPORT_WAITING] = { "waiting", "What waits, and came again" },
	[REPORT_DELAYED] = { "delayed", "Waited longest before it passed" },
	[REPORT_NEW] = { "new", "New pools of senders" },
	[REPORT_SUGGESTED] = { "suggested", "Worth whitelisting" },
	[REPORT_DOMAINS] = { "domains", "Whitelisted domains with trouble" },
	[REPORT_ENTRIES] = { "entries", "Rules and policies to look at" },
	[REPORT_SITE] = { "site", "The installation" },
	[REPORT_STATE] = { "state", "Disk and database" },
};

const char *
report_part_name(enum report_part part)
{
	return parts[part].name;
}

const char *
report_part_title(enum report_part part)
{
	return parts[part].title;
}

/* A command is told once, where the most is said about it: that is later. */
static void
forget_command(struct report *r, const char *command)
{
	size_t i, part;

	for (part = 0; part < REPORT_PARTS; part++)
		for (i = 0; i < r->parts[part].n; i++) {
			struct report_line *line = &r->parts[part].lines[i];

			if (line->command == NULL || strcmp(line->command, command) != 0)
				continue;
			free(line->command);
			line->command = NULL;
		}
}

void
report_add(struct report *r, enum report_part part, const char *command, const char *fmt, ...)
{
	struct report_section *section = &r->parts[part];
	char text[2048];
	va_list args;

	if (section->n == REPORT_LINES_MAX) {
		section->left_out++;
		return;
	}
	if (command != NULL)
		forget_command(r, command);
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	section->lines[section->n++] = (struct report_line){ .text = xstrdup(text),
		.command = command == NULL ? NULL : xstrdup(command) };
}

const char *
report_name(struct slice text, char out[REPORT_NAME_MAX])
{
	static const char dots[] = "...";
	size_t len = REPORT_NAME_MAX - sizeof(dots);
	char shown[1024];
	struct buf b;

	buf_init(&b, shown, sizeof(shown));
	str_escape(&b, text, ESCAPE_TEXT);
	if (b.len < REPORT_NAME_MAX) {
		memcpy(out, shown, b.len + 1);
		return out;
	}
	while ((shown[len] & 0xc0) == 0x80) /* inside a character */
		len--;
	memcpy(out, shown, len);
	memcpy(out + len, dots, sizeof(dots));
	return out;
}

bool
report_is_quiet(const struct report *r)
{
	int64_t stopped =
	    period_count(&r->counts, CLASS_FIRST) + period_count(&r->counts, CLASS_EARLY) +
	    period_count(&r->counts, CLASS_WAITED) + period_count(&r->counts, CLASS_REJECTED) +
	    r->counts.counts[REASON_STORE_FAILED];
	int i;

	for (i = 0; i < REPORT_STATE; i++)
		stopped += (int64_t)r->parts[i].n;
	return stopped == 0 && r->waiting == 0;
}

static void
clear(struct report *r)
{
	size_t i, part;

	for (part = 0; part < REPORT_PARTS; part++)
		for (i = 0; i < r->parts[part].n; i++) {
			free(r->parts[part].lines[i].text);
			free(r->parts[part].lines[i].command);
		}
	free(r);
}

/* It stands in a header: nothing that could end the line or begin another address. */
static int
check_address(const char *address, struct err *err)
{
	size_t i, len = strlen(address);

	for (i = 0; i < len; i++)
		if (address[i] <= ' ' || address[i] >= 0x7f ||
		    strchr("<>()[],;:\\\"", address[i]) != NULL)
			break;
	if (len == 0 || len > ADDRESS_MAX || i < len || address[0] == '-')
		return err_set(err, ERR_USAGE,
		    "--mail %s: expected one address, such as root or postmaster@example.org",
		    address);
	return 0;
}

static int
gather(struct report *r, struct err *err)
{
	int64_t span_s = SINCE_S;

	if (cli_duration(r->cli, "since", &span_s, err) == -1)
		return -1;
	if (span_s <= 0)
		return err_set(err, ERR_USAGE, "--since: expected a duration such as 1d");
	r->since_s = r->cli->now_s - span_s;
	if (report_counts(r, err) == -1 || report_waiting(r, err) == -1 ||
	    report_history(r, err) == -1 || report_entries(r, err) == -1)
		return -1;
	return report_site(r, err);
}

int
cmd_report(struct cli *cli, struct err *err)
{
	const char *address = cli_value(cli, "mail");
	struct report *r;
	int result;

	if (address != NULL && cli->json)
		return err_set(err, ERR_USAGE, "either --mail or --json");
	if (address != NULL && check_address(address, err) == -1)
		return -1;
	r = xcalloc(1, sizeof(*r));
	r->cli = cli;
	result = gather(r, err);
	if (result == 0 && cli->json)
		report_print_json(r);
	else if (result == 0)
		report_print(r, address);
	clear(r);
	return result;
}
