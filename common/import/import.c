/* import.c - see import.h: from files through a source to the staging, and into the database. */
#include "common/import/import.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/xalloc.h"
#include "common/import/binary.h"
#include "common/import/record.h"
#include "common/import/source.h"
#include "common/store/foreign.h"
#include "common/store/policy.h"

const struct import_source_info import_sources[] = {
	{ "postgrey", "db_dump of postgrey.db and postgrey_clients.db, whitelist_clients, "
		      "whitelist_recipients" },
	{ "sqlgrey", "its SQLite file, or a dump of its MySQL or PostgreSQL tables, "
		     "clients_ip_whitelist, clients_fqdn_whitelist" },
	{ "iredapd", "dumps of its tables or of amavisd's (SQL, tabs or CSV), settings.py" },
	{ "milter-greylist", "its dump file, greylist.db" },
	{ "spamdb", "the output of spamdb or greydb" },
	{ "cidr", "a cidr table of postscreen, as postwhite writes" },
	{ "greygate", "greygate export" },
};
const size_t import_source_n = sizeof(import_sources) / sizeof(import_sources[0]);

/* In the order of import_sources. */
static const struct source *const sources[] = { &source_postgrey, &source_sqlgrey, &source_iredapd,
	&source_milter, &source_spamdb, &source_cidr, &source_greygate };

static const struct source *
find_source(const char *name, struct err *err)
{
	const char *names[sizeof(sources) / sizeof(sources[0])], *nearest;
	size_t i;

	for (i = 0; i < import_source_n; i++) {
		names[i] = import_sources[i].name;
		if (strcmp(names[i], name) == 0)
			return sources[i];
	}
	nearest = str_nearest(slice_of(name), names, import_source_n);
	err_set(err, ERR_USAGE, "%s: unknown source%s%s; greygate help import lists them", name,
	    nearest == NULL ? "" : "; did you mean ", nearest == NULL ? "" : nearest);
	return NULL;
}

static int64_t
greatest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int
find_terms(struct import *import, struct err *err)
{
	const struct config *config = import->options.config;
	int64_t window_s, lifetime_s;

	if (store_policy_longest(import->options.store, &window_s, &lifetime_s, err) == -1)
		return -1;
	import->terms = (struct staging_terms){ import->options.now_s,
		greatest(window_s, config->greylist_window_s),
		greatest(lifetime_s, config->greylist_lifetime_s),
		config->auto_whitelist_lifetime_s };
	return 0;
}

struct import *
import_new(const struct import_options *options, struct err *err)
{
	const struct source *source = find_source(options->source, err);
	struct import *import;

	if (source == NULL)
		return NULL;
	import = xcalloc(1, sizeof(*import));
	import->options = *options;
	import->source = source;
	import->path = "";
	if (find_terms(import, err) == -1 ||
	    (import->staging = staging_open(options->store, err)) == NULL) {
		import_free(import);
		return NULL;
	}
	return import;
}

void
import_free(struct import *import)
{
	if (import == NULL)
		return;
	staging_close(import->staging);
	free(import);
}

int
import_open(const char *path, struct err *err)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd == -1)
		return err_errno(err, errno == EACCES ? ERR_PERM : ERR_NOINPUT, "%s", path);
	if (fstat(fd, &st) == -1 || !S_ISDIR(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, ERR_NOINPUT, "%s is a folder; name the files in it", path);
}

static int
refuse_binary(const struct import *import, const struct binary_kind *kind, struct err *err)
{
	const char *name = import->is_input ? "FILE" : import->path;

	if (kind->command[0] == NULL)
		return err_set(
		    err, ERR_DATA, "%s is %s, which no source has", import->path, kind->name);
	return err_set(err, ERR_DATA, "%s is %s; give its text: %s%s%s | greygate import %s -",
	    import->path, kind->name, kind->command[0], name, kind->command[1],
	    import->source->name);
}

static int
read_file(struct import *import, struct lines *lines, struct err *err)
{
	const struct binary_kind *kind = binary_find(lines_peek(lines));
	int result;

	if (kind != NULL && kind->is_sqlite && import->source->open != NULL &&
	    foreign_is(import->path))
		return import->source->open(import, import->path, err);
	if (kind != NULL)
		return refuse_binary(import, kind, err);
	result = import->source->read(import, lines, err);
	return result == -1 ? -1 : lines_failed(lines, err);
}

int
import_read(struct import *import, const char *path, int fd, struct err *err)
{
	int64_t before = import->report.read;
	struct lines lines;
	int result;

	import->is_input = strcmp(path, "-") == 0;
	import->path = import->is_input ? "standard input" : path;
	import->line = 0;
	lines_open(&lines, fd, import->path);
	result = read_file(import, &lines, err);
	lines_close(&lines);
	if (result == 0 && import->report.read == before)
		source_hint(import, "%s has no rows of %s", import->path, import->source->name);
	return result;
}

static void
refuse_conflict(void *arg, struct slice place, const char *why)
{
	struct import *import = arg;
	char text[SOURCE_PLACE_MAX];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	buf_add(&b, place);
	import->report.refused++;
	import->options.told(import->options.arg, IMPORT_REFUSED, text, why);
}

int64_t
import_rows_found(const struct import_report *report)
{
	int64_t n = 0;
	int kind;

	for (kind = 0; kind < STAGING_N; kind++)
		n += report->counts[kind].staged;
	return n;
}

int
import_plan(struct import *import, struct import_report *report_out, struct err *err)
{
	struct import_report *report = &import->report;
	int kind;

	if (import->source->end != NULL && import->source->end(import, err) == -1)
		return -1;
	if (staging_plan(import->staging, &import->terms, report->counts, refuse_conflict, import,
		err) == -1)
		return -1;
	report->changes = false;
	for (kind = 0; kind < STAGING_N; kind++)
		report->changes = report->changes || report->counts[kind].fresh > 0 ||
				  report->counts[kind].changed > 0;
	*report_out = *report;
	return 0;
}

static void
describe(const struct import *import, const struct import_report *report, struct buf *b)
{
	const char *separator = " ";
	int kind;

	buf_printf(b, "%s,", import->source->name);
	for (kind = 0; kind < STAGING_N; kind++) {
		int64_t n = report->counts[kind].fresh + report->counts[kind].changed;

		if (n == 0)
			continue;
		buf_printf(b, "%s%" PRId64 " %s", separator, n,
		    n == 1 ? record_kinds[kind].name : record_kinds[kind].plural);
		separator = ", ";
	}
}

int
import_apply(struct import *import, const struct import_report *report,
    import_progress_fn *progress, int64_t *change_id_out, struct err *err)
{
	struct edit edit = { .store = import->options.store,
		.author = import->options.author,
		.now_s = import->options.now_s };
	char what[IMPORT_WHAT_MAX];
	struct buf b;

	buf_init(&b, what, sizeof(what));
	describe(import, report, &b);
	return staging_apply(import->staging, &edit, buf_slice(&b), progress, import->options.arg,
	    change_id_out, err);
}
