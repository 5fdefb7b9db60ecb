/* test_store_schema.c - migrations: with a list of versions to come, with a list that fails, and
 * killed at each step. Afterwards the file is the old or the new one, never between. */
#include "tests/unit/store_fixture.h"

#include <ctype.h>
#include <signal.h>

#include "common/store/change.h"
#include "common/store/db.h"
#include "common/store/schema.h"

#define STEP_2 "ALTER TABLE rule ADD COLUMN colour TEXT;"
#define STEP_3 "CREATE TABLE extra (x INTEGER) STRICT;"
#define DIE "SELECT die();"

/* Versions to come. */
#define NOW_V SCHEMA_VERSION
#define NEXT (SCHEMA_VERSION + 1)

static const struct schema_migration good[] = { { NEXT, STEP_2 }, { NEXT + 1, STEP_3 },
	{ 0, NULL } };

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
	assert_int_equal(count(store, COLOURS), want >= NEXT);
	assert_int_equal(count(store, EXTRAS), want >= NEXT + 1);
	assert_int_equal(store_quick_check(store, &err), STORE_YES);
}

/* The copy of the version before is whole. */
static void
check_copy(const struct fixture *f)
{
	struct store *copy;
	char path[100];

	snprintf(path, sizeof(path), "%s.v%d", f->path, NOW_V);
	copy = must_open(path, STORE_READ);
	check_version(copy, NOW_V);
	assert_int_equal(count(copy, "SELECT count(*) FROM meta"), 3);
	store_close(copy);
}

static void
test_two_steps(void **state)
{
	struct fixture *f = *state;
	char notice[ERR_TEXT_MAX];
	struct err err;

	assert_int_equal(schema_migrate(f->store, good, NOW_V, NEXT + 1, notice, &err), 0);
	assert_non_null(strstr(notice, "from version 4 to 6"));
	check_version(f->store, NEXT + 1);
	check_copy(f);
}

/* Steps that lie behind, or ahead of the target, are not taken. */
static void
test_part_of_the_list(void **state)
{
	struct fixture *f = *state;
	struct err err;

	assert_int_equal(schema_migrate(f->store, good, NOW_V, NEXT, NULL, &err), 0);
	check_version(f->store, NEXT);
	assert_int_equal(schema_migrate(f->store, good, NEXT, NEXT + 1, NULL, &err), 0);
	check_version(f->store, NEXT + 1);
	check_copy(f);
}

static void
test_failures(void **state)
{
	static const struct schema_migration broken[] = { { NEXT, STEP_2 },
		{ NEXT + 1, "CREATE NONSENSE" }, { 0, NULL } };
	static const struct schema_migration gap[] = { { NEXT, STEP_2 }, { NEXT + 2, STEP_3 },
		{ 0, NULL } };
	static const struct {
		const char *name;
		const struct schema_migration *list;
		int to;
		const char *want_text;
	} cases[] = {
		{ "wrong SQL", broken, NEXT + 1, "syntax error" },
		{ "a step missing", gap, NEXT + 2, "nothing leads from version 5" },
		{ "list too short", good, NEXT + 2, "nothing leads from version 6" },
	};
	struct fixture *f = *state;
	int failures = 0;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err.text[0] = '\0';
		if (schema_migrate(f->store, cases[i].list, NOW_V, cases[i].to, NULL, &err) != -1 ||
		    strstr(err.text, cases[i].want_text) == NULL) {
			print_error("%s: got \"%s\", want \"%s\"\n", cases[i].name, err.text,
			    cases[i].want_text);
			failures++;
		}
		check_version(f->store, NOW_V);
	}
	assert_int_equal(failures, 0);
	assert_int_equal(schema_migrate(f->store, good, NOW_V, NEXT + 1, NULL, &err), 0);
	check_version(f->store, NEXT + 1);
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
	return schema_migrate(store, killed->list, NOW_V, NEXT + 1, NULL, NULL) == 0 ? 0 : 2;
}

static void
test_killed(void **state)
{
	static const struct schema_migration lists[][3] = {
		{ { NEXT, DIE STEP_2 }, { NEXT + 1, STEP_3 }, { 0, NULL } },
		{ { NEXT, STEP_2 DIE }, { NEXT + 1, STEP_3 }, { 0, NULL } },
		{ { NEXT, STEP_2 }, { NEXT + 1, STEP_3 DIE }, { 0, NULL } },
	};
	struct fixture *f = *state;
	struct err err;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct killed killed = { f->path, lists[i] };

		assert_int_equal(child_run(migrate_and_die, &killed), -SIGKILL);
		f->store = must_open(f->path, STORE_SERVER);
		check_version(f->store, NOW_V);
		store_close(f->store);
	}
	f->store = must_open(f->path, STORE_SERVER);
	assert_int_equal(schema_migrate(f->store, good, NOW_V, NEXT + 1, NULL, &err), 0);
	check_version(f->store, NEXT + 1);
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

	snprintf(part, sizeof(part), "%s.v%d.part", f->path, NOW_V);
	file = fopen(part, "w");
	assert_non_null(file);
	fputs("half", file);
	fclose(file);
	assert_int_equal(schema_migrate(f->store, good, NOW_V, NEXT + 1, NULL, &err), 0);
	assert_int_equal(access(part, F_OK), -1);
	check_copy(f);
}

/* ---- two programs at once ---- */

/* Who comes second has read the old version before: the file stays as it is, and so does the copy,
 * which is of the old version. */
static void
test_migrated_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct store *late = must_open(f->path, STORE_SERVER);
	char notice[ERR_TEXT_MAX] = "";
	struct err err;

	assert_int_equal(schema_migrate(f->store, good, NOW_V, NEXT + 1, NULL, &err), 0);
	if (schema_migrate(late, good, NOW_V, NEXT + 1, notice, &err) == -1)
		fail_msg("%s", err.text);
	assert_string_equal(notice, "");
	check_version(late, NEXT + 1);
	check_copy(f);
	/* Less far than wanted is nothing to go on from. */
	assert_int_equal(schema_migrate(late, good, NOW_V, NEXT, NULL, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	check_copy(f);
	store_close(late);
}

struct racer {
	const char *path;
	int ready_fd, go_fd;
};

static int
race(void *arg)
{
	const struct racer *racer = arg;
	struct store *store = open_mode(racer->path, STORE_SERVER, NULL);
	struct err err = { 0 };
	int tries = 100;
	char byte = 0;

	if (store == NULL || write(racer->ready_fd, &byte, 1) != 1 ||
	    read(racer->go_fd, &byte, 1) != 1)
		return 1;
	/* As a program that is started again. */
	while (schema_migrate(store, good, NOW_V, NEXT + 1, NULL, &err) == -1) {
		if (err.code != ERR_TEMP || --tries == 0)
			return 2;
		usleep(10000);
	}
	store_close(store);
	return 0;
}

static void
test_race(void **state)
{
	struct fixture *f = *state;
	int ready[2], go[2], i;
	struct racer racer;
	pid_t pids[4];
	char byte;

	store_close(must_open(f->path, STORE_SERVER));
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	racer = (struct racer){ f->path, ready[1], go[0] };
	for (i = 0; i < 4; i++)
		pids[i] = child_start(race, &racer);
	for (i = 0; i < 4; i++)
		assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(write(go[1], "1234", 4), 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(child_wait(pids[i]), 0);
	for (i = 0; i < 2; i++) {
		close(ready[i]);
		close(go[i]);
	}
	f->store = db_open_plain(f->path, NULL);
	assert_non_null(f->store);
	check_version(f->store, NEXT + 1);
	check_copy(f);
}

/* ---- the versions that were ---- */

static char *
slurp(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static void
make_file(const char *path, const char *schema_path, const char *rows)
{
	char *schema = slurp(schema_path);
	char *message = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, schema, NULL, NULL, NULL), SQLITE_OK);
	if (sqlite3_exec(db, rows, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s", message);
	sqlite3_close(db);
	free(schema);
}

/* A file as version 1 left it, with a row in each table that later versions change. */
static void
make_version_1(const char *path)
{
	static const char rows[] =
	    "PRAGMA application_id = 0x67677431; PRAGMA user_version = 1;"
	    "INSERT INTO triplet VALUES (7, 'n', 's', 'r', NULL, 'R', 'c', NULL, 'h', "
	    "1, 2, 3, 4, 5, 6), (9, 'n', 's', '', 'S', NULL, 'c', 'name', NULL, "
	    "1, 1, 1, 0, NULL, NULL);"
	    "INSERT INTO client VALUES (3, '192.0.2.1', NULL, 1, 2, 3);"
	    "INSERT INTO rule (id, scope, pattern, action, created_s) "
	    "VALUES (5, '@.', '@a', 'allow', 1);"
	    "INSERT INTO policy (scope, sender, delay_s, created_s, expires_s) "
	    "VALUES ('@.', '@.', 9, 1, 77);"
	    "INSERT INTO event VALUES (2, 1, 'pass', 'r', 0, 'c', '', '', 's', 'r', 7, NULL);"
	    "INSERT INTO change VALUES (4, 1, 'ann', 'rule add', 'rule', 5, NULL, '{}');"
	    "UPDATE meta SET value = x'00112233445566778899aabbccddeeff' WHERE name = 'hash_key';"
	    "UPDATE meta SET value = 42 WHERE name = 'generation'";

	make_file(path, "tests/fixtures/schema-v1.sql", rows);
}

/* The same of version 2. */
static void
make_version_2(const char *path)
{
	make_file(path, "tests/fixtures/schema-v2.sql",
	    "PRAGMA application_id = 0x67677431; PRAGMA user_version = 2;"
	    "INSERT INTO triplet VALUES (7, 'n', 's', 'r', NULL, 'R', 'c', NULL, 'h', "
	    "1, 2, 3, 4, 5, 6, 'pass', 'd');"
	    "INSERT INTO client VALUES (3, '192.0.2.1', NULL, 1, 2, 3)");
}

/* Version 3, with two changes, and counts of two minutes. */
static void
make_version_3(const char *path)
{
	make_file(path, "tests/fixtures/schema-v3.sql",
	    "PRAGMA application_id = 0x67677431; PRAGMA user_version = 3;"
	    "INSERT INTO domain (id, name, created_s) VALUES (5, 'a.example', 1);"
	    "INSERT INTO change VALUES (4, 1, 'ann', 'rule add', 'rule', 5, NULL, '{}'), "
	    "(6, 1, 'ann', 'domain refresh', 'domain', 5, '{}', '{}'), "
	    "(7, 1, 'bob', 'undo', 'change', 4, '{}', NULL);"
	    "INSERT INTO stat VALUES (60, 'new', 2, 0), (120, 'new', 3, 0), "
	    "(120, 'triplet found', 1, 200)");
}

static char *
text_of(struct store *store, const char *sql)
{
	sqlite3_stmt *stmt;
	char *text;

	assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_type(stmt, 0), SQLITE_TEXT);
	text = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Takes comments away, and blanks but between two words. */
static void
squeeze(char *text)
{
	char *start = text, *out = text;

	while (*text != '\0') {
		char last = out == start ? '\0' : out[-1];

		if (strncmp(text, "--", 2) == 0) {
			text += strcspn(text, "\n");
		} else if (isspace((unsigned char)*text)) {
			text += strspn(text, " \t\n");
			if (is_word(last) && is_word(*text))
				*out++ = ' ';
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

/* The statements that make the tables and indexes, without what differs in writing only. */
static char *
schema_text(struct store *store)
{
	char *text = text_of(store,
	    "SELECT group_concat(line, ';') FROM (SELECT type || ' ' || name || ':' || "
	    "coalesce(sql, '') AS line FROM sqlite_schema ORDER BY type, name)");

	squeeze(text);
	return text;
}

/* What version 1 knew of its rows. */
#define ROW_QUERY                                                                                  \
	"SELECT json_group_array(line) FROM ("                                                     \
	"SELECT json_array(id, net, sender_key, quote(recipient_key), sender, recipient, "         \
	"client_address, client_name, helo, first_s, last_s, attempts, passes, passed_s, "         \
	"released_s) AS line FROM triplet UNION ALL "                                              \
	"SELECT json_array(id, address, name, first_s, last_s, passes) FROM client UNION ALL "     \
	"SELECT json_array(id, scope, pattern, action, comment, created_s) FROM rule UNION ALL "   \
	"SELECT json_array(id, scope, sender, greylist, delay_s, created_s, expires_s, hits) "     \
	"FROM policy UNION ALL "                                                                   \
	"SELECT json_array(id, time_s, action, triplet_id) FROM event UNION ALL "                  \
	"SELECT json_array(id, author, object_id, after) FROM change UNION ALL "                   \
	"SELECT json_array(name, quote(value)) FROM meta)"

static void
assert_copy_of_version_1(const char *path, const char *rows)
{
	struct store store = { .db = NULL };
	char copy[100], *text;

	snprintf(copy, sizeof(copy), "%s.v1", path);
	assert_int_equal(sqlite3_open_v2(copy, &store.db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(count(&store, "PRAGMA user_version"), 1);
	assert_int_equal(count(&store, "PRAGMA application_id"), SCHEMA_APPLICATION_ID);
	text = text_of(&store, ROW_QUERY);
	assert_string_equal(text, rows);
	free(text);
	sqlite3_close(store.db);
}

/* An operator's program leaves an old file alone and says who brings it up. */
static void
assert_server_needed(const char *path)
{
	static const enum store_mode modes[] = { STORE_WRITE, STORE_READ };
	struct err err;
	size_t i;

	for (i = 0; i < 2; i++) {
		assert_null(open_mode(path, modes[i], &err));
		assert_int_equal(err.code, ERR_CONFIG);
		assert_non_null(strstr(err.text, "has version 1; start greygated to migrate it"));
	}
}

static void
test_version_1(void **state)
{
	static const uint8_t want_key[STORE_HASH_KEY_LEN] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
		0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	struct fixture *f = *state;
	struct store_options options = { .path = f->path, .mode = STORE_SERVER };
	uint8_t key[STORE_HASH_KEY_LEN];
	char notice[ERR_TEXT_MAX], *rows;
	struct store *store;
	struct err err;

	make_version_1(f->path);
	assert_server_needed(f->path);
	store = store_open(&options, notice, &err);
	assert_non_null(store);
	assert_non_null(strstr(notice, "migrated from version 1 to 4"));
	check_version(store, SCHEMA_VERSION);
	assert_int_equal(store_hash_key(store, key, &err), 0);
	assert_memory_equal(key, want_key, sizeof(key));
	assert_int_equal(count(store, "SELECT count(*) FROM triplet WHERE spf IS NULL AND "
				      "spf_domain IS NULL"),
	    2);
	assert_int_equal(count(store, "SELECT count(*) FROM policy WHERE spf IS NULL"), 1);
	rows = text_of(store, ROW_QUERY);
	store_close(store);
	assert_copy_of_version_1(f->path, rows);
	free(rows);
	/* Once is enough. */
	store = store_open(&options, notice, &err);
	assert_non_null(store);
	assert_string_equal(notice, "");
	store_close(store);
}

/* Version 3 adds columns that are NULL, and keeps the rest. */
static void
test_version_2(void **state)
{
	static const char rows[] =
	    "SELECT json_group_array(line) FROM (SELECT json_array(id, net, sender_key, "
	    "recipient, passed_s, spf, spf_domain) AS line FROM triplet UNION ALL "
	    "SELECT json_array(id, address, passes) FROM client)";
	struct fixture *f = *state;
	struct store_options options = { .path = f->path, .mode = STORE_SERVER };
	char notice[ERR_TEXT_MAX], *text;
	struct store *store;
	struct err err;

	make_version_2(f->path);
	store = store_open(&options, notice, &err);
	assert_non_null(store);
	assert_non_null(strstr(notice, "migrated from version 2 to 4"));
	check_version(store, SCHEMA_VERSION);
	text = text_of(store, rows);
	assert_string_equal(text, "[\"[7,\\\"n\\\",\\\"s\\\",\\\"R\\\",5,\\\"pass\\\",\\\"d\\\"]\","
				  "\"[3,\\\"192.0.2.1\\\",3]\"]");
	assert_int_equal(
	    count(store, "SELECT (SELECT count(*) FROM triplet WHERE import_id IS NULL) + "
			 "(SELECT count(*) FROM client WHERE import_id IS NULL)"),
	    2);
	free(text);
	store_close(store);
}

/* Version 4 knows commands: the changes that are there are one each. */
static void
test_version_3(void **state)
{
	struct fixture *f = *state;
	struct store_options options = { .path = f->path, .mode = STORE_SERVER };
	int64_t change_n, undone_n, id = INT64_MAX;
	char notice[ERR_TEXT_MAX];
	struct store *store;
	struct err err;
	int commands = 0;

	make_version_3(f->path);
	store = store_open(&options, notice, &err);
	assert_non_null(store);
	assert_non_null(strstr(notice, "migrated from version 3 to 4"));
	check_version(store, SCHEMA_VERSION);
	assert_int_equal(count(store, "SELECT count(*) FROM change WHERE command_id IS NULL"), 3);
	while (store_command_before(store, id, &id, &err) == STORE_YES) {
		assert_int_equal(store_command_count(store, id, &change_n, &undone_n, &err), 0);
		assert_int_equal(change_n, 1);
		assert_int_equal(undone_n, id == 4);
		commands++;
	}
	assert_int_equal(commands, 3);
	assert_int_equal(count(store, "SELECT count FROM total WHERE reason = 'new'"), 5);
	assert_int_equal(count(store, "SELECT sum(delay_s) FROM total"), 200);
	store_close(store);
}

/* Whoever comes from an old version has what a new file has: columns in order, types, keys, checks,
 * indexes. */
static void
assert_as_fresh(struct fixture *f, void (*make)(const char *path))
{
	char fresh_path[100], *migrated_text, *fresh_text;
	struct store *migrated, *fresh;

	make(f->path);
	migrated = must_open(f->path, STORE_SERVER);
	snprintf(fresh_path, sizeof(fresh_path), "%s.fresh", f->path);
	fresh = must_open(fresh_path, STORE_SERVER);
	migrated_text = schema_text(migrated);
	fresh_text = schema_text(fresh);
	assert_non_null(strstr(fresh_text, "spf_domain TEXT,import_id INTEGER)STRICT"));
	assert_non_null(strstr(fresh_text, "index difference_domain:"));
	assert_non_null(strstr(fresh_text, "index change_command:"));
	assert_string_equal(migrated_text, fresh_text);
	free(migrated_text);
	free(fresh_text);
	store_close(migrated);
	store_close(fresh);
}

static void
test_migrated_as_fresh(void **state)
{
	assert_as_fresh(*state, make_version_1);
}

static void
test_version_2_as_fresh(void **state)
{
	assert_as_fresh(*state, make_version_2);
}

static void
test_version_3_as_fresh(void **state)
{
	assert_as_fresh(*state, make_version_3);
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
		TEST_WITH_STORE(test_migrated_meanwhile),
		TEST_IN_FOLDER(test_race),
		TEST_IN_FOLDER(test_version_1),
		TEST_IN_FOLDER(test_version_2),
		TEST_IN_FOLDER(test_migrated_as_fresh),
		TEST_IN_FOLDER(test_version_2_as_fresh),
		TEST_IN_FOLDER(test_version_3),
		TEST_IN_FOLDER(test_version_3_as_fresh),
	};

	return cmocka_run_group_tests_name("store_schema", tests, NULL, NULL);
}
