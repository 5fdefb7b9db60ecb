/* test_busy.c - keys that are typed while the console is at work: when they are taken afterwards.
 */
#include "tests/unit/view_fixture.h"

static const struct column columns[] = { { "name", "NAME", COLUMN_TEXT, 1, 10, 20, NULL } };

static int opened; /* the key of the row that was opened last */

static enum view_read
read_rows(struct view *view, bool begin, struct err *err)
{
	int i;

	(void)begin;
	(void)err;
	list_begin(&view->list);
	for (i = 1; i <= 5; i++)
		list_add(&view->list, row_new(&view->list, i, ROW_POOL));
	list_end(&view->list);
	return VIEW_DONE;
}

static void
enter(struct view *view, const struct row *row)
{
	(void)view;
	opened = (int)row->key;
}

static const struct view_type type = { .id = VIEW_DEFERRED,
	.name = "list",
	.title = "List",
	.empty = "",
	.columns = columns,
	.column_n = COUNT(columns),
	.sort = -1,
	.read = read_rows,
	.enter = enter };

static void
nothing_answered(struct console *c, void *arg, const char *text)
{
	(void)c;
	*(int *)arg = text == NULL ? -1 : 1;
}

/* What the work does while the keys wait. */
enum work { NO_WORK, SELECTS, TAGS, ASKS, OPENS };

static void
work(struct console *c, enum work what, int *answer)
{
	switch (what) {
	case NO_WORK: break;
	case SELECTS: list_go(&console_view(c)->list, 4); break;
	case TAGS: find_tag_all(c, ""); break;
	case ASKS: prompt_confirm(c, 2, "Release 2 triplets?", nothing_answered, answer); break;
	case OPENS: console_stack(c, &type); break;
	}
}

static void
hold(struct console *c, const char *keys)
{
	char name[KEY_NAME_MAX];

	while (*keys != '\0') {
		size_t len = strcspn(keys, " ");

		snprintf(name, sizeof(name), "%.*s", (int)len, keys);
		busy_hold(c, key_parse(name));
		keys += len + (keys[len] == ' ');
	}
}

static void
keys_wait_for_the_end(void **state)
{
	static const struct {
		const char *name, *keys;
		enum work work;
		int at, opened; /* afterwards; 0: nothing was opened */
		const char *said;
	} cases[] = {
		{ "nothing typed", "", SELECTS, 4, 0, "" },
		{ "as on the screen", "j j Enter", NO_WORK, 2, 3, "" },
		{ "moves need no row", "k k", SELECTS, 2, 0, "" },
		{ "another row", "Enter", SELECTS, 4, 0, "done; 1 key typed meanwhile not taken" },
		{ "from there on", "k Enter k", SELECTS, 3, 0, "2 keys typed meanwhile not taken" },
		{ "other tags", "j Enter", TAGS, 1, 0, "1 key typed meanwhile not taken" },
		{ "a question nobody has read", "y j", ASKS, 0, 0,
		    "done; 2 keys typed meanwhile not taken" },
		{ "another view", "j", OPENS, 0, 0, "done; 1 key typed meanwhile not taken" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct console *c = console_make(24, 80);
		struct view *view = console_stack(c, &type);
		int answer = 0;

		view_read_slice(view);
		opened = 0;
		hold(c, cases[i].keys);
		work(c, cases[i].work, &answer);
		console_say(c, "done");
		busy_end(c);
		want_int(cases[i].name, (long long)view->list.at, cases[i].at);
		want_int(cases[i].name, opened, cases[i].opened);
		want_int(cases[i].name, answer, 0);
		if (*cases[i].said != '\0')
			want_text(cases[i].name, last_message(c), cases[i].said);
		else
			want_text(cases[i].name, last_message(c), "done");
		busy_end(c);
		want_int("once", (long long)view->list.at, cases[i].at);
		console_unmake(c);
	}
	end_cases();
}

/* A question that waited for its answer already is answered by what is typed. */
static void
an_answer_to_a_question_that_was_there(void **state)
{
	struct console *c = console_make(24, 80);
	int answer = 0;

	(void)state;
	view_read_slice(console_stack(c, &type));
	prompt_confirm(c, 2, "Release 2 triplets?", nothing_answered, &answer);
	hold(c, "y");
	busy_end(c);
	want_int("answered", answer, 1);
	console_unmake(c);
	end_cases();
}

static void
too_many(void **state)
{
	struct console *c = console_make(24, 80);
	int i;

	(void)state;
	view_read_slice(console_stack(c, &type));
	busy_hold(c, K_MOUSE); /* where it clicked is forgotten */
	for (i = 0; i < BUSY_KEYS_MAX + 2; i++)
		busy_hold(c, 'j');
	busy_end(c);
	want_int("at", (long long)console_view(c)->list.at, 4);
	want_text("said", last_message(c), "3 keys typed meanwhile not taken");
	console_unmake(c);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_wait_for_the_end),
		cmocka_unit_test(an_answer_to_a_question_that_was_there),
		cmocka_unit_test(too_many),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
