/* run.h - mails through the engine, in the time that the input tells.
 *
 * The engine, its store and its expiry are those of the server; the clock is that of the tries. A
 * mail that is deferred comes again as mails_next() says. Nothing is known before the first try but
 * rules, policies and whitelisted domains. */
#ifndef COMMON_REPLAY_RUN_H
#define COMMON_REPLAY_RUN_H

#include "common/config/config.h"
#include "common/maillog/story.h"
#include "common/replay/result.h"
#include "common/replay/spf_known.h"
#include "common/store/store.h"

/* Makes a database at PATH with the rules, policies and whitelisted domains of FROM (NULL: none)
 * that are in force at NOW_S. */
int replay_make_store(const char *path, struct store *from, int64_t now_s, struct err *err);

struct replay_run {
	const struct config *config; /* with the database that replay_make_store() made */
	const struct mails *mails;
	const struct schedule *schedule;
	const struct spf_known *spf;
	int64_t count_from_s; /* mails whose first try is earlier are judged and not counted */
	struct story *story;  /* gets every answer; NULL for none; is ended */
	/* Called now and then with mails begun; false ends the run with ERR_TEMP. */
	bool (*progress)(void *arg, size_t done, size_t total);
	void *arg;
};

/* Fills RESULT_OUT, and AS_IT_WAS_OUT (may be NULL) with what the input tells of the same mails.
 * Both are begun here, ended, and cleared by the caller, also after an error. */
int replay_run(const struct replay_run *run, struct result *result_out,
    struct result *as_it_was_out, struct err *err);

#endif
