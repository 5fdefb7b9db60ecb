/* postfix.c - see postfix.h. */
#include "common/doctor/postfix.h"

#include <stdio.h>
#include <string.h>

#include "common/base/duration.h"
#include "common/doctor/postfix_line.h"

#define TIMEOUT_LONG_S 60

/* ---- services ---- */

static bool
runs_smtpd(const struct postfix_service *service)
{
	return slice_equal(service->command, SLICE("smtpd"));
}

/* The port of "smtp", "127.0.0.1:25". */
static bool
has_port(const struct postfix_service *service, const char *const *ports)
{
	const char *colon = memrchr(service->name.ptr, ':', service->name.len);
	size_t skip = colon == NULL ? 0 : (size_t)(colon + 1 - service->name.ptr);
	struct slice port = { service->name.ptr + skip, service->name.len - skip };

	for (; *ports != NULL; ports++)
		if (slice_equal(port, slice_of(*ports)))
			return true;
	return false;
}

/* Mail from everywhere comes to it, maybe through postscreen. */
static bool
is_public(const struct postfix_service *service)
{
	static const char *const ports[] = { "smtp", "25", NULL };

	return slice_equal(service->type, SLICE("pass")) || has_port(service, ports);
}

static bool
is_submission(const struct postfix_service *service)
{
	static const char *const ports[] = { "submission", "submissions", "smtps", "587", "465",
		NULL };

	return has_port(service, ports);
}

/* ---- checks of a service ---- */

struct checking {
	struct postfix postfix;
	struct verdicts *v;
};

static void
say_not_asked(struct checking *c, const struct postfix_service *service)
{
	char storage[4096], question[512];
	int len = (int)service->name.len;
	struct slice value;
	struct buf line, asks;
	bool own = postfix_override(&c->postfix, service, POSTFIX_LIST, &value);

	buf_init(&line, storage, sizeof(storage));
	buf_init(&asks, question, sizeof(question));
	if (postfix_line(&c->postfix, service, own, &line))
		verdict_say(c->v, VERDICT_ERROR, &line,
		    "service %.*s does not ask greygate, so nothing is greylisted; in %s", len,
		    service->name.ptr, own ? "master.cf below it:" : "main.cf:");
	else if (postfix_question(&c->postfix, service, &asks))
		verdict_say(c->v, VERDICT_ERROR, NULL,
		    "service %.*s does not ask greygate, so nothing is greylisted; put %s behind "
		    "reject_unauth_destination in " POSTFIX_LIST,
		    len, service->name.ptr, question);
	else
		verdict_say(c->v, VERDICT_ERROR, NULL,
		    "service %.*s does not ask greygate, so nothing is greylisted; it runs in a "
		    "chroot and reaches no socket of ours: listen on inet:127.0.0.1:10023, too",
		    len, service->name.ptr);
}

static void
say_chroot(struct checking *c, const struct postfix_service *service, const struct postfix_use *use)
{
	char server[128], advice[256];
	struct buf b;

	buf_init(&b, server, sizeof(server));
	if (postfix_server(&c->postfix, true, &b))
		snprintf(advice, sizeof(advice), "%s there instead is", server);
	else
		snprintf(advice, sizeof(advice),
		    "inet:127.0.0.1:10023 is, in listen of ours and there instead");
	verdict_advise(c->v, VERDICT_ERROR, ERR_DATA, advice,
	    "service %.*s runs in a chroot, where %.*s is not our socket", (int)service->name.len,
	    service->name.ptr, (int)use->server.len, use->server.ptr);
}

static void
check_asked(
    struct checking *c, const struct postfix_service *service, const struct postfix_use *use)
{
	int len = (int)service->name.len, server = (int)use->server.len;

	if (use->found == POSTFIX_NOT_ASKED)
		say_not_asked(c, service);
	else if (use->found == POSTFIX_NOT_JUDGED)
		verdict_say(c->v, VERDICT_ERROR, NULL,
		    "service %.*s asks %.*s in %s, which is not at RCPT, so nothing is "
		    "greylisted; put it into " POSTFIX_LIST,
		    len, service->name.ptr, server, use->server.ptr, use->list);
	else if (use->found == POSTFIX_CHROOT)
		say_chroot(c, service, use);
	else if (use->unreachable)
		verdict_say(c->v, VERDICT_ERROR, NULL,
		    "service %.*s never comes to %.*s: permit or reject stands before it in %s",
		    len, service->name.ptr, server, use->server.ptr, use->list);
	else
		verdict_say(c->v, VERDICT_OK, NULL, "service %.*s asks %.*s, in %s", len,
		    service->name.ptr, server, use->server.ptr, use->list);
}

static void
check_order(
    struct checking *c, const struct postfix_service *service, const struct postfix_use *use)
{
	if (use->found == POSTFIX_ASKED && !use->unreachable && !use->after_destination)
		verdict_say(c->v, VERDICT_WARNING, NULL,
		    "service %.*s asks greygate before reject_unauth_destination, so it also "
		    "learns "
		    "mail that is refused anyway; put it behind, in " POSTFIX_LIST,
		    (int)service->name.len, service->name.ptr);
}

/* Of no server, and of one that hangs. */
static void
check_attributes(
    struct checking *c, const struct postfix_service *service, const struct postfix_use *use)
{
	int len = (int)service->name.len;
	int64_t timeout_s = 0;

	if (use->found == POSTFIX_NOT_ASKED)
		return;
	if (use->default_action.len > 0 && *use->default_action.ptr == '4')
		verdict_say(c->v, VERDICT_WARNING, NULL,
		    "while greygated does not run, service %.*s defers all mail: "
		    "default_action=DUNNO in the braces of check_policy_service lets it pass",
		    len, service->name.ptr);
	if (duration_parse(use->timeout, &timeout_s) == -1)
		return;
	if (timeout_s <= c->postfix.config->spf_wait_s)
		verdict_say(c->v, VERDICT_WARNING, NULL,
		    "service %.*s gives up after %.*s, but greygate may need spf.wait for an "
		    "answer; "
		    "timeout=10s is good",
		    len, service->name.ptr, (int)use->timeout.len, use->timeout.ptr);
	else if (timeout_s > TIMEOUT_LONG_S)
		verdict_say(c->v, VERDICT_WARNING, NULL,
		    "service %.*s waits %.*s for a server that hangs; timeout=10s is enough", len,
		    service->name.ptr, (int)use->timeout.len, use->timeout.ptr);
}

/* Our own users must not be told to come again. */
static void
check_submission(
    struct checking *c, const struct postfix_service *service, const struct postfix_use *use)
{
	static char override[] = "  -o " POSTFIX_LIST "=permit_sasl_authenticated,reject";
	struct buf line = { override, sizeof(override) - 1, sizeof(override), false };
	int len = (int)service->name.len;

	if (use->found == POSTFIX_NOT_ASKED || use->found == POSTFIX_NOT_JUDGED ||
	    use->unreachable || use->after_sasl)
		verdict_say(c->v, VERDICT_OK, NULL,
		    "service %.*s does not ask greygate about own users", len, service->name.ptr);
	else
		verdict_say(c->v, VERDICT_WARNING, &line,
		    "service %.*s asks greygate about own users, too; in master.cf below it:", len,
		    service->name.ptr);
}

static const struct check {
	bool (*is_for)(const struct postfix_service *service);
	void (*run)(struct checking *c, const struct postfix_service *service,
	    const struct postfix_use *use);
} checks[] = {
	{ is_public, check_asked },
	{ is_public, check_order },
	{ is_public, check_attributes },
	{ is_submission, check_submission },
};

/* ---- all ---- */

/* A socket that only its owner may use serves nobody. */
static void
check_access(struct checking *c)
{
	const struct config *config = c->postfix.config;
	bool open = (config->socket_mode & 0002) != 0 || config->socket_group[0] != '\0';
	size_t i;

	for (i = 0; i < config->listen_n && !open; i++)
		if (config->listen[i].kind == CONFIG_LISTEN_UNIX) {
			verdict_say(c->v, VERDICT_WARNING, NULL,
			    "socket_group is not set, so smtpd may connect to %s only when its "
			    "user "
			    "is in the group of greygated; socket_group: postfix",
			    config->listen[i].path);
			return;
		}
}

void
postfix_check(const struct postfix_texts *texts, const struct config *config, struct verdicts *v)
{
	struct checking c = { { texts, config }, v };
	struct slice rest = slice_of(texts->services);
	struct postfix_service service;
	size_t public_n = 0, i;

	while (postfix_next_service(&rest, &service)) {
		struct postfix_use use;

		if (!runs_smtpd(&service))
			continue;
		use = postfix_find_use(&c.postfix, &service);
		public_n += is_public(&service);
		for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
			if (checks[i].is_for(&service))
				checks[i].run(&c, &service, &use);
	}
	if (public_n == 0)
		verdict_say(
		    v, VERDICT_WARNING, NULL, "Postfix has no service that takes mail at port 25");
	check_access(&c);
}
