/* fields.h - the one description of every setting; private to common/config. */
#ifndef COMMON_CONFIG_FIELDS_H
#define COMMON_CONFIG_FIELDS_H

#include "common/base/str.h"
#include "common/config/config.h"

enum field_type {
	FIELD_STRING,
	FIELD_BOOL,
	FIELD_NUMBER,    /* MIN to MAX */
	FIELD_DURATION,  /* MIN to MAX seconds */
	FIELD_WORD,      /* one of WORDS, stored as its position */
	FIELD_MODE,      /* octal file mode */
	FIELD_DEFERRAL,  /* an action that defers */
	FIELD_REJECTION, /* an action that rejects */
	FIELD_LISTEN,    /* list of addresses to listen on */
	FIELD_NETWORKS,  /* list of networks */
	FIELD_SERVERS,   /* list of ADDRESS or ADDRESS:PORT */
	FIELD_FOLD       /* list of WORDS, stored as bits */
};

struct field {
	const char *key; /* "greylist.delay" */
	enum field_type type;
	size_t offset;       /* in struct config */
	const char *value;   /* the default; items of a list parted by ", " */
	const char *iredapd; /* under compat: iredapd, or NULL */
	int64_t min, max;
	const char *const *words; /* ended by NULL */
	bool restart;             /* a change needs a restart */
	const char *text;         /* what it does, for the example and the manual page */
};

#define FIELDS_MAX 64
#define FIELD_ITEMS_MAX 256 /* of a list */
#define FIELD_ITEMS_TOO_MANY "has more than 256 entries"

extern const struct field fields[];
extern const size_t field_n; /* at most FIELDS_MAX */

const struct field *field_find(const char *key); /* NULL: there is no such setting */
const char *field_nearest(const char *key);      /* a key like it; NULL: there is none */

bool field_is_list(const struct field *field);

/* Sets the member of CONFIG from N texts (one unless it is a list), freeing what it held.
 * NOTICE_OUT (ERR_TEXT_MAX bytes) receives a remark or "". */
int field_set(const struct field *field, struct config *config, const struct slice *items, size_t n,
    char *notice_out, struct err *err);

/* Sets it from the text of a default. */
void field_set_default(const struct field *field, struct config *config, const char *value);

/* Adds the value as it would be written in a file. */
void field_format(const struct field *field, const struct config *config, struct buf *out);

/* Frees what the member holds. */
void field_clear(const struct field *field, struct config *config);

#endif
