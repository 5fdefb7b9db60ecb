/* tags.h - tag lists (RFC 6376 3.2): "v=DKIM1; k=rsa; p=...", as DKIM, DMARC, TLS-RPT and MTA-STS
 * records are; pure. */
#ifndef COMMON_DOCTOR_TAGS_H
#define COMMON_DOCTOR_TAGS_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/base/str.h"

#define TAGS_MAX 32

struct tag {
	struct slice name, value; /* borrowed from the text, without blanks around them */
};

struct tags {
	struct tag items[TAGS_MAX];
	size_t n;
};

/* -1 with ERR_DATA: what is no tag list, and where. TAGS_OUT holds what came before that. */
int tags_read(struct slice text, struct tags *tags_out, struct err *err);

/* The value of NAME, or NULL. */
const struct slice *tags_get(const struct tags *tags, const char *name);

/* A tag whose value holds a later one, "k=rsap=MII": strings of a TXT record are joined with
 * nothing between, so a semicolon is missing where one ends. Only tags named in HOLDERS are looked
 * at, and only for those in NAMES that are not there; both are ended by NULL. NULL: there is none.
 */
const struct tag *tags_glued(
    const struct tags *tags, const char *const *holders, const char *const *names);

/* Whether TEXT begins with the tag v of that value, in this very case, and ends there or goes on
 * with a semicolon: who reads it sees a record of that kind. */
bool tags_are(struct slice text, const char *version);
/* Whether its author meant one: as tags_are() in any case and with anything after it. */
bool tags_seem(struct slice text, const char *version);

/* Blanks, tabs and line ends off both ends. */
struct slice tags_trim(struct slice text);
/* Takes the part before SEPARATOR off the front of REST, trimmed; false at the end. */
bool tags_next(struct slice *rest, char separator, struct slice *part_out);

#endif
