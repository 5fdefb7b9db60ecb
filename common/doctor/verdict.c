/* verdict.c - see verdict.h. */
#include "common/doctor/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/xalloc.h"

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
	if (verdict->status == VERDICT_ERROR && v->code == 0)
		v->code = verdict->code;
	v->fn(v->arg, verdict);
}

static void __attribute__((format(printf, 3, 0)))
say(struct verdicts *v, struct verdict *verdict, const char *fmt, va_list args)
{
	verdict->check = v->check;
	vsnprintf(verdict->text, sizeof(verdict->text), fmt, args);
	verdict_add(v, verdict);
}

void
verdict_say(
    struct verdicts *v, enum verdict_status status, const struct buf *record, const char *fmt, ...)
{
	struct verdict verdict = { .status = status, .code = ERR_DATA };
	va_list args;

	if (record != NULL && !record->cut)
		snprintf(verdict.record, sizeof(verdict.record), "%s", record->ptr);
	va_start(args, fmt);
	say(v, &verdict, fmt, args);
	va_end(args);
}

void
verdict_advise(struct verdicts *v, enum verdict_status status, int code, const char *advice,
    const char *fmt, ...)
{
	struct verdict verdict = { .status = status, .code = code };
	va_list args;

	snprintf(verdict.advice, sizeof(verdict.advice), "%s", advice);
	va_start(args, fmt);
	say(v, &verdict, fmt, args);
	va_end(args);
}

void
verdict_print(const struct verdict *verdict, char out[VERDICT_TEXT_MAX])
{
	struct buf b;

	buf_init(&b, out, VERDICT_TEXT_MAX);
	str_escape(&b, slice_of(verdict->text), ESCAPE_TEXT);
	buf_add_text(&b, verdict->advice[0] == '\0' ? "" : "; ");
	str_escape(&b, slice_of(verdict->advice), ESCAPE_TEXT);
}

/* ---- kept ---- */

static void
keep(void *arg, const struct verdict *verdict)
{
	struct verdict_list *list = arg;

	list->items = xreallocarray(list->items, list->n + 1, sizeof(*list->items));
	list->items[list->n++] = *verdict;
}

void
verdict_list_init(struct verdict_list *list)
{
	*list = (struct verdict_list){ .out = { .fn = keep, .arg = list } };
}

void
verdict_list_clear(struct verdict_list *list)
{
	free(list->items);
	verdict_list_init(list);
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
