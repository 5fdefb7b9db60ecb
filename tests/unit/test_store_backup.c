/* test_store_backup.c - copies are whole or not there, take no name that is taken, and take the
 * place of a database without losing the old one. */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "common/store/backup_dir.h"
#include "common/store/db.h"
#include "common/store/edit.h"
#include "common/store/restore.h"
#include "common/store/rule.h"
#include "common/store/schema.h"
#include "common/store/triplet.h"
#include "tests/unit/cases.h"

#define STAMP_S 1767225600 /* 20260101-000000 */

static void
add_triplets(struct store *store, int n)
{
	struct triplet row = { .key = { SLICE("192.0.2.0/24"), SLICE("a"), SLICE("b") } };
	struct err err;
	int64_t id;
	int i;

	assert_int_equal(store_begin(store, &err), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(store_triplet_append(store, &row, &id, &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
}

static void
add_rule(struct store *store, const char *pattern)
{
	struct rule rule = {
		.scope = SLICE("@."), .pattern = slice_of(pattern), .action = RULE_ALLOW
	};
	struct edit edit = { .store = store, .author = SLICE("test"), .now_s = STAMP_S };
	struct err err;
	int64_t id;

	if (edit_rule_add(&edit, &rule, &id, &err) == -1)
		fail_msg("%s", err.text);
}

static const char *
in_folder(const struct fixture *f, const char *name)
{
	static char paths[64][512];
	static unsigned turn;
	char *path = paths[turn++ % 64];

	snprintf(path, sizeof(paths[0]), "%s/%s", f->dir, name);
	return path;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
nothing_left(const struct fixture *f)
{
	assert_false(is_there(in_folder(f, ".greygate-backup.part")));
	assert_false(is_there(in_folder(f, ".greygate-backup.gz.part")));
	assert_false(is_there(in_folder(f, ".greygate-restore.part")));
	assert_false(is_there(in_folder(f, ".greygate-restore.part-wal")));
	assert_false(is_there(in_folder(f, ".greygate-restore.part-shm")));
}

static void
put(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fclose(file);
}

static void
must_back_up(struct store *store, const char *target)
{
	struct backup_made made;
	struct err err;

	if (store_backup(store, target, false, NULL, &made, &err) == -1)
		fail_msg("%s", err.text);
}

static int64_t
number_of(const char *path, const char *sql)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int64_t number = -1;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

/* ---- copies ---- */

static void
test_a_copy_is_one_plain_file_and_equal(void **state)
{
	struct fixture *f = *state;
	const char *copy = in_folder(f, "copy.db");
	struct backup_made made;
	struct stat st;
	struct err err;
	char bytes[20];
	int fd;

	add_triplets(f->store, 3000);
	add_rule(f->store, "@one.example");
	assert_int_equal(store_backup(f->store, copy, false, NULL, &made, &err), 0);
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(made.bytes, st.st_size);
	assert_int_equal(made.rows, 3001);
	fd = open(copy, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	assert_int_equal(bytes[18], 1); /* no write-ahead log */
	assert_int_equal(bytes[19], 1);
	nothing_left(f);
	assert_int_equal(number_of(copy, "SELECT count(*) FROM triplet"), 3000);
	assert_int_equal(number_of(copy, "PRAGMA application_id"), SCHEMA_APPLICATION_ID);
	assert_int_equal(number_of(copy, "PRAGMA user_version"), SCHEMA_VERSION);
	assert_false(is_there(in_folder(f, "copy.db-wal")));
}

static void
test_a_handle_that_reads_copies_and_still_only_reads(void **state)
{
	struct fixture *f = *state;
	struct store *reader = must_open(f->path, STORE_READ);
	struct err err;

	must_back_up(reader, in_folder(f, "copy.db"));
	assert_int_equal(store_begin(reader, &err), -1);
	assert_int_equal(err.code, ERR_PERM);
	store_close(reader);
}

static void
test_packed(void **state)
{
	struct fixture *f = *state;
	char command[1300];
	struct stat plain, packed;

	add_triplets(f->store, 3000);
	must_back_up(f->store, in_folder(f, "copy.db"));
	must_back_up(f->store, in_folder(f, "copy2.db.gz"));
	assert_int_equal(stat(in_folder(f, "copy.db"), &plain), 0);
	assert_int_equal(stat(in_folder(f, "copy2.db.gz"), &packed), 0);
	assert_true(packed.st_size < plain.st_size / 2);
	nothing_left(f);
	snprintf(command, sizeof(command), "gzip -dc %s | cmp - %s", in_folder(f, "copy2.db.gz"),
	    in_folder(f, "copy.db"));
	assert_int_equal(system(command), 0);
}

static void
test_targets_that_are_refused(void **state)
{
	static const struct {
		const char *name, *target, *text;
		bool replace;
		int code;
	} rows[] = {
		{ "there already", "taken", "exists already; --force", false, ERR_CREATE },
		{ "a folder", "folder", "is a folder", true, ERR_CREATE },
		{ "a folder, with a slash", "folder/", "is no name of a file", true, ERR_USAGE },
		{ "a dangling link", "dangling", "is a link", true, ERR_CREATE },
		{ "a link", "link", "is a link", true, ERR_CREATE },
		{ "a pipe", "pipe", "not a regular file", true, ERR_CREATE },
		{ "no folder", "missing/copy.db", "No such file", false, ERR_CREATE },
		{ "a file for a folder", "taken/copy.db", "Not a directory", false, ERR_CREATE },
		{ "the database", "db", "belongs to the database", true, ERR_CREATE },
		{ "by another way", "folder/../db", "belongs to the database", true, ERR_CREATE },
		{ "its log", "db-wal", "belongs to the database", true, ERR_CREATE },
		{ "its lock", "db.lock", "belongs to the database", true, ERR_CREATE },
		{ "other packing", "copy.zst", "only gzip is written", false, ERR_USAGE },
	};
	struct fixture *f = *state;
	struct backup_made made;
	struct err err;
	size_t i;

	assert_int_equal(mkdir(in_folder(f, "folder"), 0755), 0);
	assert_int_equal(symlink("nowhere", in_folder(f, "dangling")), 0);
	assert_int_equal(symlink("taken", in_folder(f, "link")), 0);
	assert_int_equal(mkfifo(in_folder(f, "pipe"), 0600), 0);
	must_back_up(f->store, in_folder(f, "taken"));
	for (i = 0; i < COUNT(rows); i++) {
		err = (struct err){ .code = 0 };
		want_int(rows[i].name,
		    store_backup(
			f->store, in_folder(f, rows[i].target), rows[i].replace, NULL, &made, &err),
		    -1);
		want_int(rows[i].name, err.code, rows[i].code);
		if (strstr(err.text, rows[i].text) == NULL)
			want_text(rows[i].name, err.text, rows[i].text);
	}
	nothing_left(f);
	assert_int_equal(number_of(in_folder(f, "taken"), "SELECT count(*) FROM rule"), 0);
	end_cases();
}

static void
test_replacing(void **state)
{
	struct fixture *f = *state;
	struct backup_made made;
	struct err err;

	must_back_up(f->store, in_folder(f, "copy.db"));
	add_rule(f->store, "@one.example");
	assert_int_equal(
	    store_backup(f->store, in_folder(f, "copy.db"), true, NULL, &made, &err), 0);
	assert_int_equal(number_of(in_folder(f, "copy.db"), "SELECT count(*) FROM rule"), 1);
}

static void
test_what_a_killed_program_left_is_removed(void **state)
{
	struct fixture *f = *state;
	const char *part = in_folder(f, ".greygate-backup.part");
	struct backup_made made;
	struct err err;
	int fd;

	put(part);
	must_back_up(f->store, in_folder(f, "copy.db"));
	nothing_left(f);
	fd = open(part, O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(
	    store_backup(f->store, in_folder(f, "copy2.db"), false, NULL, &made, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	assert_non_null(strstr(err.text, "another program is writing"));
	assert_true(is_there(part));
	close(fd);
	must_back_up(f->store, in_folder(f, "copy2.db"));
}

struct stopping {
	const char *stage;
	int ticks;
};

static bool
stop_at(void *arg, const char *stage, int percent)
{
	struct stopping *stopping = arg;

	assert_in_range(percent + 1, 0, 101);
	stopping->ticks++;
	return strcmp(stage, stopping->stage) != 0;
}

static void
test_stopped_at_any_stage_nothing_is_left(void **state)
{
	static const char *const stages[] = { "copying", "checking", "packing" };
	struct fixture *f = *state;
	struct backup_made made;
	struct err err;
	size_t i;

	add_triplets(f->store, 3000);
	for (i = 0; i < COUNT(stages); i++) {
		struct stopping stopping = { .stage = stages[i] };
		struct backup_watch watch = { stop_at, &stopping };

		err = (struct err){ .code = 0 };
		want_int(stages[i],
		    store_backup(f->store, in_folder(f, "copy.db.gz"), false, &watch, &made, &err),
		    -1);
		want_int(stages[i], err.code, ERR_TEMP);
		want_int(stages[i], stopping.ticks > 0, 1);
		want_int(stages[i], is_there(in_folder(f, "copy.db.gz")), 0);
		nothing_left(f);
	}
	end_cases();
}

static void
test_a_damaged_database_gives_no_copy(void **state)
{
	struct fixture *f = *state;
	struct backup_made made;
	struct err err;
	char bytes[4096];
	int fd;

	add_triplets(f->store, 3000);
	store_close(f->store);
	memset(bytes, 0xa5, sizeof(bytes));
	fd = open(f->path, O_WRONLY);
	assert_int_equal(pwrite(fd, bytes, sizeof(bytes), 40 * 4096), sizeof(bytes));
	close(fd);
	f->store = must_open(f->path, STORE_WRITE);
	assert_int_equal(
	    store_backup(f->store, in_folder(f, "copy.db"), false, NULL, &made, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_false(is_there(in_folder(f, "copy.db")));
	nothing_left(f);
}

/* ---- names and the folder ---- */

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		int64_t time_s;
	} rows[] = {
		{ "greygate-20260101-000000.db", STAMP_S },
		{ "greygate-20260101-000000.db.gz", STAMP_S },
		{ "greygate-20240229-235959.db", 1709251199 },
		{ "greygate-20260229-000000.db", -1 },
		{ "greygate-20260101-000060.db", -1 },
		{ "greygate-20260101-000000.db.part", -1 },
		{ "greygate-20260101-000000.db-wal", -1 },
		{ "greygate-2026101-000000.db", -1 },
		{ "greygate- 20260101-000000.db", -1 },
		{ "greygate-20260101-000000", -1 },
		{ "greygate.db", -1 },
		{ "my-greygate-20260101-000000.db", -1 },
		{ "", -1 },
	};
	char name[BACKUP_NAME_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		want_int(rows[i].name, backup_name_time(rows[i].name), rows[i].time_s);
	want_text("plain", backup_name(STAMP_S, false, name), "greygate-20260101-000000.db");
	want_text("packed", backup_name(STAMP_S, true, name), "greygate-20260101-000000.db.gz");
	end_cases();
}

static void
test_rotation_counts_and_removes_only_ours(void **state)
{
	static const char *const names[] = { "greygate-20260103-000000.db", "mine.db",
		"greygate-20260101-000000.db", "greygate-20260102-000000.db.gz", "greygate.db",
		"greygate-20260104-000000.db.gz", "greygate-20990101-000000.db.old" };
	static const int stays[] = { 1, 1, 0, 0, 1, 1, 1 };
	struct fixture *f = *state;
	struct err err;
	int64_t newest_s;
	size_t removed, i;

	for (i = 0; i < COUNT(names); i++)
		put(in_folder(f, names[i]));
	assert_int_equal(backup_dir_newest(f->dir, STAMP_S + 86400, &newest_s, &err), 0);
	assert_int_equal(newest_s, STAMP_S + 86400); /* later ones are of a wrong clock */
	assert_int_equal(backup_dir_rotate(f->dir, 2, STAMP_S + 5 * 86400, &removed, &err), 0);
	assert_int_equal(removed, 2);
	for (i = 0; i < COUNT(names); i++)
		want_int(names[i], is_there(in_folder(f, names[i])), stays[i]);
	assert_int_equal(backup_dir_rotate(f->dir, 5, STAMP_S, &removed, &err), 0);
	assert_int_equal(removed, 0);
	assert_int_equal(backup_dir_rotate(in_folder(f, "missing"), 5, STAMP_S, &removed, &err), 0);
	assert_int_equal(
	    backup_dir_rotate(in_folder(f, "mine.db"), 5, STAMP_S, &removed, &err), -1);
	assert_int_equal(err.code, ERR_NOINPUT);
	end_cases();
}

/* Copies of a clock that ran ahead are not newer than the one that was just made. */
static void
test_rotation_after_a_wrong_clock(void **state)
{
	static const char *const names[] = { "greygate-20300102-000000.db",
		"greygate-20300101-000000.db", "greygate-20260102-000000.db",
		"greygate-20260101-000000.db" };
	static const int stays[] = { 1, 0, 1, 1 };
	struct fixture *f = *state;
	struct err err;
	size_t removed, i;

	for (i = 0; i < COUNT(names); i++)
		put(in_folder(f, names[i]));
	assert_int_equal(backup_dir_rotate(f->dir, 3, STAMP_S + 86400, &removed, &err), 0);
	for (i = 0; i < COUNT(names); i++)
		want_int(names[i], is_there(in_folder(f, names[i])), stays[i]);
	end_cases();
}

static void
test_the_last_one(void **state)
{
	struct fixture *f = *state;
	struct backup_last last;
	struct err err;

	assert_int_equal(store_backup_last(f->store, f->dir, &last, &err), 0);
	assert_int_equal(last.time_s, 0);
	assert_int_equal(last.failed_s, 0);
	assert_int_equal(store_backup_note(f->store, 77, "no room", &err), 0);
	must_back_up(f->store, in_folder(f, "greygate-20260101-000000.db"));
	assert_int_equal(store_backup_last(f->store, f->dir, &last, &err), 0);
	assert_int_equal(last.time_s, STAMP_S);
	assert_true(last.bytes > 4096);
	assert_string_equal(last.path, in_folder(f, "greygate-20260101-000000.db"));
	assert_int_equal(last.failed_s, 77);
	assert_string_equal(last.error, "no room");
	assert_int_equal(store_backup_note(f->store, 78, "", &err), 0);
	assert_int_equal(store_backup_last(f->store, f->dir, &last, &err), 0);
	assert_int_equal(last.failed_s, 0);
	assert_int_equal(store_backup_last(f->store, in_folder(f, "missing"), &last, &err), 0);
	assert_int_equal(last.time_s, 0);
	assert_int_equal(store_backup_last(f->store, f->path, &last, &err), -1);
	assert_int_equal(err.code, ERR_NOINPUT);
}

/* ---- restore ---- */

static int
restore(const struct fixture *f, const char *copy, bool served, struct restored *restored,
    struct err *err)
{
	struct restore_options options = { .path = f->path,
		.fd = open(copy, O_RDONLY),
		.name = copy,
		.served = served,
		.now_s = STAMP_S };
	int result;

	*err = (struct err){ .code = 0 };
	assert_int_not_equal(options.fd, -1);
	result = store_restore(&options, restored, err);
	close(options.fd);
	nothing_left(f);
	return result;
}

static void
must_restore(const struct fixture *f, const char *copy, struct restored *restored)
{
	struct err err;

	if (restore(f, copy, false, restored, &err) == -1)
		fail_msg("%s", err.text);
}

static void
test_restore_into_the_database(void **state)
{
	static const char *const copies[] = { "copy.db", "copy.db.gz" };
	struct fixture *f = *state;
	struct store *open_one = must_open(f->path, STORE_READ);
	int64_t marks[2], generation;
	struct restored restored;
	struct stat before, after;
	struct err err;
	size_t i;

	add_triplets(f->store, 10);
	add_rule(f->store, "@one.example");
	for (i = 0; i < COUNT(copies); i++)
		must_back_up(f->store, in_folder(f, copies[i]));
	assert_int_equal(chmod(f->path, 0660), 0);
	assert_int_equal(stat(f->path, &before), 0);
	for (i = 0; i < COUNT(copies); i++) {
		add_rule(f->store, i == 0 ? "@two.example" : "@three.example");
		add_triplets(f->store, 5);
		assert_int_equal(store_generation(f->store, &generation, &err), 0);
		must_restore(f, in_folder(f, copies[i]), &restored);
		assert_true(restored.in_place);
		assert_int_equal(restored.rows, 11);
		/* A handle that was open all the time sees it, and that it was. */
		assert_int_equal(store_restored_mark(open_one, &marks[i], &err), 0);
		assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 10);
		assert_int_equal(number_of(f->path, "SELECT count(*) FROM rule"), 1);
		assert_true(number_of(f->path, "SELECT value FROM meta WHERE name='generation'") >
			    generation);
		assert_int_equal(number_of(restored.kept, "SELECT count(*) FROM triplet"), 15);
		assert_int_equal(number_of(restored.kept, "SELECT count(*) FROM rule"), 2);
		assert_int_equal(unlink(restored.kept), 0);
	}
	assert_int_not_equal(marks[0], 0);
	assert_int_not_equal(marks[0], marks[1]);
	assert_int_equal(stat(f->path, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(store_quick_check(f->store, &err), STORE_YES);
	store_close(open_one);
}

static void
test_restore_of_nothing_there(void **state)
{
	struct fixture *f = *state;
	struct restored restored;
	struct stat st;

	add_triplets(f->store, 10);
	must_back_up(f->store, in_folder(f, "copy.db"));
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(unlink(f->path), 0);
	put(in_folder(f, "db-wal")); /* of the lost one */
	must_restore(f, in_folder(f, "copy.db"), &restored);
	assert_string_equal(restored.kept, "");
	assert_false(is_there(in_folder(f, "db-wal")));
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	f->store = must_open(f->path, STORE_SERVER);
	assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 10);
}

static void
damage(const char *path, const char *bytes, size_t len, off_t at)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void
test_restore_of_a_damaged_one_keeps_its_bytes(void **state)
{
	struct fixture *f = *state;
	struct restored restored;
	struct stat before, kept;

	add_triplets(f->store, 3000);
	must_back_up(f->store, in_folder(f, "copy.db"));
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(chmod(f->path, 0604), 0);
	damage(f->path, "no database", 11, 0); /* at once */
	assert_int_equal(stat(f->path, &before), 0);
	must_restore(f, in_folder(f, "copy.db"), &restored);
	assert_false(restored.in_place);
	assert_int_equal(stat(restored.kept, &kept), 0);
	assert_int_equal(kept.st_ino, before.st_ino);
	assert_int_equal(stat(f->path, &kept), 0);
	assert_int_equal(kept.st_mode, before.st_mode);
	assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 3000);
	assert_int_equal(unlink(restored.kept), 0);
	damage(f->path, "\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5", 8, 40 * 4096); /* inside */
	must_restore(f, in_folder(f, "copy.db"), &restored);
	assert_false(restored.in_place);
	assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 3000);
	f->store = must_open(f->path, STORE_SERVER);
}

static void
sql(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
test_restore_over_a_newer_version_brings_its_log_in(void **state)
{
	struct fixture *f = *state;
	struct restored restored;

	add_triplets(f->store, 10);
	must_back_up(f->store, in_folder(f, "copy.db"));
	store_close(f->store);
	f->store = NULL;
	sql(f->path, "PRAGMA user_version = 99");
	must_restore(f, in_folder(f, "copy.db"), &restored);
	assert_false(restored.in_place);
	assert_int_equal(number_of(restored.kept, "PRAGMA user_version"), 99);
	assert_int_equal(number_of(restored.kept, "SELECT count(*) FROM triplet"), 10);
	f->store = must_open(f->path, STORE_SERVER);
}

/* Copies that are refused leave the database as it is. */
static void
test_copies_that_are_refused(void **state)
{
	static const struct {
		const char *name, *sql, *text;
		int code;
	} rows[] = {
		{ "newer", "PRAGMA user_version = 99", "install the newer program", ERR_CONFIG },
		{ "foreign", "PRAGMA application_id = 7", "not a database of greygate",
		    ERR_CONFIG },
		{ "no table", "DROP TABLE meta", "no such table", ERR_DATA },
	};
	struct fixture *f = *state;
	struct restored restored;
	struct err err;
	size_t i;

	add_triplets(f->store, 3000);
	for (i = 0; i < COUNT(rows); i++) {
		const char *copy = in_folder(f, "copy.db");

		must_back_up(f->store, copy);
		sql(copy, rows[i].sql);
		want_int(rows[i].name, restore(f, copy, false, &restored, &err), -1);
		want_int(rows[i].name, err.code, rows[i].code);
		if (strstr(err.text, rows[i].text) == NULL)
			want_text(rows[i].name, err.text, rows[i].text);
		assert_int_equal(unlink(copy), 0);
	}
	must_back_up(f->store, in_folder(f, "copy.db"));
	damage(in_folder(f, "copy.db"), "\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5", 8, 40 * 4096);
	want_int("damaged", restore(f, in_folder(f, "copy.db"), false, &restored, &err), -1);
	want_int("damaged", err.code, ERR_DATA);
	must_back_up(f->store, in_folder(f, "cut.db.gz"));
	assert_int_equal(truncate(in_folder(f, "cut.db.gz"), 2000), 0);
	want_int("cut", restore(f, in_folder(f, "cut.db.gz"), false, &restored, &err), -1);
	want_int("cut", err.code, ERR_DATA);
	put(in_folder(f, "empty"));
	want_int("empty", restore(f, in_folder(f, "empty"), false, &restored, &err), -1);
	want_int("empty", err.code, ERR_CONFIG);
	assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 3000);
	assert_false(is_there(in_folder(f, "db.before-restore-20260101-000000")));
	end_cases();
}

static void
test_foreign_files_are_not_replaced(void **state)
{
	struct fixture *f = *state;
	struct restored restored;
	struct err err;

	must_back_up(f->store, in_folder(f, "copy.db"));
	store_close(f->store);
	f->store = NULL;
	sql(f->path, "PRAGMA application_id = 7");
	assert_int_equal(restore(f, in_folder(f, "copy.db"), false, &restored, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
	assert_int_equal(number_of(f->path, "PRAGMA application_id"), 7);
}

struct holder {
	const char *path;
	int ready[2];
};

static int
hold_lock(void *arg)
{
	struct holder *holder = arg;
	struct store_lock *lock = store_lock_acquire(holder->path, NULL);

	if (lock == NULL || write(holder->ready[1], "x", 1) != 1)
		return 1;
	alarm(20); /* when the test fails */
	pause();
	return 0;
}

static void
test_restore_beside_a_server(void **state)
{
	struct fixture *f = *state;
	struct holder holder = { .path = f->path };
	const char *copy = in_folder(f, "copy.db");
	struct restored restored;
	struct err err;
	pid_t pid;
	char c;

	must_back_up(f->store, copy);
	add_triplets(f->store, 3);
	assert_int_equal(pipe(holder.ready), 0);
	pid = child_start(hold_lock, &holder);
	assert_int_equal(read(holder.ready[0], &c, 1), 1);
	assert_int_equal(restore(f, copy, false, &restored, &err), -1);
	assert_int_equal(err.code, ERR_TEMP);
	assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 3);
	assert_int_equal(restore(f, copy, true, &restored, &err), 0);
	assert_true(restored.served);
	assert_int_equal(number_of(f->path, "SELECT count(*) FROM triplet"), 0);
	assert_int_equal(number_of(f->path, "SELECT value FROM meta WHERE name = 'running'"), 1);
	store_close(f->store);
	f->store = NULL;
	damage(f->path, "no database", 11, 0);
	assert_int_equal(restore(f, copy, true, &restored, &err), -1);
	assert_non_null(strstr(err.text, "stop greygated first"));
	kill(pid, SIGKILL);
	child_wait(pid);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(test_a_copy_is_one_plain_file_and_equal),
		TEST_WITH_STORE(test_a_handle_that_reads_copies_and_still_only_reads),
		TEST_WITH_STORE(test_packed),
		TEST_WITH_STORE(test_targets_that_are_refused),
		TEST_WITH_STORE(test_replacing),
		TEST_WITH_STORE(test_what_a_killed_program_left_is_removed),
		TEST_WITH_STORE(test_stopped_at_any_stage_nothing_is_left),
		TEST_WITH_STORE(test_a_damaged_database_gives_no_copy),
		cmocka_unit_test(test_names),
		TEST_IN_FOLDER(test_rotation_counts_and_removes_only_ours),
		TEST_IN_FOLDER(test_rotation_after_a_wrong_clock),
		TEST_WITH_STORE(test_the_last_one),
		TEST_WITH_STORE(test_restore_into_the_database),
		TEST_WITH_STORE(test_restore_of_nothing_there),
		TEST_WITH_STORE(test_restore_of_a_damaged_one_keeps_its_bytes),
		TEST_WITH_STORE(test_restore_over_a_newer_version_brings_its_log_in),
		TEST_WITH_STORE(test_copies_that_are_refused),
		TEST_WITH_STORE(test_foreign_files_are_not_replaced),
		TEST_WITH_STORE(test_restore_beside_a_server),
	};

	return cmocka_run_group_tests_name("store_backup", tests, NULL, NULL);
}
