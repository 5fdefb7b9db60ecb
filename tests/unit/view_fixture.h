/* view_fixture.h - a console with a screen in memory and views made by the test. */
#ifndef TESTS_UNIT_VIEW_FIXTURE_H
#define TESTS_UNIT_VIEW_FIXTURE_H

#include <locale.h>
#include <stdlib.h>

#include "tests/unit/cases.h"
#include "tui/commands.h"
#include "tui/frame.h"

static const struct console_options test_options = { .author = "anna", .config_file = "" };

/* Nothing is shown yet: console_stack() puts a view on top. */
static inline struct console *
console_make(int rows, int cols)
{
	struct console *c = calloc(1, sizeof(*c));
	struct term_options options = { .rows = rows, .cols = cols };
	struct err err = { .text = "" };

	assert_non_null(c);
	c->options = &test_options;
	c->now_s = 1000000;
	c->term = term_open(&options, &err);
	if (c->term == NULL)
		fail_msg("%s", err.text);
	return c;
}

static inline struct view *
console_stack(struct console *c, const struct view_type *type)
{
	struct view *view = calloc(1, sizeof(*view));

	assert_non_null(view);
	view->type = type;
	view->console = c;
	view->arg = strdup("");
	view->stale = true;
	list_init(&view->list, type->columns, type->column_n);
	view->list.sort = type->sort;
	view->list.reverse = type->reverse;
	view->list.now_s = c->now_s;
	if (type->open != NULL)
		assert_int_equal(type->open(view, NULL), 0);
	c->stack[c->depth++] = view;
	return view;
}

static inline void
console_unmake(struct console *c)
{
	prompt_cancel(c);
	while (c->depth > 0)
		view_free(c->stack[--c->depth]);
	prompt_clear(&c->prompt);
	term_close(c->term);
	free(c);
}

static inline const char *
last_message(const struct console *c)
{
	return c->message_n == 0 ? "" : c->messages[(c->message_n - 1) % APP_MESSAGES].text;
}

static inline const char *
screen_row(const struct console *c, int row)
{
	static char text[4096];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	term_row_text(c->term, row, &b);
	return text;
}

static inline void
press(struct console *c, const char *keys)
{
	char name[KEY_NAME_MAX];

	while (*keys != '\0') {
		size_t len = strcspn(keys, " ");

		snprintf(name, sizeof(name), "%.*s", (int)len, keys);
		console_key(c, key_parse(name));
		keys += len + (keys[len] == ' ');
	}
}

#endif
