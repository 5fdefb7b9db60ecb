/* page.h - lines of a text about one thing: names on the left, what they are on the right. */
#ifndef TUI_PAGE_H
#define TUI_PAGE_H

#include "tui/view.h"

/* "* NAME   VALUE", the value wrapped below itself; any bytes. */
void page_field(
    struct view *view, enum element element, char mark, const char *name, struct slice value);
void page_fieldf(struct view *view, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A blank line and a title. */
void page_section(struct view *view, const char *title);
/* "2026-11-24 10:11:12 (3h ago)" */
const char *page_time(const struct view *view, int64_t time_s, char out[96]);

#endif
