/* domain_show.c - domain show: all that is known of one whitelisted domain. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/domain_names.h"
#include "cli/walk_text.h"
#include "common/base/calendar.h"
#include "common/base/duration.h"
#include "common/spf/check.h"
#include "common/spf/words.h"
#include "common/store/domain.h"
#include "common/store/image.h"
#include "common/store/json_read.h"

#define SCREEN_NETWORKS 10 /* on a terminal, without --all */
#define SCREEN_CHANGES 3

struct show {
	struct cli *cli;
	struct json_reader *reader;
	struct json json;
	int64_t id;
	int64_t networks_n, changes_n; /* shown so far */
	int64_t networks_max, changes_max;
	/* of a list of terms or networks being read */
	char term[2][1024];
	int part;
	const char *sign;
};

/* ---- text ---- */

static void
say_source(const struct show *s, const struct domain *d)
{
	char text[DURATION_TEXT_MAX];

	cli_say("%.*s, domain %" PRId64 ", source %.*s, added %s ago by %.*s", (int)d->name.len,
	    d->name.ptr, d->id, (int)d->source.len, d->source.ptr,
	    duration_format_human(s->cli->now_s - d->created_s, text), (int)d->author.len,
	    d->author.ptr);
	if (d->comment.len > 0)
		cli_say("%.*s", (int)d->comment.len, d->comment.ptr);
}

static const char *
origin(const struct domain *d)
{
	if (slice_equal(d->from, SLICE("spf")))
		return "from its SPF record";
	if (slice_equal(d->from, SLICE("mx")))
		return "those of its MX hosts, as it has no SPF record";
	return "";
}

static void
say_times(const struct show *s, const struct domain *d)
{
	int64_t now_s = s->cli->now_s;
	char text[DURATION_TEXT_MAX], good[DURATION_TEXT_MAX];

	if (d->refreshed_s == 0)
		cli_say("Refreshed  never");
	else if (d->good_s == d->refreshed_s)
		cli_say("Refreshed  %s ago, completely",
		    duration_format_human(now_s - d->refreshed_s, text));
	else
		cli_say("Refreshed  %s ago, without success (%" PRId64
			" in a row); completely %s%s",
		    duration_format_human(now_s - d->refreshed_s, text), d->failures,
		    d->good_s == 0 ? "never" : duration_format_human(now_s - d->good_s, good),
		    d->good_s == 0 ? "" : " ago");
	if (d->next_s <= now_s)
		cli_say("Next       due now");
	else
		cli_say("Next       in %s", duration_format_human(d->next_s - now_s, text));
}

static bool
say_skipped(void *arg, const struct json_leaf *leaf)
{
	struct show *s = arg;

	if (s->part < 2) {
		snprintf(s->term[s->part++], sizeof(s->term[0]), "%.*s", (int)leaf->text.len,
		    leaf->text.ptr);
		return true;
	}
	cli_say("Skipped    %s: %s (%.*s): %s", s->term[0], s->term[1], (int)leaf->text.len,
	    leaf->text.ptr, spf_skip_meaning(leaf->text));
	s->part = 0;
	return true;
}

static bool
say_domain(void *arg, const struct domain *d)
{
	struct show *s = arg;
	char text[DURATION_TEXT_MAX];

	say_source(s, d);
	cli_say("Status     %.*s: %s", (int)d->status.len, d->status.ptr,
	    spf_status_meaning(d->status));
	if (d->error.len > 0)
		cli_say("Error      %.*s", (int)d->error.len, d->error.ptr);
	say_times(s, d);
	if (d->refreshed_s != 0)
		cli_say("Lookups    %" PRId64 " of %d; smallest TTL %s", d->lookups,
		    SPF_LOOKUPS_MAX,
		    d->min_ttl_s < 0 ? "unknown" : duration_format_human(d->min_ttl_s, text));
	json_read(s->reader, d->skipped, say_skipped, s, NULL);
	cli_say(
	    "Networks   %" PRId64 "%s%s", d->networks, *origin(d) == '\0' ? "" : ", ", origin(d));
	return true;
}

static bool
say_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct show *s = arg;

	(void)domain_id;
	if (s->networks_n++ < s->networks_max)
		cli_say("  %-20.*s  %.*s", (int)network->net.len, network->net.ptr,
		    (int)network->path.len, network->path.ptr);
	return true;
}

static bool
say_changed(void *arg, const struct json_leaf *leaf)
{
	struct show *s = arg;

	cli_say("    %s %.*s", s->sign, (int)leaf->text.len, leaf->text.ptr);
	return true;
}

static bool
say_difference(void *arg, const struct domain_difference *d)
{
	struct show *s = arg;
	char date[CALENDAR_TEXT_MAX];

	if (s->changes_n++ >= s->changes_max)
		return true;
	cli_say("  %s  %" PRId64 " networks became %" PRId64 " (%.*s)",
	    calendar_text(d->time_s, "%Y-%m-%d %H:%M", date), d->before_n, d->after_n,
	    (int)d->status.len, d->status.ptr);
	if (s->changes_max != INT64_MAX)
		return true;
	s->sign = "+";
	json_read(s->reader, d->added, say_changed, s, NULL);
	s->sign = "-";
	json_read(s->reader, d->removed, say_changed, s, NULL);
	return true;
}

static void
say_rest(int64_t n, int64_t max, const char *what)
{
	if (n > max)
		cli_say("  and %" PRId64 " more; --all shows all %s", n - max, what);
}

static int
show_text(struct show *s, struct err *err)
{
	struct store *store = s->cli->store;
	int64_t last;
	bool all = !s->cli->terminal || cli_value(s->cli, "all") != NULL;

	s->networks_max = all ? INT64_MAX : SCREEN_NETWORKS;
	s->changes_max = all ? INT64_MAX : SCREEN_CHANGES;
	if (store_domain_get(store, s->id, say_domain, s, err) == STORE_ERROR ||
	    store_domain_networks(store, s->id, say_network, s, err) == -1)
		return -1;
	say_rest(s->networks_n, s->networks_max, "of them");
	cli_say("Changes");
	if (store_domain_differences(
		store, s->id, INT64_MAX, INT64_MAX, say_difference, s, &last, err) == -1)
		return -1;
	if (s->changes_n == 0)
		cli_say("  none yet");
	say_rest(s->changes_n, s->changes_max, "with their networks");
	return 0;
}

/* ---- JSON ---- */

static bool
put_domain(void *arg, const struct domain *d)
{
	struct json *j = arg;

	image_put_domain_members(j, d);
	json_raw(j, "skipped", d->skipped);
	return true;
}

static bool
put_network(void *arg, int64_t domain_id, const struct domain_network *network)
{
	struct json *j = arg;

	(void)domain_id;
	json_object(j, NULL);
	json_string(j, "network", network->net);
	json_string(j, "path", network->path);
	json_end(j, '}');
	return true;
}

static bool
put_difference(void *arg, const struct domain_difference *d)
{
	struct json *j = arg;

	json_object(j, NULL);
	json_int(j, "time_s", d->time_s);
	json_string(j, "status", d->status);
	json_int(j, "before", d->before_n);
	json_int(j, "after", d->after_n);
	json_raw(j, "added", d->added);
	json_raw(j, "removed", d->removed);
	json_end(j, '}');
	return true;
}

static int
show_json(struct show *s, struct err *err)
{
	struct store *store = s->cli->store;
	struct json *j = &s->json;
	int64_t last;
	int result = 0;

	json_init(j, stdout);
	json_object(j, NULL);
	if (store_domain_get(store, s->id, put_domain, j, err) == STORE_ERROR)
		result = -1;
	json_array(j, "listed");
	if (result == 0)
		result = store_domain_networks(store, s->id, put_network, j, err);
	json_end(j, ']');
	json_array(j, "changes");
	if (result == 0)
		result = store_domain_differences(
		    store, s->id, INT64_MAX, INT64_MAX, put_difference, j, &last, err);
	json_end(j, ']');
	json_end(j, '}');
	return result;
}

int
cmd_domain_show(struct cli *cli, struct err *err)
{
	struct show s = { .cli = cli };
	char name[DOMAIN_TEXT_MAX];
	enum store_found found;
	int result;

	if (domain_name_of(cli->args[0], name, err) == -1)
		return -1;
	found = store_domain_find(cli->store, slice_of(name), &s.id, err);
	if (found == STORE_NO)
		return err_set(err, ERR_NOINPUT,
		    "%s is not whitelisted; greygate spf walk %s shows what its SPF record says",
		    name, name);
	if (found == STORE_ERROR)
		return -1;
	s.reader = json_reader_new();
	result = cli->json ? show_json(&s, err) : show_text(&s, err);
	json_reader_free(s.reader);
	return result;
}
