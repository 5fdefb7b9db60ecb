/* dns.c - see dns.h. A question waits for its turn, is under way (exchange.h), and then all who
 * asked it hear of the answer. */
#include "common/dns/dns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/base/clock.h"
#include "common/base/xalloc.h"
#include "common/dns/cache.h"
#include "common/dns/exchange.h"
#include "common/dns/packet.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define DNS_PORT 53

/* Somebody who asked. */
struct dns_query {
	TAILQ_ENTRY(dns_query) link;
	struct question *question;
	dns_done *done;
	void *arg;
};

TAILQ_HEAD(dns_queries, dns_query);

struct question {
	TAILQ_ENTRY(question) link;
	struct dns *dns;
	enum { WAITING, UNDER_WAY, READY } state;
	enum dns_type type;
	char name[DNS_NAME_MAX + 1];
	struct dns_queries queries;
	struct exchange exchange;  /* UNDER_WAY */
	struct dns_answer *answer; /* READY: to be handed out in the next turn */
	ev_timer next_turn;        /* READY */
};

TAILQ_HEAD(questions, question);

struct dns {
	struct exchange_ways ways;
	struct dns_cache *cache;
	size_t parallel;
	struct questions waiting, under_way, ready;
	struct dns_numbers numbers;
};

static void start_waiting(struct dns *dns);

/* ---- servers ---- */

_Static_assert(DNS_SERVERS_MAX == UDP_SERVERS_MAX, "as many as can be asked");

size_t
dns_resolv_conf(const char *path, struct addr_port servers[DNS_SERVERS_MAX])
{
	FILE *file = fopen(path == NULL ? RESOLV_CONF : path, "re");
	char line[512], text[ADDR_TEXT_MAX + 16];
	size_t n = 0;

	while (file != NULL && n < DNS_SERVERS_MAX && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "nameserver %61s", text) == 1 &&
		    addr_parse(slice_of(text), &servers[n].addr) == 0)
			servers[n++].port = DNS_PORT;
	if (file != NULL)
		fclose(file);
	if (n == 0 && addr_parse(SLICE("127.0.0.1"), &servers[0].addr) == 0)
		servers[n++].port = DNS_PORT;
	return n;
}

static void
take_servers(struct dns *dns, const struct dns_options *options)
{
	struct exchange_ways *ways = &dns->ways;

	for (; ways->server_n < options->server_n && ways->server_n < UDP_SERVERS_MAX;
	     ways->server_n++)
		ways->servers[ways->server_n] = options->servers[ways->server_n];
}

struct dns *
dns_start(struct ev_loop *loop, const struct dns_options *options, struct err *err)
{
	struct dns *dns = xcalloc(1, sizeof(*dns));

	if (options->server_n > 0)
		take_servers(dns, options);
	else
		dns->ways.server_n = dns_resolv_conf(options->resolv_conf, dns->ways.servers);
	dns->ways.loop = loop;
	dns->ways.timeout_ms = options->timeout_ms;
	dns->parallel = options->parallel;
	TAILQ_INIT(&dns->waiting);
	TAILQ_INIT(&dns->under_way);
	TAILQ_INIT(&dns->ready);
	dns->ways.udp =
	    udp_open(loop, dns->ways.servers, dns->ways.server_n, dns_packet_refers, err);
	if (dns->ways.udp == NULL) {
		free(dns);
		return NULL;
	}
	dns->cache = dns_cache_new(options->cache_bytes);
	return dns;
}

/* ---- the life of a question ---- */

static struct question *
question_new(struct dns *dns, struct slice name, enum dns_type type)
{
	struct question *question = xcalloc(1, sizeof(*question));

	question->dns = dns;
	question->type = type;
	memcpy(question->name, name.ptr, name.len < DNS_NAME_MAX ? name.len : DNS_NAME_MAX);
	TAILQ_INIT(&question->queries);
	return question;
}

static struct questions *
list_of(struct question *question)
{
	switch (question->state) {
	case WAITING: return &question->dns->waiting;
	case UNDER_WAY: return &question->dns->under_way;
	case READY: break;
	}
	return &question->dns->ready;
}

static void
set_state(struct question *question, int state)
{
	question->state = state;
	TAILQ_INSERT_TAIL(list_of(question), question, link);
}

static void
leave_list(struct question *question)
{
	struct dns *dns = question->dns;

	TAILQ_REMOVE(list_of(question), question, link);
	if (question->state == UNDER_WAY)
		dns->numbers.under_way--;
	else if (question->state == WAITING)
		dns->numbers.waiting--;
}

/* Out of its list; whoever still waits hears nothing. */
static void
question_free(struct question *question)
{
	struct dns *dns = question->dns;
	struct dns_query *query;

	exchange_stop(&question->exchange);
	ev_timer_stop(dns->ways.loop, &question->next_turn);
	leave_list(question);
	while ((query = TAILQ_FIRST(&question->queries)) != NULL) {
		TAILQ_REMOVE(&question->queries, query, link);
		free(query);
	}
	dns_answer_unref(question->answer);
	free(question);
}

/* Takes ANSWER. Those who hear of it may ask again, or forget others that are still to hear. */
static void
hand_out(struct question *question, struct dns_answer *answer)
{
	struct dns *dns = question->dns;
	struct dns_query *query;

	exchange_stop(&question->exchange);
	ev_timer_stop(dns->ways.loop, &question->next_turn);
	leave_list(question);
	set_state(question, READY); /* the same question again is another one */
	while ((query = TAILQ_FIRST(&question->queries)) != NULL) {
		dns_done *done = query->done;
		void *arg = query->arg;

		TAILQ_REMOVE(&question->queries, query, link);
		free(query);
		done(arg, answer);
	}
	dns_answer_unref(answer);
	question_free(question);
	start_waiting(dns);
}

static void
answered(void *arg, struct dns_answer *answer)
{
	struct question *question = arg;
	struct dns *dns = question->dns;

	if (answer->status == DNS_FAILED)
		dns->numbers.failed++;
	dns_cache_put(
	    dns->cache, slice_of(question->name), question->type, answer, clock_mono_ms());
	hand_out(question, answer);
}

static void
send_question(struct question *question)
{
	struct dns *dns = question->dns;

	set_state(question, UNDER_WAY);
	dns->numbers.under_way++;
	dns->numbers.sent++;
	exchange_begin(&question->exchange, &dns->ways, slice_of(question->name), question->type,
	    answered, question);
}

static void
start_waiting(struct dns *dns)
{
	struct question *question;

	while (dns->numbers.under_way < dns->parallel &&
	       (question = TAILQ_FIRST(&dns->waiting)) != NULL) {
		leave_list(question);
		send_question(question);
	}
}

/* ---- asking ---- */

static void
next_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct question *question = timer->data;

	(void)loop;
	(void)events;
	hand_out(question, dns_answer_ref(question->answer));
}

/* Takes ANSWER, to be handed out in the next turn. */
static struct question *
ready_question(struct dns *dns, struct slice name, enum dns_type type, struct dns_answer *answer)
{
	struct question *question = question_new(dns, name, type);

	question->answer = answer;
	set_state(question, READY);
	ev_timer_init(&question->next_turn, next_turn, 0, 0);
	question->next_turn.data = question;
	ev_timer_start(dns->ways.loop, &question->next_turn);
	return question;
}

static struct question *
find_in(struct questions *list, struct slice name, enum dns_type type)
{
	struct question *question;

	TAILQ_FOREACH(question, list, link)
	if (question->type == type && slice_equal(slice_of(question->name), name))
		return question;
	return NULL;
}

static struct question *
find_or_begin(struct dns *dns, struct slice name, enum dns_type type)
{
	struct dns_answer *cached = dns_cached(dns, name, type);
	struct question *question;

	if (!dns_name_valid(name) || memchr(name.ptr, '\0', name.len) != NULL)
		return ready_question(dns, name, type, dns_answer_new(DNS_NOTHING, 0, "", NULL, 0));
	if (cached != NULL)
		return ready_question(dns, name, type, dns_answer_ref(cached));
	question = find_in(&dns->under_way, name, type);
	if (question == NULL)
		question = find_in(&dns->waiting, name, type);
	if (question == NULL) {
		question = question_new(dns, name, type);
		set_state(question, WAITING);
		dns->numbers.waiting++;
	}
	return question;
}

struct dns_query *
dns_ask(struct dns *dns, struct slice name, enum dns_type type, dns_done *done, void *arg)
{
	struct dns_query *query = xcalloc(1, sizeof(*query));

	dns->numbers.asked++;
	query->question = find_or_begin(dns, name, type);
	query->done = done;
	query->arg = arg;
	TAILQ_INSERT_TAIL(&query->question->queries, query, link);
	start_waiting(dns);
	return query;
}

void
dns_forget(struct dns_query *query)
{
	struct question *question = query->question;

	TAILQ_REMOVE(&question->queries, query, link);
	free(query);
	/* One that is on its way may come to the cache; one that waits needs no sending. */
	if (question->state == WAITING && TAILQ_EMPTY(&question->queries))
		question_free(question);
}

struct dns_answer *
dns_cached(struct dns *dns, struct slice name, enum dns_type type)
{
	struct dns_answer *answer = dns_cache_get(dns->cache, name, type, clock_mono_ms());

	if (answer != NULL)
		dns->numbers.cached++;
	return answer;
}

struct ev_loop *
dns_loop(const struct dns *dns)
{
	return dns->ways.loop;
}

static void
free_all(struct questions *list)
{
	while (!TAILQ_EMPTY(list))
		question_free(TAILQ_FIRST(list));
}

void
dns_stop(struct dns *dns)
{
	if (dns == NULL)
		return;
	free_all(&dns->waiting);
	free_all(&dns->under_way);
	free_all(&dns->ready);
	udp_close(dns->ways.udp);
	dns_cache_free(dns->cache);
	free(dns);
}

void
dns_numbers(const struct dns *dns, struct dns_numbers *numbers_out)
{
	*numbers_out = dns->numbers;
	numbers_out->tcp = dns->ways.tcp_n;
	numbers_out->cache_entries = dns_cache_count(dns->cache);
	numbers_out->cache_bytes = dns_cache_bytes(dns->cache);
}
