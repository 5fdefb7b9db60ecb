/* health.c - see health.h. */
#include "tui/health.h"

#include <stdio.h>
#include <string.h>

#include "common/store/client.h"
#include "common/store/heartbeat.h"
#include "common/store/triplet.h"

#define DOCTOR_EVERY_MS 30000

static void
note_trouble(struct health *h, const struct err *err)
{
	if (h->trouble[0] == '\0')
		snprintf(h->trouble, sizeof(h->trouble), "%s", err->text);
}

static void
copy(char *out, size_t len, struct slice text)
{
	struct buf b;

	buf_init(&b, out, len);
	buf_add(&b, text);
}

static void
keep_beat(void *arg, const struct heartbeat *beat)
{
	struct health *h = arg;

	h->pid = beat->pid;
	h->started_s = beat->started_s;
	h->beat_s = beat->beat_s;
	copy(h->version, sizeof(h->version), beat->version);
	copy(h->status, sizeof(h->status), beat->status);
}

static enum server_state
look_at_server(struct health *h, struct console *console)
{
	enum store_found beat, locked;
	struct err err;
	int64_t pid;

	beat = store_heartbeat_get(console->store, keep_beat, h, &err);
	if (beat == STORE_ERROR) {
		note_trouble(h, &err);
		return SERVER_UNKNOWN;
	}
	locked = store_lock_probe(console->config->database, &pid, &err);
	if (locked == STORE_ERROR) {
		note_trouble(h, &err);
		return SERVER_UNKNOWN;
	}
	if (locked == STORE_NO)
		return beat == STORE_NO ? SERVER_NEVER
		       : h->beat_s == 0 ? SERVER_STOPPED
					: SERVER_DIED;
	h->pid = pid;
	return h->beat_s < console->now_s - HEARTBEAT_DEAD_S ? SERVER_SILENT : SERVER_ALIVE;
}

static void
look_at_contents(struct health *h, struct console *console)
{
	const struct rules *rules;
	struct err err;

	if (store_triplet_max_id(console->store, &h->triplet_id, &err) == -1 ||
	    store_client_max_id(console->store, &h->client_id, &err) == -1 ||
	    store_generation(console->store, &h->generation, &err) == -1 ||
	    (rules = console_rules(console, &err)) == NULL) {
		note_trouble(h, &err);
		return;
	}
	h->rules = rules_count(rules);
	h->policies = policies_count(rules);
	h->domains = domains_count(rules);
	h->networks = networks_count(rules);
}

/* ---- the doctor ---- */

/* Whoever does not wait for an answer may ask as often as this. */
static void
ask_others(struct health *h, int64_t now_ms)
{
	if (h->asked_ms != 0 && now_ms - h->asked_ms < DOCTOR_EVERY_MS)
		return;
	h->asked_ms = now_ms;
	resolvers_ask(&h->resolvers);
	postconf_ask(&h->postconf);
}

/* What Postfix said stays while it is asked again. */
static void
take_answers(struct health *h)
{
	verdict_list_clear(&h->asked);
	resolvers_check(&h->resolvers, &h->asked.out);
	postconf_check(&h->postconf, &h->asked.out);
}

bool
health_awaits_postfix(const struct health *h)
{
	return !h->postconf.answered;
}

bool
health_wants_doctor(const struct health *h, int64_t now_ms)
{
	return h->looked_ms == 0 || now_ms - h->looked_ms >= DOCTOR_EVERY_MS ||
	       h->looked_generation != h->generation || h->looked_server != h->server;
}

void
health_ask_doctor(struct health *h, struct console *console)
{
	verdict_list_clear(&h->site);
	doctor_site(console->config, console->store, console->now_s, false, &h->site.out);
	h->looked_ms = console->now_ms;
	h->looked_generation = h->generation;
	h->looked_server = h->server;
}

/* ---- all ---- */

void
health_begin(struct health *h, struct console *console, void (*changed)(void *arg), void *arg)
{
	verdict_list_init(&h->site);
	verdict_list_init(&h->asked);
	resolvers_begin(&h->resolvers, console->loop, console->config, changed, arg);
	postconf_begin(&h->postconf, console->loop, console->config, changed, arg);
}

void
health_end(struct health *h)
{
	resolvers_end(&h->resolvers);
	postconf_end(&h->postconf);
	verdict_list_clear(&h->site);
	verdict_list_clear(&h->asked);
}

void
health_look(struct health *h, struct console *console)
{
	h->trouble[0] = '\0';
	h->server = look_at_server(h, console);
	look_at_contents(h, console);
	ask_others(h, console->now_ms);
	take_answers(h);
}

static void
each(const struct verdict_list *list, verdict_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		fn(arg, &list->items[i]);
}

void
health_each(const struct health *h, verdict_fn *fn, void *arg)
{
	if (h->trouble[0] != '\0') {
		struct verdict trouble = { .status = VERDICT_ERROR };

		snprintf(trouble.text, sizeof(trouble.text), "%s", h->trouble);
		snprintf(trouble.advice, sizeof(trouble.advice), "what is shown below may be old");
		fn(arg, &trouble);
	}
	each(&h->site, fn, arg);
	each(&h->asked, fn, arg);
}
