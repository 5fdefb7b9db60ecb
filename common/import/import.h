/* import.h - what other greylisters know, taken over: files are read and gathered, the result is
 * compared with the database and told, and then applied as one change that can be taken back.
 * Nothing is written before import_apply(). */
#ifndef COMMON_IMPORT_IMPORT_H
#define COMMON_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/config/config.h"
#include "common/store/staging.h"

#define IMPORT_SAMPLES 3
#define IMPORT_SAMPLE_MAX 200
#define IMPORT_WHAT_MAX 240

struct import;

enum import_told {
	IMPORT_REFUSED, /* a row that cannot be taken */
	IMPORT_NOTE,    /* taken, but not as it was written */
	IMPORT_HINT     /* of the whole: what to do besides */
};

/* PLACE is "FILE:LINE", or "" for hints. Texts are not escaped. */
typedef void import_told_fn(void *arg, enum import_told what, const char *place, const char *text);
/* Rows so far, while reading and while writing; false stops the writing. */
typedef bool import_progress_fn(void *arg, int64_t rows);

struct import_options {
	const char *source; /* a name of import_sources */
	struct store *store;
	const struct config *config;
	struct slice author;
	int64_t now_s;
	int64_t delay_s;  /* of the source, where it does not say; -1: its default */
	int64_t window_s; /* likewise: how long what it lists for a time was to be listed */
	int64_t zone_s;   /* of its clock where times are text: seconds east of UTC */
	import_told_fn *told;
	import_progress_fn *progress;
	void *arg;
};

/* Where rows can come from: for the help. */
struct import_source_info {
	const char *name;
	const char *files;
};
extern const struct import_source_info import_sources[];
extern const size_t import_source_n;

/* Begins. OPTIONS are copied, what they point to is borrowed. ERR_USAGE for an unknown source. */
struct import *import_new(const struct import_options *options, struct err *err);
void import_free(struct import *import); /* NULL is fine */

/* Opens a file for import_read(), "-" is standard input; the caller closes it. A folder is
 * ERR_NOINPUT. */
int import_open(const char *path, struct err *err);

/* Reads FD, which is open on PATH. Rows that cannot be taken are told and counted; -1 is for a
 * file that is not what the source has at all, or cannot be read. */
int import_read(struct import *import, const char *path, int fd, struct err *err);

struct import_report {
	int64_t read;    /* rows of the files */
	int64_t expired; /* too old to matter */
	int64_t refused;
	struct staging_count counts[STAGING_N];
	char samples[STAGING_N][IMPORT_SAMPLES][IMPORT_SAMPLE_MAX];
	bool changes; /* whether there is anything to apply */
};
/* Of all kinds. */
int64_t import_rows_found(const struct import_report *report);

/* Ends the reading and compares. REPORT_OUT is valid for import_apply(). */
int import_plan(struct import *import, struct import_report *report_out, struct err *err);

int import_apply(struct import *import, const struct import_report *report,
    import_progress_fn *progress, int64_t *change_id_out, struct err *err);

#endif
