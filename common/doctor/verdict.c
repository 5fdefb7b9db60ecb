/* verdict.c - see verdict.h. */
#include "common/doctor/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"

#define STRING_MAX 255 /* RFC 1035 3.3 */

static const struct {
	const char *name;
	int exit_status;
} statuses[] = {
	[VERDICT_OK] = { "ok", 0 },
	[VERDICT_INFO] = { "info", 0 },
	[VERDICT_WARNING] = { "warning", 0 },
	[VERDICT_UNKNOWN] = { "not checkable", ERR_TEMP },
	[VERDICT_ERROR] = { "error", ERR_DATA },
};

const char *
verdict_status_name(enum verdict_status status)
{
	return statuses[status].name;
}

int
verdict_exit(enum verdict_status worst)
{
	return statuses[worst].exit_status;
}

void
verdict_add(struct verdicts *v, const struct verdict *verdict)
{
	if (verdict->status > v->worst)
		v->worst = verdict->status;
	v->fn(v->arg, verdict);
}

void
verdict_say(
    struct verdicts *v, enum verdict_status status, const struct buf *record, const char *fmt, ...)
{
	struct verdict verdict = { .status = status, .check = v->check };
	char text[2048];
	va_list args;
	struct buf b;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_init(&b, verdict.text, sizeof(verdict.text));
	str_escape(&b, slice_of(text), ESCAPE_TEXT);
	if (record != NULL && !record->cut)
		snprintf(verdict.record, sizeof(verdict.record), "%s", record->ptr);
	verdict_add(v, &verdict);
}

/* ---- zone files ---- */

/* A byte as RFC 1035 5.1 wants it, where those in SPECIAL would mean something. */
static void
add_byte(struct buf *out, char c, const char *special)
{
	unsigned char byte = (unsigned char)c;

	if (byte < 0x20 || byte > 0x7e)
		buf_printf(out, "\\%03u", byte);
	else if (strchr(special, c) != NULL)
		buf_printf(out, "\\%c", c);
	else
		buf_add_char(out, c);
}

static void
add_owner(struct buf *out, const char *owner)
{
	for (; *owner != '\0'; owner++)
		if (*owner == ' ')
			buf_add_text(out, "\\032");
		else
			add_byte(out, *owner, "\\\"();@$");
	buf_add_text(out, ". 3600 IN ");
}

void
record_add(struct buf *out, const char *owner, const char *type, const char *data)
{
	add_owner(out, owner);
	buf_printf(out, "%s %s", type, data);
}

void
record_add_txt(struct buf *out, const char *owner, struct slice text)
{
	size_t i;

	add_owner(out, owner);
	buf_add_text(out, "TXT \"");
	for (i = 0; i < text.len; i++) {
		if (i > 0 && i % STRING_MAX == 0)
			buf_add_text(out, "\" \"");
		add_byte(out, text.ptr[i], "\\\"");
	}
	buf_add_char(out, '"');
}
