/* domain_replace.c - the networks of a domain by those of a new walk; see domain.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/json.h"
#include "common/base/xalloc.h"
#include "common/store/db.h"
#include "common/store/domain.h"

#define DIFFERENCES_KEPT 50 /* of each domain */

struct stored {
	char *net, *path;
};

/* A JSON array in memory. */
struct list {
	struct json json;
	FILE *stream;
	char *text;
	size_t len;
};

/* The old set in order, and what changes. */
struct replacing {
	struct store *store;
	int64_t id;
	struct stored *old;
	size_t old_n, old_cap;
	int64_t added, removed;
	struct list added_list, removed_list;
};

static void
begin_list(struct list *list)
{
	list->stream = open_memstream(&list->text, &list->len);
	if (list->stream == NULL)
		abort();
	json_init(&list->json, list->stream);
	json_array(&list->json, NULL);
}

static struct slice
end_list(struct list *list)
{
	json_end(&list->json, ']');
	if (fflush(list->stream) == EOF)
		abort();
	return (struct slice){ list->text, list->len - 1 }; /* less the newline */
}

static void
free_list(struct list *list)
{
	fclose(list->stream);
	free(list->text);
}

static bool
keep_old(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct replacing *r = arg;

	(void)domain_id;
	if (r->old_n == r->old_cap) {
		r->old_cap = r->old_cap == 0 ? 64 : r->old_cap * 2;
		r->old = xreallocarray(r->old, r->old_cap, sizeof(*r->old));
	}
	r->old[r->old_n++] = (struct stored){ xslicedup(network->net), xslicedup(network->path) };
	return true;
}

static int
compare(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_net(const void *a, const void *b)
{
	const struct domain_network *left = a, *right = b;
	int order = compare(left->net, right->net);

	return order != 0 ? order : compare(left->path, right->path);
}

/* A copy in order, each network once: of several paths the first stays, so that the same set is
 * the same rows. Freed by the caller. */
static struct domain_network *
sorted_set(const struct domain_network *networks, size_t *n)
{
	struct domain_network *set = xcalloc(*n + 1, sizeof(*set));
	size_t i, kept = 0;

	if (*n > 0) {
		memcpy(set, networks, *n * sizeof(*set));
		qsort(set, *n, sizeof(*set), by_net);
	}
	for (i = 0; i < *n; i++)
		if (kept == 0 || compare(set[kept - 1].net, set[i].net) != 0)
			set[kept++] = set[i];
	*n = kept;
	return set;
}

static int
put(struct replacing *r, const struct domain_network *network, struct err *err)
{
	return db_run(r->store, SQL_NETWORK_PUT, err, "itt", r->id, network->net, network->path);
}

static int
add(struct replacing *r, const struct domain_network *network, struct err *err)
{
	r->added++;
	json_string(&r->added_list.json, NULL, network->net);
	return put(r, network, err);
}

static int
take_away(struct replacing *r, const struct stored *old, struct err *err)
{
	r->removed++;
	json_text(&r->removed_list.json, NULL, old->net);
	return db_run(r->store, SQL_NETWORK_REMOVE, err, "it", r->id, slice_of(old->net));
}

/* Both sets in order, side by side: only what differs is written. */
static int
merge(struct replacing *r, const struct domain_network *fresh, size_t n, struct err *err)
{
	size_t i = 0, j = 0;
	int result = 0;

	while (result == 0 && (i < n || j < r->old_n)) {
		int order = i == n          ? 1
			    : j == r->old_n ? -1
					    : compare(fresh[i].net, slice_of(r->old[j].net));

		if (order < 0) {
			result = add(r, &fresh[i++], err);
		} else if (order > 0) {
			result = take_away(r, &r->old[j++], err);
		} else {
			if (!slice_equal(fresh[i].path, slice_of(r->old[j].path)))
				result = put(r, &fresh[i], err);
			i++;
			j++;
		}
	}
	return result;
}

static int
note_difference(struct replacing *r, struct slice status, int64_t now_s, size_t n, struct err *err)
{
	struct slice added = end_list(&r->added_list), removed = end_list(&r->removed_list);

	if (r->added == 0 && r->removed == 0)
		return 0;
	if (db_run(r->store, SQL_DIFFERENCE_ADD, err, "iitiitt", r->id, now_s, status,
		(int64_t)r->old_n, (int64_t)n, added, removed) == -1 ||
	    db_run(r->store, SQL_DIFFERENCE_TRIM, err, "ii", r->id, (int64_t)DIFFERENCES_KEPT) ==
		-1)
		return -1;
	return store_generation_bump(r->store, err);
}

/* The domain first: without it, nothing may be written. */
static int
set_count(struct replacing *r, size_t n, struct err *err)
{
	if (db_run(r->store, SQL_DOMAIN_COUNT, err, "ii", r->id, (int64_t)n) == -1)
		return -1;
	if (db_changes(r->store) == 0)
		return err_set(err, ERR_NOINPUT, "there is no domain %" PRId64, r->id);
	return 0;
}

static void
free_replacing(struct replacing *r)
{
	size_t i;

	for (i = 0; i < r->old_n; i++) {
		free(r->old[i].net);
		free(r->old[i].path);
	}
	free(r->old);
	free_list(&r->added_list);
	free_list(&r->removed_list);
}

int
store_domain_replace(struct store *store, int64_t id, const struct domain_network *networks,
    size_t n, struct slice status, int64_t now_s, int64_t *added_out, int64_t *removed_out,
    struct err *err)
{
	struct replacing r = { .store = store, .id = id };
	struct domain_network *fresh = sorted_set(networks, &n);
	int result = 0;

	begin_list(&r.added_list);
	begin_list(&r.removed_list);
	if (set_count(&r, n, err) == -1 ||
	    store_domain_networks(store, id, keep_old, &r, err) == -1 ||
	    merge(&r, fresh, n, err) == -1 || note_difference(&r, status, now_s, n, err) == -1)
		result = -1;
	if (added_out != NULL)
		*added_out = r.added;
	if (removed_out != NULL)
		*removed_out = r.removed;
	free(fresh);
	free_replacing(&r);
	return result;
}
