/* record.h - rows as records with named fields: one table for each kind, by which the export writes
 * them and the import reads them back. Ids are not among the fields. */
#ifndef COMMON_IMPORT_RECORD_H
#define COMMON_IMPORT_RECORD_H

#include "common/store/domain.h"
#include "common/store/policy.h"
#include "common/store/staging.h"

#define RECORD_FIELDS_MAX 20

enum record_type {
	RECORD_TEXT,
	RECORD_INT,
	RECORD_OPTIONAL, /* POLICY_UNSET is null */
	RECORD_ACTION
};

struct record_field {
	const char *name; /* NULL ends the list */
	enum record_type type;
	size_t at; /* in union record */
};

/* A network with its domain by name. */
struct record_network {
	struct slice domain, net, path;
};

union record {
	struct triplet triplet;
	struct client client;
	struct rule rule;
	struct policy policy;
	struct domain domain;
	struct record_network network;
};

struct record_kind {
	const char *name;   /* "triplet": in JSON, and for people */
	const char *plural; /* "triplets": on the command line, and for people */
	struct record_field fields[RECORD_FIELDS_MAX];
};

extern const struct record_kind record_kinds[STAGING_N];

#endif
