/* test_store_schema.c - migrations: with a list of versions to come, with a list that fails, and
 * killed at each step. Afterwards the file is the old or the new one, never between. */
#include "tests/unit/store_fixture.h"

#include <signal.h>

#include "common/store/db.h"
#include "common/store/schema.h"

#define STEP_2 "ALTER TABLE rule ADD COLUMN colour TEXT;"
#define STEP_3 "CREATE TABLE extra (x INTEGER) STRICT;"
#define DIE "SELECT die();"

static const struct schema_migration good[] = { { 2, STEP_2 }, { 3, STEP_3 }, { 0, NULL } };

static void
die(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)context;
	(void)n;
	(void)values;
	kill(getpid(), SIGKILL);
}

static int64_t
count(struct store *store, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t value = -1;

	if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

#define COLOURS "SELECT count(*) FROM pragma_table_info('rule') WHERE name = 'colour'"
#define EXTRAS "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"

static void
check_version(struct store *store, int want)
{
	int version = -1;
	struct err err;

	assert_int_equal(store_schema_version(store, &version, &err), 0);
	assert_int_equal(version, want);
	assert_int_equal(count(store, COLOURS), want >= 2);
	assert_int_equal(count(store, EXTRAS), want >= 3);
	assert_int_equal(store_quick_check(store, &err), STORE_YES);
}

/* The copy of version 1 is whole. */
static void
check_copy(const struct fixture *f)
{
	struct store *copy;
	char path[100];

	snprintf(path, sizeof(path), "%s.v1", f->path);
	copy = must_open(path, STORE_READ);
	check_version(copy, 1);
	assert_int_equal(count(copy, "SELECT count(*) FROM meta"), 3);
	store_close(copy);
}

static void
test_two_steps(void **state)
{
	struct fixture *f = *state;
	char notice[ERR_TEXT_MAX];
	struct err err;

	assert_int_equal(schema_migrate(f->store, good, 1, 3, notice, &err), 0);
	assert_non_null(strstr(notice, "from version 1 to 3"));
	check_version(f->store, 3);
	check_copy(f);
}

/* Steps that lie behind, or ahead of the target, are not taken. */
static void
test_part_of_the_list(void **state)
{
	struct fixture *f = *state;
	struct err err;

	assert_int_equal(schema_migrate(f->store, good, 1, 2, NULL, &err), 0);
	check_version(f->store, 2);
	assert_int_equal(schema_migrate(f->store, good, 2, 3, NULL, &err), 0);
	check_version(f->store, 3);
	check_copy(f);
}

static void
test_failures(void **state)
{
	static const struct schema_migration broken[] = { { 2, STEP_2 }, { 3, "CREATE NONSENSE" },
		{ 0, NULL } };
	static const struct schema_migration gap[] = { { 2, STEP_2 }, { 4, STEP_3 }, { 0, NULL } };
	static const struct {
		const char *name;
		const struct schema_migration *list;
		int to;
		const char *want_text;
	} cases[] = {
		{ "wrong SQL", broken, 3, "syntax error" },
		{ "a step missing", gap, 4, "nothing leads from version 2" },
		{ "list too short", good, 4, "nothing leads from version 3" },
	};
	struct fixture *f = *state;
	int failures = 0;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err.text[0] = '\0';
		if (schema_migrate(f->store, cases[i].list, 1, cases[i].to, NULL, &err) != -1 ||
		    strstr(err.text, cases[i].want_text) == NULL) {
			print_error("%s: got \"%s\", want \"%s\"\n", cases[i].name, err.text,
			    cases[i].want_text);
			failures++;
		}
		check_version(f->store, 1);
	}
	assert_int_equal(failures, 0);
	assert_int_equal(schema_migrate(f->store, good, 1, 3, NULL, &err), 0);
	check_version(f->store, 3);
}

struct killed {
	const char *path;
	const struct schema_migration *list;
};

static int
migrate_and_die(void *arg)
{
	const struct killed *killed = arg;
	struct store *store = open_mode(killed->path, STORE_SERVER, NULL);

	if (store == NULL)
		return 1;
	sqlite3_create_function(store->db, "die", 0, SQLITE_UTF8, NULL, die, NULL, NULL);
	return schema_migrate(store, killed->list, 1, 3, NULL, NULL) == 0 ? 0 : 2;
}

static void
test_killed(void **state)
{
	static const struct schema_migration lists[][3] = {
		{ { 2, DIE STEP_2 }, { 3, STEP_3 }, { 0, NULL } },
		{ { 2, STEP_2 DIE }, { 3, STEP_3 }, { 0, NULL } },
		{ { 2, STEP_2 }, { 3, STEP_3 DIE }, { 0, NULL } },
	};
	struct fixture *f = *state;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct killed killed = { f->path, lists[i] };

		assert_int_equal(child_run(migrate_and_die, &killed), -SIGKILL);
		f->store = must_open(f->path, STORE_SERVER);
		check_version(f->store, 1);
		store_close(f->store);
	}
	f->store = must_open(f->path, STORE_SERVER);
	assert_int_equal(schema_migrate(f->store, good, 1, 3, NULL, &err), 0);
	check_version(f->store, 3);
	check_copy(f);
}

/* What a kill within the copy leaves behind does not stop the next start. */
static void
test_half_a_copy(void **state)
{
	struct fixture *f = *state;
	char part[100];
	struct err err;
	FILE *file;

	snprintf(part, sizeof(part), "%s.v1.part", f->path);
	file = fopen(part, "w");
	assert_non_null(file);
	fputs("half", file);
	fclose(file);
	assert_int_equal(schema_migrate(f->store, good, 1, 3, NULL, &err), 0);
	assert_int_equal(access(part, F_OK), -1);
	check_copy(f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_two_steps),
		TEST_WITH_STORE(test_part_of_the_list),
		TEST_WITH_STORE(test_failures),
		TEST_IN_FOLDER(test_killed),
		TEST_WITH_STORE(test_half_a_copy),
	};

	return cmocka_run_group_tests_name("store_schema", tests, NULL, NULL);
}
