/* import.c - see import.h: from files through a source to the staging, and into the database. */
#include "common/import/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/import/source.h"
#include "common/store/policy.h"

const char *const import_kind_names[STAGING_N] = {
	[STAGING_DOMAIN] = "domains",
	[STAGING_NETWORK] = "networks",
	[STAGING_POLICY] = "policies",
	[STAGING_RULE] = "rules",
	[STAGING_CLIENT] = "clients",
	[STAGING_TRIPLET] = "triplets",
};

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

static int
read_lines(struct import *import, const char *path, struct err *err)
{
	struct lines lines;
	int result;

	if (lines_open(&lines, path, err) == -1)
		return -1;
	result = import->source->read(import, &lines, err);
	if (result == 0)
		result = lines_failed(&lines, path, err);
	lines_close(&lines);
	return result;
}

int
import_read(struct import *import, const char *path, struct err *err)
{
	int result = 1;

	import->path = strcmp(path, "-") == 0 ? "standard input" : path;
	import->line = 0;
	if (import->source->open != NULL)
		result = import->source->open(import, path, err);
	if (result == 1)
		result = read_lines(import, path, err);
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
		buf_printf(b, "%s%" PRId64 " %s", separator, n, import_kind_names[kind]);
		separator = ", ";
	}
}

int
import_apply(struct import *import, const struct import_report *report,
    staging_progress_fn *progress, int64_t *change_id_out, struct err *err)
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
