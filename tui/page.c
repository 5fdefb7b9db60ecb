/* page.c - see page.h. */
#include "tui/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "tui/app.h"

#define NAME_COLS 13
#define LEFT_COLS (2 + NAME_COLS)
#define LEAST_COLS 12

void
page_field(struct view *view, enum element element, char mark, const char *name, struct slice value)
{
	int cols = term_cols(view->console->term) - LEFT_COLS - 3;
	enum text_charset charset = term_charset(view->console->term);
	size_t len, next;

	do {
		len = text_wrap(value, cols < LEAST_COLS ? LEAST_COLS : cols, charset, &next);
		view_line(view, element, "%c %-*.*s%.*s", mark, NAME_COLS, NAME_COLS - 1, name,
		    (int)len, value.ptr == NULL ? "" : value.ptr);
		value.ptr += next;
		value.len -= next;
		mark = ' ';
		name = "";
	} while (value.len > 0);
}

void
page_fieldf(struct view *view, const char *name, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	page_field(view, ELEMENT_NORMAL, ' ', name, slice_of(text));
}

void
page_section(struct view *view, const char *title)
{
	view_line(view, ELEMENT_NORMAL, "%s", "");
	view_line(view, ELEMENT_SECTION, "%s", title);
}

const char *
page_time(const struct view *view, int64_t time_s, char out[96])
{
	char clock[CALENDAR_TEXT_MAX], ago[DURATION_TEXT_MAX];

	if (time_s == 0)
		return "never";
	snprintf(out, 96, "%s (%s ago)", calendar_text(time_s, "%Y-%m-%d %H:%M:%S", clock),
	    duration_format_human(view->list.now_s - time_s, ago));
	return out;
}
