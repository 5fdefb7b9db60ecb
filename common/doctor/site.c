/* site.c - see site.h. One table of checks. */
#include "common/doctor/site.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "common/base/duration.h"
#include "common/doctor/domains.h"
#include "common/greylist/lint.h"
#include "common/greylist/rules.h"
#include "common/store/backup.h"
#include "common/store/heartbeat.h"

#define LISTED_MAX 20 /* rules that are named one by one */
#define MIB (UINT64_C(1) << 20)
#define LOW_BYTES (100 * MIB)
#define LOW_PERCENT 5
#define MUCH_WAL_BYTES (64 * MIB)

struct doctor {
	const struct config *config;
	struct store *store; /* NULL when there is none that can be read */
	int64_t now_s;
	struct verdicts *v;
	size_t entry_n; /* findings of rules and policies */
};

/* Whatever was looked at: it is the database that cannot be read. */
static void
say_error(struct doctor *d, const struct err *err)
{
	const char *check = d->v->check;

	d->v->check = "database";
	verdict_advise(d->v, VERDICT_ERROR, err->code, "", "%s", err->text);
	d->v->check = check;
}

/* "12.5 MiB", "3.1 GiB" */
static const char *
size_text(uint64_t bytes, char out[32])
{
	bool great = bytes >= 1024 * MIB;

	snprintf(out, 32, "%.1f %s", (double)bytes / (double)(great ? 1024 * MIB : MIB),
	    great ? "GiB" : "MiB");
	return out;
}

/* ---- database ---- */

/* Who writes to whom is nobody else's business. */
static void
check_access(struct doctor *d)
{
	struct stat st;

	if (stat(d->config->database, &st) == 0 && (st.st_mode & 0007) != 0)
		verdict_advise(d->v, VERDICT_WARNING, 0, "chmod o= takes that away",
		    "database: everyone on this machine may read %s, mode %04o",
		    d->config->database, (unsigned)(st.st_mode & 07777));
}

static void
check_database(struct doctor *d)
{
	char size[32];

	verdict_advise(d->v, VERDICT_OK, 0, "", "database: %s, %s", d->config->database,
	    size_text((uint64_t)store_file_bytes(d->store), size));
}

/* What is in a damaged file is not worth a look. */
static void
check_pages(struct doctor *d)
{
	struct err err;

	if (store_quick_check(d->store, &err) == STORE_YES) {
		verdict_advise(d->v, VERDICT_OK, 0, "", "database: it is sound");
		return;
	}
	say_error(d, &err);
	d->store = NULL;
}

static void
check_wal(struct doctor *d)
{
	uint64_t bytes = (uint64_t)store_wal_bytes(d->store);
	bool much = bytes > MUCH_WAL_BYTES;
	char size[32];

	verdict_advise(d->v, much ? VERDICT_WARNING : VERDICT_OK, 0,
	    much ? "a program that reads for long, or a server that stands still, keeps it from "
		   "shrinking"
		 : "",
	    "write-ahead log: %s", size_text(bytes, size));
}

enum verdict_status
doctor_space(uint64_t free_bytes, uint64_t total_bytes)
{
	bool few = free_bytes < LOW_BYTES,
	     small_part = free_bytes / LOW_PERCENT < total_bytes / 100;

	return few && small_part ? VERDICT_ERROR : few || small_part ? VERDICT_WARNING : VERDICT_OK;
}

/* The folder that PATH is in. */
static const char *
folder_of(const char *path, char *out, size_t len)
{
	char *slash;

	snprintf(out, len, "%s", path);
	slash = strrchr(out, '/');
	if (slash == NULL)
		return ".";
	slash[slash == out] = '\0';
	return out;
}

static void
check_space(struct doctor *d)
{
	char storage[4096], size[32];
	const char *folder = folder_of(d->config->database, storage, sizeof(storage));
	uint64_t free_bytes, total_bytes;
	enum verdict_status level;
	struct statvfs fs;

	if (statvfs(folder, &fs) == -1) {
		verdict_advise(
		    d->v, VERDICT_ERROR, ERR_NOINPUT, "", "disk: %s: %s", folder, strerror(errno));
		return;
	}
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	total_bytes = (uint64_t)fs.f_blocks * fs.f_frsize;
	level = doctor_space(free_bytes, total_bytes);
	verdict_advise(d->v, level, ERR_IO,
	    level == VERDICT_OK ? "" : "without space on_failure answers for all",
	    "disk: %s (%d%%) free at %s", size_text(free_bytes, size),
	    total_bytes == 0 ? 0 : (int)(free_bytes * 100 / total_bytes), folder);
}

/* ---- what is in it ---- */

static void
check_rules(struct doctor *d)
{
	char notice[ERR_TEXT_MAX];
	struct err err;
	struct rules *rules = rules_load(d->store, notice, &err);

	if (rules == NULL)
		say_error(d, &err);
	else if (notice[0] != '\0')
		verdict_advise(d->v, VERDICT_ERROR, ERR_DATA, "", "%s", notice);
	else
		verdict_advise(d->v, VERDICT_OK, 0, "", "rules and policies: %zu and %zu",
		    rules_count(rules), policies_count(rules));
	rules_free(rules);
}

static void
note_entry(void *arg, const struct lint_finding *finding)
{
	struct doctor *d = arg;
	char text[300], advice[64] = "";

	if (d->entry_n++ >= LISTED_MAX)
		return;
	snprintf(text, sizeof(text), "%s %" PRId64 ": %s", finding->policy ? "policy" : "rule",
	    finding->id, finding->text);
	if (finding->level != LINT_ADVICE)
		snprintf(advice, sizeof(advice), "greygate %s %" PRId64 " removes it",
		    finding->policy ? "policy unset" : "rule remove", finding->id);
	verdict_advise(d->v, VERDICT_WARNING, 0, advice, "%s", text);
}

static void
check_entries(struct doctor *d)
{
	struct err err;

	if (lint_run(d->store, d->config, d->now_s, note_entry, d, &err) == -1)
		say_error(d, &err);
	if (d->entry_n > LISTED_MAX)
		verdict_advise(d->v, VERDICT_WARNING, 0, "", "rules and policies: %zu more",
		    d->entry_n - LISTED_MAX);
}

static void
check_domains(struct doctor *d)
{
	struct err err;

	if (domains_check(d->store, d->config, d->now_s, d->v, &err) == -1)
		say_error(d, &err);
}

/* ---- copies ---- */

static void
say_newest(struct doctor *d, const struct backup_last *last)
{
	int64_t age_s = d->now_s - last->time_s;
	bool old = age_s > 2 * d->config->backup_every_s;
	char age[DURATION_TEXT_MAX], size[32];

	duration_format_human(age_s, age);
	size_text((uint64_t)last->bytes, size);
	if (last->time_s == 0)
		verdict_advise(d->v, VERDICT_WARNING, 0,
		    "greygated makes the first one when it runs", "backup: there is none in %s",
		    d->config->backup_dir);
	else
		verdict_advise(d->v, old ? VERDICT_ERROR : VERDICT_OK, ERR_UNAVAILABLE,
		    old ? "greygated makes them while it runs; its log tells why it did not" : "",
		    "backup: the last one is %s old: %s, %s", age, last->path, size);
}

static void
check_backup(struct doctor *d)
{
	struct backup_last last;
	struct err err;

	if (d->config->backup_dir[0] == '\0') {
		verdict_advise(d->v, VERDICT_WARNING, 0, "backup.dir turns them on",
		    "backup: the server makes no copies of the database");
		return;
	}
	if (store_backup_last(d->store, d->config->backup_dir, &last, &err) == -1)
		verdict_advise(d->v, VERDICT_ERROR, err.code, "", "backup: %s", err.text);
	else
		say_newest(d, &last);
	if (last.failed_s != 0)
		verdict_advise(
		    d->v, VERDICT_WARNING, 0, "", "backup: the last try failed: %s", last.error);
}

/* ---- server ---- */

static void
keep_beat(void *arg, const struct heartbeat *beat)
{
	*(int64_t *)arg = beat->beat_s;
}

static void
check_server(struct doctor *d)
{
	int64_t pid, beat_s = 0;
	enum store_found locked;
	struct err err;

	if (store_heartbeat_get(d->store, keep_beat, &beat_s, &err) == STORE_ERROR)
		say_error(d, &err);
	else if ((locked = store_lock_probe(d->config->database, &pid, &err)) == STORE_ERROR)
		say_error(d, &err);
	else if (locked == STORE_NO)
		verdict_advise(d->v, VERDICT_ERROR, ERR_UNAVAILABLE, "start greygated",
		    "server: none runs on this database");
	else if (beat_s < d->now_s - HEARTBEAT_DEAD_S)
		verdict_advise(d->v, VERDICT_ERROR, ERR_UNAVAILABLE, "look at its log",
		    "server: process %" PRId64 " runs but has no heartbeat", pid);
	else
		verdict_advise(
		    d->v, VERDICT_OK, 0, "", "server: process %" PRId64 " is alive", pid);
}

/* Below the queue directory of Postfix only root and Postfix can look. */
static void
check_socket(struct doctor *d, const char *path)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;

	if (!there && errno == EACCES)
		verdict_advise(
		    d->v, VERDICT_INFO, 0, "", "socket: %s cannot be looked at by this user", path);
	else if (!there || !S_ISSOCK(st.st_mode))
		verdict_advise(d->v, VERDICT_ERROR, ERR_UNAVAILABLE,
		    "greygated makes it when it starts", "socket: %s is not there", path);
	else
		verdict_advise(d->v, VERDICT_OK, 0, "", "socket: %s, mode %04o", path,
		    (unsigned)(st.st_mode & 07777));
}

static void
check_sockets(struct doctor *d)
{
	const struct config *config = d->config;
	size_t i;

	for (i = 0; i < config->listen_n; i++)
		if (config->listen[i].kind == CONFIG_LISTEN_UNIX)
			check_socket(d, config->listen[i].path);
}

/* ---- all ---- */

static const struct check {
	const char *name;
	bool needs_store;
	bool thorough; /* reads the whole file */
	void (*run)(struct doctor *d);
} checks[] = {
	{ "database", true, false, check_database },
	{ "database", false, false, check_access },
	{ "database", true, true, check_pages },
	{ "wal", true, false, check_wal },
	{ "disk", false, false, check_space },
	{ "rules", true, false, check_rules },
	{ "rules", true, false, check_entries },
	{ "domains", true, false, check_domains },
	{ "backup", true, false, check_backup },
	{ "server", true, false, check_server },
	{ "socket", false, false, check_sockets },
};

static struct store *
open_store(struct doctor *d)
{
	struct store_options options = { .path = d->config->database, .mode = STORE_READ };
	struct err err;
	struct store *store = store_open(&options, NULL, &err);

	d->v->check = "database";
	if (store == NULL)
		say_error(d, &err);
	return store;
}

void
doctor_site(const struct config *config, struct store *store, int64_t now_s, bool thorough,
    struct verdicts *v)
{
	struct doctor d = { .config = config, .store = store, .now_s = now_s, .v = v };
	struct store *opened = NULL;
	size_t i;

	if (store == NULL)
		d.store = opened = open_store(&d);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		v->check = checks[i].name;
		if ((d.store != NULL || !checks[i].needs_store) &&
		    (thorough || !checks[i].thorough))
			checks[i].run(&d);
	}
	store_close(opened);
}
