/* test_pager.c - windows on a table of ten thousand ids with gaps, that changes meanwhile. After
 * each step a window has every row between its ends that is wanted, each once, newest first. */
#include "tests/unit/view_fixture.h"

#include "tui/pager.h"

#define IDS 10000
#define KEPT 3000
#define SLICE_ROWS 4000

enum { TEXT };
static const struct column columns[] = {
	[TEXT] = { "text", "TEXT", COLUMN_TEXT, 1, 10, LIST_REST, NULL },
};

/* The table: which ids there are, and which of them the view wants. */
static struct {
	bool there[IDS * 2];
	bool (*wanted)(int64_t id);
	int64_t greatest;
	int64_t looked_at; /* by the last slice */
	int fails_after;   /* slices; -1: never */
} table;

static void
make_table(bool (*there)(int64_t id), bool (*wanted)(int64_t id))
{
	int64_t id;

	memset(&table, 0, sizeof(table));
	for (id = 1; id <= IDS; id++)
		table.there[id] = there(id);
	table.wanted = wanted;
	table.greatest = IDS;
	table.fails_after = -1;
}

static bool
all(int64_t id)
{
	return id > 0;
}

static bool
with_gaps(int64_t id)
{
	return id % 7 != 0 && id / 100 % 10 != 3;
}

static bool
every_third(int64_t id)
{
	return id % 3 == 0;
}

static bool
none(int64_t id)
{
	return id < 0;
}

/* Few for long, then many: what a stride that grew meets. */
static bool
old_ones(int64_t id)
{
	return id < 5500 || id > IDS - 400;
}

static void
hand_out(struct pager *pager, int64_t id)
{
	struct row *row;

	table.looked_at++;
	if (!table.wanted(id))
		return;
	row = row_new(&pager->view->list, id, ROW_TEXT);
	row_printf(row, TEXT, "row %d %s", (int)id, id % 1000 == 0 ? "rare" : "plain");
	pager_row(pager, row);
}

static int
slice(
    struct pager *pager, int64_t from, int step, int64_t limit, int64_t *last_out, struct err *err)
{
	int64_t id = from;

	table.looked_at = *last_out = 0;
	if (table.fails_after == 0)
		return err_set(err, ERR_TEMP, "the table is locked");
	table.fails_after -= table.fails_after > 0;
	for (id += step; id > 0 && id <= table.greatest && table.looked_at < limit; id += step)
		if (table.there[id]) {
			hand_out(pager, id);
			*last_out = id;
		}
	return 0;
}

static int
down(struct pager *pager, int64_t before, int64_t limit, int64_t *last_out, struct err *err)
{
	if (before > table.greatest + 1)
		before = table.greatest + 1;
	return slice(pager, before, -1, limit, last_out, err);
}

static int
up(struct pager *pager, int64_t after, int64_t limit, int64_t *last_out, struct err *err)
{
	return slice(pager, after, 1, limit, last_out, err);
}

static int
greatest(struct pager *pager, int64_t *id_out, struct err *err)
{
	int64_t id = table.greatest;

	(void)pager;
	(void)err;
	while (id > 0 && !table.there[id])
		id--;
	*id_out = id;
	return 0;
}

static const struct pager_source source = { down, up, greatest };

/* ---- a view of it ---- */

static int
open_view(struct view *view, struct err *err)
{
	(void)err;
	view->state = calloc(1, sizeof(struct pager));
	pager_init(view->state, view, &source, NULL);
	return 0;
}

static void
close_view(struct view *view)
{
	free(view->state);
}

static enum view_read
read_view(struct view *view, bool begin, struct err *err)
{
	return pager_read(view->state, begin, err);
}

static enum view_read
extend_view(struct view *view, bool backward, struct err *err)
{
	return pager_extend(view->state, backward, err);
}

static void
jump_view(struct view *view, bool front)
{
	pager_jump(view->state, front);
}

static const struct view_type type = {
	.id = VIEW_PASSED,
	.name = "test",
	.title = "Test",
	.empty = "Nothing.",
	.columns = columns,
	.column_n = 1,
	.flags = VIEW_IS_WINDOW,
	.sort = -1,
	.open = open_view,
	.close = close_view,
	.read = read_view,
	.extend = extend_view,
	.jump = jump_view,
};

static struct console *console;
static struct view *view;

static void
begin(bool (*there)(int64_t id), bool (*wanted)(int64_t id))
{
	make_table(there, wanted);
	console = console_make(24, 80);
	view = console_stack(console, &type);
}

static void
end(void)
{
	console_unmake(console);
	end_cases();
}

static void
read_all(void)
{
	while (view_wants_slice(view))
		view_read_slice(view);
	console->dirty = true;
	console_draw(console);
}

static void
read_again(void)
{
	view_stale(view, true);
	read_all();
}

static int64_t
selected(void)
{
	const struct row *row = list_current(&view->list);

	return row == NULL ? 0 : row->key;
}

static bool
is_shown(int64_t id)
{
	char text[64];

	if (!table.there[id] || !table.wanted(id))
		return false;
	snprintf(text, sizeof(text), "row %d %s", (int)id, id % 1000 == 0 ? "rare" : "plain");
	return view->list.filter.text == NULL || strstr(text, view->list.filter.text) != NULL;
}

/* Every row once, none missing between the first and the last. */
static void
check_window(const char *name)
{
	const struct list *list = &view->list;
	int64_t id = list->row_n == 0 ? 0 : list->rows[0]->key;
	size_t i;

	want_int(name, (long long)list->shown_n, (long long)list->row_n);
	want_int(name, list->row_n <= KEPT + SLICE_ROWS, true);
	for (i = 0; i < list->row_n; i++, id--) {
		while (id > 0 && !is_shown(id))
			id--;
		want_int(name, list->rows[i]->key, id);
		if (list->rows[i]->key != id)
			return;
	}
}

static int64_t
newest(void)
{
	int64_t id = table.greatest;

	while (id > 0 && !is_shown(id))
		id--;
	return id;
}

static int64_t
oldest(void)
{
	int64_t id = 1;

	while (id < table.greatest && !is_shown(id))
		id++;
	return id;
}

/* ---- tests ---- */

static void
first_window(void **state)
{
	(void)state;
	begin(with_gaps, all);
	read_all();
	check_window("first");
	want_int("front", selected(), newest());
	want_int("no more than wanted", view->list.row_n < 700, true);
	want_int("more", view->more, true);
	end();
}

/* Each row is met, one after the other, to the end and back. */
static void
walk(const char *name, void (*move)(struct console *c, const char *arg), int64_t to, int step)
{
	int64_t before;
	int turns = 0;

	while (selected() != to && turns++ < IDS) {
		before = selected();
		move(console, "");
		console_draw(console);
		for (before += step; before > 0 && before <= table.greatest && !is_shown(before);)
			before += step;
		want_int(name, selected(), before);
		if (selected() != before)
			return;
	}
	want_int(name, selected(), to);
}

static void
one_by_one(void **state)
{
	static const struct {
		const char *name;
		bool (*wanted)(int64_t id);
	} cases[] = { { "all", all }, { "every third", every_third }, { "old ones", old_ones } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		begin(with_gaps, cases[i].wanted);
		read_all();
		walk(cases[i].name, move_down, oldest(), -1);
		check_window(cases[i].name);
		want_int(cases[i].name, view->more, false);
		walk(cases[i].name, move_up, newest(), 1);
		check_window(cases[i].name);
		end();
	}
}

static void
refreshed_in_place(void **state)
{
	int64_t at;
	int i;

	(void)state;
	begin(with_gaps, all);
	read_all();
	for (i = 0; i < 200; i++)
		press(console, "PgDn");
	console_draw(console);
	check_window("far down");
	at = selected();
	for (i = 0; i < 5; i++) {
		size_t rows = view->list.row_n;

		read_again();
		want_int("the same row", selected(), at);
		want_int("as many", (long long)view->list.row_n, (long long)rows);
		check_window("again");
	}
	end();
}

/* The front is watched while mail comes for long: the window does not grow. */
static void
bounded_while_rows_come(void **state)
{
	int i, n;

	(void)state;
	begin(all, all);
	read_all();
	for (i = 0; i < 60; i++) {
		for (n = 0; n < 150 && table.greatest < IDS * 2 - 1; n++)
			table.there[++table.greatest] = true;
		read_again();
		check_window("coming");
	}
	want_int("bounded", view->list.row_n <= KEPT, true);
	press(console, "g");
	read_all();
	want_int("front", selected(), newest());
	end();
}

static void
rows_come_and_go(void **state)
{
	unsigned seed = 7;
	int i, n;

	(void)state;
	begin(with_gaps, all);
	read_all();
	for (i = 0; i < 400; i++) {
		static const char *const keys[] = { "PgDn", "PgUp", "j", "k", "^D", "^U", "G", "g",
			"PgDn", "PgDn" };
		int64_t at;

		for (n = 0; n < 20; n++) {
			seed = seed * 1103515245 + 12345;
			table.there[1 + (seed >> 8) % IDS] = false;
		}
		for (n = 0; n < 5; n++)
			table.there[++table.greatest] = true;
		press(console, keys[(seed >> 16) % COUNT(keys)]);
		read_all();
		at = selected();
		read_again();
		if (at > 0 && is_shown(at))
			want_int("the same row", selected(), at);
		check_window("come and go");
	}
	end();
}

static void
to_the_end_and_back(void **state)
{
	(void)state;
	begin(with_gaps, every_third);
	read_all();
	press(console, "G");
	console_draw(console);
	want_int("end", selected(), oldest());
	check_window("end");
	want_int("a window", view->list.row_n >= 20 && view->list.row_n <= KEPT, true);
	read_again();
	want_int("end again", selected(), oldest());
	check_window("end again");
	walk("up", move_up, newest(), 1);
	press(console, "G g");
	want_int("is read", view->was_read, false);
	read_all();
	want_int("front", selected(), newest());
	check_window("front");
	end();
}

static void
filters(void **state)
{
	(void)state;
	begin(all, all);
	read_all();
	find_filter(console, "rare");
	read_all();
	want_int("few", (long long)view->list.row_n, IDS / 1000);
	check_window("few");
	press(console, "G");
	want_int("the last", selected(), 1000);
	find_filter(console, "nowhere");
	read_all();
	want_int("none", (long long)view->list.row_n, 0);
	press(console, "j k G g PgDn");
	read_all();
	want_int("none", (long long)view->list.row_n, 0);
	find_filter(console, "-");
	read_all();
	check_window("no filter");
	want_int("not all of the table", view->list.row_n <= KEPT, true);
	want_int("front", selected(), newest());
	end();
}

/* The row that a filter found is still selected without it, when it is near. */
static void
a_row_found_by_a_filter(void **state)
{
	(void)state;
	begin(all, all);
	read_all();
	find_filter(console, "rare");
	read_all();
	press(console, "j");
	want_int("second", selected(), 9000);
	press(console, "Esc");
	read_all();
	want_int("still", selected(), 9000);
	check_window("without");
	end();
}

/* A filter that is set far down is for newer rows, too. */
static void
a_filter_far_down(void **state)
{
	int i;

	(void)state;
	begin(all, all);
	read_all();
	for (i = 0; i < 250; i++)
		press(console, "PgDn");
	find_filter(console, "rare");
	read_all();
	want_int("all of them", (long long)view->list.row_n, IDS / 1000);
	end();
}

/* What was gathered for one filter is nothing for the next. */
static void
another_filter_while_reading(void **state)
{
	(void)state;
	begin(all, all);
	read_all();
	find_filter(console, "nowhere");
	view_read_slice(view);
	view_read_slice(view);
	want_int("reading", view->reading, true);
	find_filter(console, "-");
	read_all();
	check_window("not mixed");
	want_int("front", selected(), newest());
	end();
}

static void
jumps_while_reading(void **state)
{
	(void)state;
	begin(with_gaps, all);
	read_all();
	view_stale(view, true);
	view_read_slice(view);
	find_filter(console, "plain");
	view_read_slice(view);
	press(console, "G");
	want_int("end", selected(), oldest());
	read_all();
	check_window("after");
	end();
}

/* What the window held expires as a whole. */
static void
all_of_the_window_goes(void **state)
{
	int64_t id;

	(void)state;
	begin(all, all);
	read_all();
	press(console, "G");
	console_draw(console);
	for (id = 1; id < 5000; id++)
		table.there[id] = false;
	read_again();
	check_window("newer ones");
	want_int("not empty", view->list.row_n > 0, true);
	for (id = 1; id <= IDS; id++)
		table.there[id] = false;
	read_again();
	want_int("empty", (long long)view->list.row_n, 0);
	press(console, "j k G g");
	table.there[++table.greatest] = true;
	read_again();
	want_int("the first one", selected(), table.greatest);
	end();
}

static void
few_and_none(void **state)
{
	(void)state;
	begin(none, all);
	read_all();
	press(console, "j k G g PgDn PgUp");
	read_all();
	want_int("none", (long long)view->list.row_n, 0);
	want_int("none", view->more, false);
	end();
	begin(every_third, none);
	read_all();
	press(console, "G j k g");
	read_all();
	want_int("none wanted", (long long)view->list.row_n, 0);
	end();
}

static void
failures(void **state)
{
	size_t rows;
	int64_t at;

	(void)state;
	begin(with_gaps, all);
	read_all();
	press(console, "PgDn PgDn");
	at = selected();
	rows = view->list.row_n;
	table.fails_after = 0;
	read_again();
	want_int("failed", view->failed, true);
	want_text("said", last_message(console), "the table is locked");
	want_int("kept", (long long)view->list.row_n, (long long)rows);
	press(console, "G");
	want_text("said", last_message(console), "the table is locked");
	table.fails_after = -1;
	press(console, "g");
	read_again();
	check_window("well again");
	(void)at;
	want_int("front", selected(), newest());
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_window),
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(refreshed_in_place),
		cmocka_unit_test(bounded_while_rows_come),
		cmocka_unit_test(rows_come_and_go),
		cmocka_unit_test(to_the_end_and_back),
		cmocka_unit_test(filters),
		cmocka_unit_test(a_row_found_by_a_filter),
		cmocka_unit_test(a_filter_far_down),
		cmocka_unit_test(another_filter_while_reading),
		cmocka_unit_test(jumps_while_reading),
		cmocka_unit_test(all_of_the_window_goes),
		cmocka_unit_test(few_and_none),
		cmocka_unit_test(failures),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
