/* source.h - what the readers of sources share: where rows go, and where complaints go. Private to
 * common/import. Functions that return int fail with -1 only when the store does: a row that cannot
 * be taken is told and counted, and the next one is read. */
#ifndef COMMON_IMPORT_SOURCE_H
#define COMMON_IMPORT_SOURCE_H

#include "common/import/import.h"
#include "common/import/lines.h"
#include "common/net/addr.h"
#include "common/net/email.h"
#include "common/net/pattern.h"

struct import {
	struct import_options options;
	const struct source *source;
	struct staging *staging;
	struct staging_terms terms; /* the longest that any policy has */
	const char *path;           /* of the file at hand */
	bool is_input;              /* which is standard input */
	int64_t line;               /* of the row at hand */
	bool keeps_all;             /* rows are taken as they are, expired ones as well */
	struct import_report report;
	unsigned hints; /* bits of the source: given already */
	struct err *err;
};

struct source {
	const char *name;
	int (*read)(struct import *import, struct lines *lines, struct err *err);
	int (*end)(struct import *import, struct err *err); /* after all files; may be NULL */
	/* Reads PATH, an SQLite database. NULL: the source has none. */
	int (*open)(struct import *import, const char *path, struct err *err);
};

extern const struct source source_postgrey, source_sqlgrey, source_iredapd, source_milter,
    source_spamdb, source_cidr, source_greygate;

/* ---- what is told (source_tell.c) ---- */

/* Counts a row, and sets its place. */
void source_row(struct import *import, int64_t line);
/* The place of the row at hand. */
#define SOURCE_PLACE_MAX 256
const char *source_place(const struct import *import, char out[SOURCE_PLACE_MAX]);

void source_refuse(struct import *import, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void source_note(struct import *import, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void source_hint(struct import *import, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- rows, as sources have them ---- */

/* A contact as sources know it. */
struct source_triplet {
	struct slice client; /* address, or network address */
	int prefix;          /* of CLIENT; -1: it is one address */
	struct slice sender; /* as it was, or folded by the source; <> may be around it */
	struct slice recipient;
	struct slice helo;
	int64_t first_s, last_s;
	int64_t attempts, passes;
	int64_t passed_s; /* 0: waits */
};

int source_triplet(struct import *import, const struct source_triplet *triplet, struct err *err);
/* A client that passed; PASSES counts. */
int source_client(struct import *import, struct slice address, int64_t first_s, int64_t last_s,
    int64_t passes, struct err *err);

/* What is common to a rule and a policy of a source. */
struct source_entry {
	struct slice scope;  /* recipient form; empty is "@." */
	struct slice sender; /* sender form; empty is "@." */
	struct slice comment;
	int64_t expires_s;  /* 0: never */
	const char *source; /* NULL: "import" */
};
int source_rule(struct import *import, const struct source_entry *entry, enum rule_action action,
    struct err *err);
/* Greylisting on or off. */
int source_policy(
    struct import *import, const struct source_entry *entry, bool greylist, struct err *err);
int source_domain(struct import *import, struct slice name, struct slice comment, struct err *err);
/* NET is let pass for DOMAIN, until its first refresh. */
int source_network(struct import *import, struct slice domain, struct slice net, struct err *err);

/* Rows that are ready, of greygate's own export. */
int source_take_triplet(struct import *import, const struct triplet *triplet, struct err *err);
int source_take_client(struct import *import, const struct client *client, struct err *err);
int source_take_rule(struct import *import, const struct rule *rule, struct err *err);
int source_take_policy(struct import *import, const struct policy *policy, struct err *err);

/* ---- small readers (source_text.c) ---- */

/* A whole decimal number that is not negative, or -1. */
int64_t source_number(struct slice text);
/* Unix seconds, or "2026-11-24 12:00:00" with an optional fraction and zone; -1 for neither. */
int64_t source_time(const struct import *import, struct slice text);
/* Takes what is before SEPARATOR off the front of TEXT; all of it when there is none. */
struct slice source_cut(struct slice *text, char separator);
/* Without blanks around it and what follows a "#". */
struct slice source_uncomment(struct slice line);
const char *source_basename(const char *path);

#endif
