/* cmd_release.c - waiting triplets pass on their next try. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/waiting.h"
#include "common/base/xalloc.h"
#include "common/net/domain.h"

struct gathering {
	const char *domain;
	int64_t *ids;
	size_t n;
};

static bool
gather(void *arg, const struct scan_row *row)
{
	struct gathering *g = arg;

	if (row->triplet->state.released_s != 0 ||
	    !domain_is_at_or_below(row->sender_domain, slice_of(g->domain)))
		return true;
	g->ids = xreallocarray(g->ids, g->n + 1, sizeof(*g->ids));
	g->ids[g->n++] = row->triplet->id;
	return true;
}

/* A whole domain is more than one key press: asked for on a terminal, said with --yes elsewhere. */
static int
confirm(const struct cli *cli, const struct gathering *g, struct err *err)
{
	char answer[16];

	if (cli_value(cli, "yes") != NULL || g->n == 1)
		return 0;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE, "%zu triplets of %s wait; --yes releases them all",
		    g->n, g->domain);
	printf("Release %zu waiting triplets of %s? [y/N] ", g->n, g->domain);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return err_set(err, ERR_TEMP, "nothing was released");
}

static int
release_domain(struct cli *cli, const char *domain, struct err *err)
{
	struct gathering g = { .domain = domain };
	struct edit edit = cli_edit(cli);
	int result = walk_triplets(cli, SCAN_WAITING, gather, &g, err);
	size_t i;

	if (result == 0 && g.n == 0)
		result = err_set(err, ERR_NOINPUT, "nothing waits from %s", domain);
	if (result == 0)
		result = confirm(cli, &g, err);
	for (i = 0; i < g.n && result == 0; i++)
		result = edit_release(&edit, g.ids[i], err);
	if (result == 0)
		cli_say("%zu released; they pass on their next try", g.n);
	free(g.ids);
	return result;
}

int
cmd_release(struct cli *cli, struct err *err)
{
	struct edit edit = cli_edit(cli);
	int64_t id;
	int i;

	for (i = 0; i < cli->arg_n; i++) {
		if (cli_id(cli->args[i], &id, NULL) == -1) {
			if (release_domain(cli, cli->args[i], err) == -1)
				return -1;
		} else {
			if (edit_release(&edit, id, err) == -1)
				return -1;
			cli_say("triplet %" PRId64 " is released; it passes on its next try", id);
		}
	}
	return 0;
}
