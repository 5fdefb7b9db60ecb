/* cmd_release.c - waiting triplets pass on their next try. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/waiting.h"
#include "common/base/xalloc.h"
#include "common/net/domain.h"

/* Rows may go, and their ids be given again, while the operator is asked. */
struct gathering {
	const char *domain;
	struct waiting {
		int64_t id, first_s;
	} * rows;
	size_t n;
	size_t blocked; /* left out: a rule rejects them, released or not */
};

static bool
gather(void *arg, const struct scan_row *row)
{
	const struct triplet *triplet = row->triplet;
	struct gathering *g = arg;

	if (triplet->state.released_s != 0 ||
	    !domain_is_at_or_below(row->sender_domain, slice_of(g->domain)))
		return true;
	if (row->next == ACTION_REJECT) {
		g->blocked++;
		return true;
	}
	g->rows = xreallocarray(g->rows, g->n + 1, sizeof(*g->rows));
	g->rows[g->n++] = (struct waiting){ triplet->id, triplet->state.first_s };
	return true;
}

static const char *
but(const struct gathering *g, char out[64])
{
	if (g->blocked == 0)
		return "";
	snprintf(out, 64, ", without %zu that a rule blocks", g->blocked);
	return out;
}

/* A whole domain is more than one key press: asked for on a terminal, said with --yes elsewhere. */
static int
confirm(const struct cli *cli, const struct gathering *g, struct err *err)
{
	char question[DOMAIN_TEXT_MAX + 128], text[64];

	if (cli_value(cli, "yes") != NULL || g->n == 1)
		return 0;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE, "%zu triplets of %s wait%s; --yes releases them all",
		    g->n, g->domain, but(g, text));
	snprintf(question, sizeof(question), "Release %zu waiting triplets of %s%s?", g->n,
	    g->domain, but(g, text));
	return cli_ask(stdout, question, "nothing was released", err);
}

/* That a row is not what it was is no reason to leave the others waiting. */
static bool
is_refusal(const struct err *err)
{
	return err->code == ERR_DATA || err->code == ERR_NOINPUT;
}

/* STATUS is that of what was refused. */
static int
release_all(struct cli *cli, const struct gathering *g, int *status, struct err *err)
{
	struct edit *edit = cli_edit(cli);
	size_t released = 0, i;
	int result = 0;
	char text[64];

	for (i = 0; i < g->n && result == 0; i++) {
		result = edit_release(edit, g->rows[i].id, g->rows[i].first_s, err);
		if (result == 0) {
			released++;
		} else if (is_refusal(err)) {
			cli_complain(status, err);
			result = 0;
		}
	}
	if (released > 0)
		cli_say("%zu released%s; they pass on their next try", released, but(g, text));
	return result;
}

static int
release_domain(struct cli *cli, const char *domain, int *status, struct err *err)
{
	struct gathering g = { .domain = domain };
	int result = walk_triplets(cli, SCAN_WAITING, gather, &g, err);

	if (result == 0 && g.n == 0 && g.blocked > 0)
		result = err_set(err, ERR_DATA,
		    "a rule blocks what waits from %s, released or not; greygate deferred %s tells",
		    domain, domain);
	else if (result == 0 && g.n == 0)
		result = err_set(err, ERR_NOINPUT, "nothing waits from %s", domain);
	if (result == 0)
		result = confirm(cli, &g, err);
	if (result == 0)
		result = release_all(cli, &g, status, err);
	free(g.rows);
	return result;
}

struct judging {
	struct cli *cli;
	struct rules *rules; /* of all ids; NULL until there was one */
	bool blocked;
};

static bool
judge(void *arg, const struct triplet *triplet)
{
	struct judging *j = arg;
	struct scan_row row;

	scan_judge(&j->cli->config, j->rules, j->cli->now_s, triplet, &row);
	j->blocked = row.waiting && row.next == ACTION_REJECT;
	return false;
}

/* Whether a rule rejects it, released or not. */
static int
look_at(struct judging *j, int64_t id, struct err *err)
{
	struct cli *cli = j->cli;

	j->blocked = false;
	if (j->rules == NULL)
		j->rules = rules_load(cli->store, NULL, err);
	if (j->rules == NULL || store_triplet_get(cli->store, id, judge, j, err) == STORE_ERROR)
		return -1;
	return 0;
}

static int
release_id(struct judging *j, int64_t id, struct err *err)
{
	if (look_at(j, id, err) == -1)
		return -1;
	if (j->blocked)
		return err_set(err, ERR_DATA,
		    "triplet %" PRId64 ": a rule blocks it, released or not; greygate rule list "
		    "shows the rules",
		    id);
	if (edit_release(cli_edit(j->cli), id, 0, err) == -1)
		return -1;
	cli_say("triplet %" PRId64 " is released; it passes on its next try", id);
	return 0;
}

int
cmd_release(struct cli *cli, struct err *err)
{
	struct judging judging = { .cli = cli };
	struct err one = { 0 };
	int64_t id;
	int status = 0, result, i;

	(void)err;
	for (i = 0; i < cli->arg_n; i++) {
		if (cli_id(cli->args[i], &id, NULL) == 0)
			result = release_id(&judging, id, &one);
		else
			result = release_domain(cli, cli->args[i], &status, &one);
		if (result == -1)
			cli_complain(&status, &one);
	}
	rules_free(judging.rules);
	return status;
}
