/* test_commands.c - the table of commands, what is possible where; prompts, Esc, tags and changes
 * in a console that is made by hand. */
#include "tests/unit/view_fixture.h"

#include "common/store/edit.h"
#include "common/store/triplet.h"
#include "tests/unit/store_fixture.h"

#define NOW_S 1000000

/* Calls FN for each key of COMMAND. */
typedef void key_fn(const struct key_command *command, const char *name, void *arg);

static void
each_key(const struct key_command *command, key_fn *fn, void *arg)
{
	const char *at = command->keys;
	char name[64];

	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		fn(command, name, arg);
		at += len + (at[len] == ' ');
	}
}

static unsigned
views_of(const struct key_command *command)
{
	return command->views == 0 ? (1u << VIEW_ID_N) - 1 : command->views;
}

/* ---- the table ---- */

static void
check_key(const struct key_command *command, const char *name, void *arg)
{
	int key = key_parse(name);
	char back[KEY_NAME_MAX];

	(void)arg;
	want_int(command->name, key != K_NONE, true);
	want_text(command->name, key_name(key, back), name);
}

static void
rows_of_the_table(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < key_command_n; i++) {
		const struct key_command *command = &key_commands[i];

		each_key(command, check_key, NULL);
		want_int(command->name, command->run != NULL, true);
		want_int(command->name, command->group < GROUP_N, true);
		want_int(command->name, strlen(command->help) > 5, true);
		want_int(command->name, command->help[strlen(command->help) - 1] != '.', true);
		want_int("takes what it names", (command->flags & COMMAND_ARG) != 0,
		    command->args[0] != '\0');
		want_int(command->name, (command->views >> VIEW_ID_N) == 0, true);
		want_int("tagged rows have a kind",
		    (command->flags & COMMAND_TAGGED) == 0 || command->kinds != 0, true);
		want_int(command->name, command_named(slice_of(command->name)) == command, true);
		for (n = 0; n < i; n++)
			want_int(
			    command->name, strcmp(command->name, key_commands[n].name) != 0, true);
	}
	want_int("unknown", command_named(SLICE("nothing")) == NULL, true);
	end_cases();
}

struct user {
	const struct key_command *command;
	int key;
};

static void
add_user(const struct key_command *command, const char *name, void *arg)
{
	struct user **next = arg;

	*(*next)++ = (struct user){ command, key_parse(name) };
}

/* In no view two commands have the same key, but one for that view and one for all. */
static void
meanings(void **state)
{
	static struct user users[1000];
	struct user *end = users, *a, *b;
	size_t i;

	(void)state;
	for (i = 0; i < key_command_n; i++)
		each_key(&key_commands[i], add_user, &end);
	for (a = users; a < end; a++)
		for (b = users; b < a; b++)
			if (a->key == b->key &&
			    (a->command->views == 0) == (b->command->views == 0))
				want_int(a->command->name,
				    views_of(a->command) & views_of(b->command), 0);
	end_cases();
}

/* ---- a view with one row ---- */

static const struct column columns[] = {
	{ "sender", "SENDER", COLUMN_TEXT, 1, 10, LIST_REST, "from" },
	{ "triplet", "TRIPLET", COLUMN_COUNT, 2, 6, 6, NULL },
	{ "domain", "DOMAIN", COLUMN_TEXT, 3, 6, 6, NULL },
};

static void
no_enter(struct view *view, const struct row *row)
{
	(void)row;
	console_say(view->console, "opened");
}

static const struct view_type list_type = {
	.id = VIEW_DEFERRED,
	.name = "test",
	.title = "Test",
	.empty = "Nothing.",
	.columns = columns,
	.column_n = COUNT(columns),
	.sort = -1,
	.enter = no_enter,
};

static void
add_rows(struct view *view, const unsigned *kinds, size_t n)
{
	size_t i;

	list_begin(&view->list);
	for (i = 0; i < n; i++) {
		struct row *row = row_new(&view->list, (int64_t)i + 1, kinds[i]);

		row_printf(row, 0, "s%zu@example.org", i + 1);
		row_number(row, 1, (int64_t)i + 1);
		row_text(row, 2, SLICE("example.org"));
		list_add(&view->list, row);
	}
	list_end(&view->list);
	view->was_read = true;
}

static const char *
why_not(const struct console *c, const char *command)
{
	const char *why;

	return command_possible(c, command_named(slice_of(command)), &why) ? "" : why;
}

static void
possible(void **state)
{
	static const struct {
		const char *command;
		unsigned kinds; /* for which it is possible */
	} cases[] = {
		{ "open", ROW_POOL | ROW_WAITING | ROW_PASSED | ROW_CLIENT | ROW_DOMAIN | ROW_RULE |
			      ROW_POLICY | ROW_EVENT | ROW_CHANGE },
		{ "whitelist", ROW_POOL | ROW_WAITING | ROW_PASSED | ROW_EVENT },
		{ "block", ROW_POOL | ROW_WAITING | ROW_PASSED | ROW_EVENT },
		{ "release", ROW_POOL | ROW_WAITING },
		{ "explain", ROW_WAITING | ROW_PASSED | ROW_EVENT },
		{ "edit", ROW_RULE | ROW_POLICY | ROW_DOMAIN },
		{ "delete", ROW_RULE | ROW_POLICY | ROW_DOMAIN | ROW_CLIENT },
	};
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &list_type);
	unsigned kind;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		want_text("still read", why_not(c, cases[i].command), "it is still being read");
		for (kind = ROW_POOL; kind <= ROW_CHOICE; kind <<= 1) {
			add_rows(view, &kind, 1);
			want_int(cases[i].command, why_not(c, cases[i].command)[0] == '\0',
			    (cases[i].kinds & kind) != 0);
		}
		add_rows(view, NULL, 0);
		want_text("no row", why_not(c, cases[i].command), "nothing is selected");
		view->was_read = false;
	}
	want_text("another view", why_not(c, "suggested"), "not in this view");
	want_text("always", why_not(c, "help"), "");
	console_unmake(c);
	end_cases();
}

static void
read_only(void **state)
{
	struct console_options options = { .readonly = "the database belongs to root" };
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &list_type);
	size_t i;

	(void)state;
	c->options = &options;
	add_rows(view, (unsigned[]){ ROW_WAITING }, 1);
	for (i = 0; i < key_command_n; i++)
		if (command_possible(c, &key_commands[i], NULL))
			want_int(key_commands[i].name, key_commands[i].flags & COMMAND_WRITES, 0);
	press(c, "a");
	want_text("said", last_message(c), "release: the database belongs to root");
	command_line(c, "undo");
	want_text("said", last_message(c), "undo: the database belongs to root");
	console_unmake(c);
	end_cases();
}

/* What is tagged counts, not where the selection is. */
static void
mixed_kinds(void **state)
{
	static const unsigned kinds[] = { ROW_WAITING, ROW_TEXT, ROW_RULE };
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &list_type);

	(void)state;
	add_rows(view, kinds, COUNT(kinds));
	list_tag(&view->list, false);
	list_go(&view->list, 1);
	want_text("tagged", why_not(c, "release"), "");
	want_text("selected", why_not(c, "explain"), "not for what is selected");
	list_go(&view->list, 2);
	want_text("not the selected", why_not(c, "delete"), "not for what is selected");
	want_text("not the selected", why_not(c, "edit"), "not for what is selected");
	list_tag(&view->list, false);
	want_text("both", why_not(c, "delete"), "");
	want_text("both", why_not(c, "edit"), "");
	want_text("both", why_not(c, "release"), "");
	list_untag(&view->list);
	want_text("none is tagged", why_not(c, "release"), "not for what is selected");
	console_unmake(c);
	end_cases();
}

/* ---- the line of a command ---- */

static void
lines(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "", "" },
		{ "   ", "" },
		{ "opne", "there is no command opne; did you mean open?" },
		{ "whitelst", "there is no command whitelst; did you mean whitelist?" },
		{ "xyzzyplugh", "there is no command xyzzyplugh; ? shows all" },
		{ "redraw now", "redraw takes nothing after it" },
		{ "open", "opened" },
		{ "  open  ", "opened" },
		{ "Open", "there is no command Open; did you mean open?" },
		{ "sort colour", "sort: there is no column colour here" },
		{ "sort sender", "sorted by sender; S turns it round" },
		{ "filter nowhere:x",
		    "nowhere: is no column here; there are since, from, triplet, domain" },
		{ "view 8", "view: which? a number from 1 to 7, or a name" },
		{ "theme pink", "theme: dark, light or mono, not pink" },
		{ "seek nothere", "nothere is in no row here" },
		{ "\xff\xfe\033", "there is no command \xff\xfe\033; ? shows all" },
	};
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &list_type);
	size_t i;

	(void)state;
	add_rows(view, (unsigned[]){ ROW_WAITING }, 1);
	for (i = 0; i < COUNT(cases); i++) {
		c->message_n = 0;
		command_line(c, cases[i].line);
		want_text(cases[i].line, last_message(c), cases[i].want);
	}
	console_unmake(c);
	end_cases();
}

static void
completion(void **state)
{
	static const struct {
		const char *typed, *want;
	} cases[] = {
		{ "whi", "whitelist" },
		{ "rel", "release" },
		{ "sort send", "sort sender" },
		{ "view pas", "view passed" },
		{ "theme l", "theme light" },
		{ "nothing", "nothing" },
		{ "redraw x", "redraw x" },
	};
	struct console *c = console_make(24, 80);
	size_t i;
	const char *p;

	(void)state;
	console_stack(c, &list_type);
	for (i = 0; i < COUNT(cases); i++) {
		console_key(c, ':');
		for (p = cases[i].typed; *p != '\0'; p++)
			console_key(c, *p);
		console_key(c, K_TAB);
		want_text(cases[i].typed, c->prompt.line.text, cases[i].want);
		console_key(c, K_ESCAPE);
		want_int("cancelled", c->prompt.active, false);
	}
	console_unmake(c);
	end_cases();
}

static void
nothing_done(struct console *c, void *arg, const char *text)
{
	(void)c;
	(void)arg;
	(void)text;
}

static void
unknown_keys(void **state)
{
	struct console *c = console_make(24, 80);
	int key;

	(void)state;
	console_stack(c, &list_type);
	console_key(c, '@');
	want_text("no key", last_message(c), "@ does nothing here; ? shows the keys");
	console_key(c, 0x65e5);
	want_text("no key", last_message(c), "日 does nothing here; ? shows the keys");
	for (key = K_FIRST; key <= K_LAST; key++)
		if (command_of_key(c, key) == NULL && key != K_RESIZE)
			console_key(c, key);
	console_unmake(c);
	end_cases();
}

/* A console that is too small for all but one line takes only what leaves it. */
static void
keys_that_nobody_sees(void **state)
{
	static const struct {
		int rows, cols;
		bool seen;
	} cases[] = { { 8, 40, true }, { 7, 40, false }, { 8, 39, false }, { 1, 1, false } };
	struct console *c = console_make(24, 80);
	size_t i;

	(void)state;
	console_stack(c, &list_type);
	for (i = 0; i < COUNT(cases); i++) {
		console_resize(c, cases[i].rows, cases[i].cols);
		press(c, ":");
		want_int("asks", c->prompt.active, cases[i].seen);
		prompt_cancel(c);
		prompt_ask(c, PROMPT_COMMAND, ":", "", NULL, nothing_done, NULL);
		press(c, "x");
		want_int("typed", c->prompt.line.len == 1, cases[i].seen);
		press(c, "^C");
		want_int("left", c->prompt.active, false);
	}
	console_unmake(c);
	end_cases();
}

/* ---- prompts ---- */

static int answers;

static void
answered(struct console *c, void *arg, const char *text)
{
	(void)c;
	answers++;
	snprintf(arg, 32, "%s", text == NULL ? "cancelled" : text);
}

static void
confirmations(void **state)
{
	static const struct {
		const char *name;
		size_t count;
		const char *keys, *want;
	} cases[] = {
		{ "y", 1, "y", "y" },
		{ "Y", 20, "Y", "y" },
		{ "n", 1, "n", "cancelled" },
		{ "Enter", 1, "Enter", "cancelled" },
		{ "Esc", 1, "Esc", "cancelled" },
		{ "a click", 1, "Mouse", "cancelled" },
		{ "y for many", 21, "y Enter", "cancelled" },
		{ "the number", 21, "2 1 Enter", "y" },
		{ "another number", 21, "2 0 Enter", "cancelled" },
		{ "more than the number", 21, "2 1 a Enter", "cancelled" },
		{ "signs", 21, "+ 2 1 Enter", "cancelled" },
		{ "Esc after the number", 21, "2 1 Esc", "cancelled" },
	};
	struct console *c = console_make(24, 80);
	char answer[32];
	size_t i;

	(void)state;
	console_stack(c, &list_type);
	for (i = 0; i < COUNT(cases); i++) {
		answers = 0;
		prompt_confirm(c, cases[i].count, "Sure?", answered, answer);
		press(c, cases[i].keys);
		want_text(cases[i].name, answer, cases[i].want);
		want_int(cases[i].name, answers, 1);
		want_int(cases[i].name, c->prompt.active, false);
	}
	console_unmake(c);
	end_cases();
}

/* However long the question and narrow the screen, what can be answered is seen. */
static void
long_questions(void **state)
{
	char question[400], answer[32];
	struct console *c = console_make(24, 60);

	(void)state;
	console_stack(c, &list_type);
	memset(question, 'q', sizeof(question) - 1);
	question[sizeof(question) - 1] = '\0';
	prompt_confirm(c, 1, question, answered, answer);
	console_draw(c);
	want_int("[y/N]", strstr(screen_row(c, 23), "[y/N]") != NULL, true);
	press(c, "n");
	prompt_confirm(c, 321, question, answered, answer);
	press(c, "3 2 1");
	console_draw(c);
	want_int("number", strstr(screen_row(c, 23), "Type 321 to confirm: 321") != NULL, true);
	prompt_cancel(c);
	prompt_ask(c, PROMPT_VALUE, question, "some value", NULL, answered, answer);
	console_draw(c);
	want_int("value", strstr(screen_row(c, 23), "value") != NULL, true);
	console_unmake(c);
	end_cases();
}

/* Who asked lets go of what it kept when the console ends. */
static void
left_while_it_asks(void **state)
{
	struct console *c = console_make(24, 80);
	char answer[32] = "";

	(void)state;
	console_stack(c, &list_type);
	answers = 0;
	prompt_confirm(c, 1, "Sure?", answered, answer);
	prompt_cancel(c);
	prompt_cancel(c);
	want_int("once", answers, 1);
	want_text("cancelled", answer, "cancelled");
	console_unmake(c);
	end_cases();
}

/* A message that is too long ends with a whole character. */
static void
long_messages(void **state)
{
	struct console *c = console_make(24, 80);
	char text[600];
	int shift;

	(void)state;
	console_stack(c, &list_type);
	for (shift = 0; shift < 4; shift++) {
		size_t n = (size_t)shift;

		memset(text, 'x', n);
		while (n < sizeof(text) - 5) {
			memcpy(text + n, "日", 3);
			n += 3;
		}
		text[n] = '\0';
		console_say(c, "%s", text);
		want_int("UTF-8", str_is_utf8(slice_of(last_message(c))), true);
		want_int("long", strlen(last_message(c)) > 500, true);
	}
	console_unmake(c);
	end_cases();
}

/* ---- Esc and readings that take long ---- */

static enum view_read
read_for_ever(struct view *view, bool begin, struct err *err)
{
	(void)err;
	if (begin)
		list_begin(&view->list);
	view->percent = 50;
	return VIEW_MORE;
}

static const struct view_type slow_type = {
	.id = VIEW_DEFERRED,
	.name = "slow",
	.title = "Slow",
	.empty = "Nothing.",
	.columns = columns,
	.column_n = COUNT(columns),
	.sort = -1,
	.read = read_for_ever,
};

static void
given_up(void **state)
{
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &slow_type);

	(void)state;
	c->now_ms = INT64_MAX;
	view_read_slice(view);
	c->now_ms = view->began_ms + 10;
	press(c, "Esc");
	want_int("has just begun", view->reading, true);
	c->now_ms = view->began_ms + 5000;
	press(c, "Esc");
	want_int("given up", view->reading, false);
	want_int("for good", view_wants_slice(view), false);
	want_text("said", last_message(c), "reading given up: p reads again");
	console_draw(c);
	want_int("nothing was read", strstr(screen_row(c, 4), "p reads it") != NULL, true);
	press(c, "p");
	want_int("again", view_wants_slice(view), true);
	view_read_slice(view);
	console_draw(c);
	want_int("reading", strstr(screen_row(c, 4), "Reading...") != NULL, true);
	press(c, "p");
	want_int("held", view_wants_slice(view), false);
	console_unmake(c);
	end_cases();
}

static void
esc_goes_step_by_step(void **state)
{
	struct console *c = console_make(24, 80);
	struct view *below = console_stack(c, &slow_type), *view = console_stack(c, &slow_type);

	(void)state;
	below->was_read = view->was_read = true;
	assert_int_equal(list_filter(&view->list, "x", NULL), 0);
	view_read_slice(view);
	c->now_ms = view->began_ms + 5000;
	press(c, "Esc");
	want_int("the filter", view->list.filter.text == NULL, true);
	want_text("said", last_message(c), "given up: the filter is taken away");
	press(c, "Esc");
	want_int("the view", (long long)c->depth, 1);
	press(c, "Esc");
	want_int("the last one stays", (long long)c->depth, 1);
	console_unmake(c);
	end_cases();
}

/* A change by the operator while a reading is under way is read at once after it. */
static int slices;

static enum view_read
read_two_slices(struct view *view, bool begin, struct err *err)
{
	(void)err;
	if (begin) {
		slices = 0;
		list_begin(&view->list);
	}
	if (++slices < 2)
		return VIEW_MORE;
	view->began_ms -= 60000; /* it took a minute */
	list_end(&view->list);
	return VIEW_DONE;
}

static const struct view_type two_type = {
	.id = VIEW_DEFERRED,
	.name = "two",
	.title = "Two",
	.empty = "Nothing.",
	.columns = columns,
	.column_n = COUNT(columns),
	.sort = -1,
	.read = read_two_slices,
};

static void
changed_while_reading(void **state)
{
	struct console *c = console_make(24, 80);
	struct view *below = console_stack(c, &two_type), *view = console_stack(c, &two_type);

	(void)state;
	(void)below;
	c->now_ms = 1;
	view_read_slice(view);
	view_read_slice(view);
	view_stale(view, false);
	want_int("not so soon", view_wants_slice(view), false);
	view_stale(view, true);
	view_read_slice(view);
	console_changed(c);
	view_read_slice(view);
	want_int("at once", view_wants_slice(view), true);
	console_unmake(c);
	end_cases();
}

static enum view_read
read_fails(struct view *view, bool begin, struct err *err)
{
	(void)view;
	(void)begin;
	return err_set(err, ERR_IO, "the disk is gone") == -1 ? VIEW_ERROR : VIEW_DONE;
}

static void
summary_of_nothing(struct view *view, struct buf *out)
{
	(void)view;
	buf_add_text(out, "Nothing waits");
}

static const struct view_type failing_type = {
	.id = VIEW_DEFERRED,
	.name = "failing",
	.title = "Failing",
	.empty = "Nothing waits.",
	.columns = columns,
	.column_n = COUNT(columns),
	.sort = -1,
	.read = read_fails,
	.summary = summary_of_nothing,
};

/* What could not be read is not said to be nothing. */
static void
a_first_reading_that_fails(void **state)
{
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &failing_type);

	(void)state;
	view_read_slice(view);
	want_text("said", last_message(c), "the disk is gone");
	console_draw(c);
	want_text("summary", screen_row(c, 1), "");
	want_int("shown", strstr(screen_row(c, 4), "could not be read") != NULL, true);
	console_unmake(c);
	end_cases();
}

/* ---- texts ---- */

static enum view_read
read_lines(struct view *view, bool begin, struct err *err)
{
	int i;

	(void)begin;
	(void)err;
	list_begin(&view->list);
	for (i = 0; i < 100; i++)
		view_line(
		    view, ELEMENT_NORMAL, "line %d%s", i, i == 85 || i == 95 ? " wanted" : "");
	list_end(&view->list);
	return VIEW_DONE;
}

static const struct view_type text_type = {
	.id = VIEW_DETAIL,
	.name = "text",
	.title = "Text",
	.empty = "Nothing.",
	.columns = view_text_columns,
	.column_n = 1,
	.flags = VIEW_IS_TEXT,
	.sort = -1,
	.read = read_lines,
};

static void
texts_scroll(void **state)
{
	struct console *c = console_make(24, 80);
	struct view *view = console_stack(c, &text_type);

	(void)state;
	view_read_slice(view);
	find_seek(c, "wanted");
	console_draw(c);
	want_int("the first", (long long)view->list.at, 85);
	press(c, "n");
	console_draw(c);
	want_int("the second, on the same screen", (long long)view->list.at, 95);
	press(c, "n");
	want_int("round", (long long)view->list.at, 85);
	press(c, "G");
	console_draw(c);
	want_int("the last screen", (long long)view->list.top, 80);
	press(c, "k");
	console_draw(c);
	want_int("one up", (long long)view->list.top, 79);
	press(c, "j j j j j k");
	console_draw(c);
	want_int("no further than the end", (long long)view->list.top, 79);
	press(c, "Space");
	want_int("no tags", (long long)list_tagged(&view->list), 0);
	console_unmake(c);
	end_cases();
}

/* ---- changes ---- */

static void
append_triplet(struct store *store, int number)
{
	char sender[32], net[32];
	struct triplet row = { .state = { .first_s = NOW_S - 60, NOW_S - 60, 1, 0, 0, 0 } };
	struct err err = { .text = "" };
	int64_t id;

	snprintf(sender, sizeof(sender), "s%d@example.org", number);
	snprintf(net, sizeof(net), "192.0.%d.0/24", number % 250);
	row.key.net = slice_of(net);
	row.key.sender = row.sender = slice_of(sender);
	row.key.recipient = row.recipient = SLICE("info@example.com");
	row.client_address = SLICE("192.0.2.1");
	if (store_triplet_append(store, &row, &id, &err) == -1)
		fail_msg("%s", err.text);
}

static bool
keep_released(void *arg, const struct triplet *triplet)
{
	int64_t *sum = arg;

	*sum = *sum * 10 + (triplet->state.released_s != 0);
	return true;
}

/* "101": which of the triplets are released, oldest first. */
static int64_t
releases(struct store *store)
{
	int64_t sum = 0, last_id;
	struct err err = { .text = "" };

	if (store_triplet_page_up(store, 0, 100, keep_released, &sum, &last_id, &err) == -1)
		fail_msg("%s", err.text);
	return sum;
}

static void
begin_changes(struct fixture *f, struct console **c, struct config *config)
{
	static const unsigned kinds[] = { ROW_WAITING, ROW_WAITING, ROW_WAITING, ROW_TEXT };
	struct err err = { .text = "" };
	int i;

	if (store_begin(f->store, &err) == -1)
		fail_msg("%s", err.text);
	for (i = 1; i <= 3; i++)
		append_triplet(f->store, i);
	if (store_commit(f->store, &err) == -1)
		fail_msg("%s", err.text);
	*c = console_make(24, 80);
	(*c)->now_s = NOW_S;
	config_init(config);
	(*c)->config = config;
	(*c)->store = f->store;
	add_rows(console_stack(*c, &list_type), kinds, COUNT(kinds));
}

static void
several_releases_taken_back(void **state)
{
	struct fixture *f = *state;
	struct config config;
	struct console *c;

	begin_changes(f, &c, &config);
	press(c, "* a");
	want_int("asked", c->prompt.active, true);
	press(c, "y");
	want_text(
	    "said", last_message(c), "3 released: they pass on their next try; u takes them back");
	want_int("released", releases(f->store), 111);
	want_int("no tags", (long long)list_tagged(&console_view(c)->list), 0);
	press(c, "u n");
	want_int("kept", releases(f->store), 111);
	want_text("said", last_message(c), "nothing was taken back");
	/* What one command did is taken back at once. */
	press(c, "u y");
	want_text("said", last_message(c), "3 taken back");
	want_int("all", releases(f->store), 0);
	/* What another did is not part of it, though it is the same at the same second. */
	press(c, "Space Space a y a");
	want_int("again", releases(f->store), 111);
	press(c, "u y");
	want_int("one", releases(f->store), 110);
	press(c, "u y");
	want_text("said", last_message(c), "2 taken back");
	want_int("all", releases(f->store), 0);
	press(c, "u");
	want_text("said", last_message(c),
	    "you changed nothing that could be taken back; C shows all changes");
	console_unmake(c);
	config_clear(&config);
	end_cases();
}

/* What was asked about is what is done, whatever the list shows meanwhile. */
static void
rows_change_while_it_asks(void **state)
{
	static const unsigned kinds[] = { ROW_WAITING };
	struct fixture *f = *state;
	struct config config;
	struct console *c;

	begin_changes(f, &c, &config);
	press(c, "Space Space a");
	add_rows(console_view(c), kinds, 1);
	press(c, "y");
	want_int("released", releases(f->store), 110);
	press(c, "* a");
	want_int("one needs no question", c->prompt.active, false);
	console_unmake(c);
	config_clear(&config);
	end_cases();
}

/* ---- scans ---- */

static void
begin_scan(struct fixture *f, struct console **c, struct config *config, int triplets)
{
	struct err err = { .text = "" };
	int i;

	config_init(config);
	if (store_begin(f->store, &err) == -1)
		fail_msg("%s", err.text);
	for (i = 0; i < triplets; i++)
		append_triplet(f->store, i);
	if (store_commit(f->store, &err) == -1)
		fail_msg("%s", err.text);
	*c = console_make(24, 80);
	(*c)->now_s = NOW_S;
	(*c)->config = config;
	(*c)->store = f->store;
	console_push(*c, VIEW_TRIPLETS, 0, "example.org");
}

static void
end_scan(struct console *c, struct config *config)
{
	while (c->depth > 0)
		view_free(c->stack[--c->depth]);
	rules_free(c->rules);
	console_unmake(c);
	config_clear(config);
	end_cases();
}

/* Rules change with each slice: it ends all the same. */
static void
a_scan_ends_whatever_changes(void **state)
{
	struct fixture *f = *state;
	struct config config;
	struct console *c;
	struct view *view;
	int slices_n = 0;

	begin_scan(f, &c, &config, 4000);
	view = console_view(c);
	while (view_wants_slice(view) && slices_n++ < 20) {
		struct edit edit = console_edit(c);
		struct rule rule = { .scope = SLICE("@."), .action = RULE_ALLOW };
		struct err err = { .text = "" };
		char pattern[32];
		int64_t id;

		view_read_slice(view);
		snprintf(pattern, sizeof(pattern), "192.0.2.%d", slices_n);
		rule.pattern = slice_of(pattern);
		rule.meta.author = rule.meta.source = SLICE("test");
		if (edit_rule_add(&edit, &rule, &id, &err) == -1)
			fail_msg("%s", err.text);
	}
	want_int("read", view->was_read, true);
	want_int("rows", (long long)view->list.row_n, 4000);
	end_scan(c, &config);
}

/* What somebody else makes the console read frees the rules of a scan: it begins again. */
static void
rules_are_read_anew_under_a_scan(void **state)
{
	struct fixture *f = *state;
	struct config config;
	struct console *c;
	struct view *view;

	begin_scan(f, &c, &config, 4000);
	view = console_view(c);
	view_read_slice(view);
	rules_free(c->rules);
	c->rules = NULL;
	assert_non_null(console_rules(c, NULL));
	while (view_wants_slice(view))
		view_read_slice(view);
	want_int("rows", (long long)view->list.row_n, 4000);
	end_scan(c, &config);
}

static void
a_domain_with_too_many(void **state)
{
	struct fixture *f = *state;
	struct config config;
	struct console *c;
	struct view *view;

	begin_scan(f, &c, &config, 20001);
	view = console_view(c);
	while (view_wants_slice(view))
		view_read_slice(view);
	want_int("rows", (long long)view->list.row_n, 20000);
	want_int("more", view->more, true);
	end_scan(c, &config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_the_table),
		cmocka_unit_test(meanings),
		cmocka_unit_test(possible),
		cmocka_unit_test(read_only),
		cmocka_unit_test(mixed_kinds),
		cmocka_unit_test(lines),
		cmocka_unit_test(completion),
		cmocka_unit_test(unknown_keys),
		cmocka_unit_test(keys_that_nobody_sees),
		cmocka_unit_test(confirmations),
		cmocka_unit_test(long_questions),
		cmocka_unit_test(left_while_it_asks),
		cmocka_unit_test(long_messages),
		cmocka_unit_test(given_up),
		cmocka_unit_test(esc_goes_step_by_step),
		cmocka_unit_test(changed_while_reading),
		cmocka_unit_test(a_first_reading_that_fails),
		cmocka_unit_test(texts_scroll),
		TEST_WITH_STORE(several_releases_taken_back),
		TEST_WITH_STORE(rows_change_while_it_asks),
		TEST_WITH_STORE(a_scan_ends_whatever_changes),
		TEST_WITH_STORE(rules_are_read_anew_under_a_scan),
		TEST_WITH_STORE(a_domain_with_too_many),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
