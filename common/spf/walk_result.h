/* walk_result.h - what the walk of a domain's record found: networks, the tree of terms that led to
 * them, and what was skipped. */
#ifndef COMMON_SPF_WALK_RESULT_H
#define COMMON_SPF_WALK_RESULT_H

#include <stdbool.h>

#include "common/base/str.h"
#include "common/net/addr.h"

enum spf_walk_status {
	SPF_WALK_OK,
	SPF_WALK_PARTIAL, /* complete, something was skipped */
	SPF_WALK_NONE,    /* no SPF record */
	SPF_WALK_PERMERROR,
	SPF_WALK_TEMPERROR
};
const char *spf_walk_status_name(enum spf_walk_status status);

enum spf_walk_source { SPF_SOURCE_NONE, SPF_SOURCE_SPF, SPF_SOURCE_MX };
const char *spf_walk_source_name(enum spf_walk_source source);

/* A term, as a node of the tree that was walked; the first is the domain itself. Parents come
 * before their children, in the order of the walk. */
struct spf_walk_line {
	size_t parent; /* of the first: itself */
	unsigned depth;
	char *text;      /* as written: "include:spf.mail.qq.com" */
	char *note;      /* what is worth saying: "skipped: exists"; "" for nothing */
	size_t networks; /* that it led to, with all below it */
	unsigned voids;  /* families of which nothing was found for it */
};

struct spf_walk_network {
	struct addr_net net; /* disjoint from all others of the walk */
	size_t line;         /* the term that it comes from */
};

struct spf_walk_skip {
	char *domain; /* whose record holds the term */
	char *term;
	char *reason; /* "all", "too-broad NET", "special-use NET", "exists", "ptr", "dynamic" */
};

struct spf_walk {
	enum spf_walk_source source;
	enum spf_walk_status status;
	struct spf_walk_network *networks; /* IPv4 first, each family in the order of addresses */
	size_t network_n;
	struct spf_walk_line *lines;
	size_t line_n;
	struct spf_walk_skip *skips;
	size_t skip_n;
	char *
	    errors[2]; /* of IPv4, IPv6: "v4 permerror: include of gone.example: no SPF"; or NULL */
	bool ttl_known;
	uint32_t min_ttl_s;    /* of all records used */
	unsigned lookups;      /* the greater of both families */
	uint64_t v4_addresses; /* how many are listed */
};

void spf_walk_clear(struct spf_walk *walk);

/* Adds "qq.com > include:spf.mail.qq.com > ip4:203.205.128.0/17" for a line. */
void spf_walk_path(const struct spf_walk *walk, size_t line, struct buf *out);

/* The smallest set of prefixes that covers the same addresses of FAMILY as the networks. *NETS_OUT
 * is freed by the caller. */
size_t spf_walk_merged(
    const struct spf_walk *walk, enum addr_family family, struct addr_net **nets_out);

/* ---- for the walk: making one, from a zeroed struct ---- */

/* Line AT, with TEXT below PARENT; one that is there already is the same one. */
void spf_walk_add_line(struct spf_walk *walk, size_t at, size_t parent, struct slice text);
void spf_walk_note(struct spf_walk *walk, size_t line, const char *note);
/* TERM of the record of DOMAIN, which is LINE, lists nothing, or not all of its networks. */
void spf_walk_skip(
    struct spf_walk *walk, size_t line, struct slice domain, struct slice term, const char *reason);
void spf_walk_add_network(struct spf_walk *walk, size_t line, const struct addr_net *net);

#endif
