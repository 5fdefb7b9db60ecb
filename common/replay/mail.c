/* mail.c - see mail.h: tries gathered, sorted, and cut into mails. */
#include "common/replay/mail_internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/email.h"

#define ECHO_S 5 /* between the two lines of one try */
#define CLIENT_PARTS 4
#define TEXT_MAX 16384

struct mails *
mails_new(void)
{
	return xcalloc(1, sizeof(struct mails));
}

void
mails_free(struct mails *m)
{
	if (m == NULL)
		return;
	texts_clear(&m->pairs);
	texts_clear(&m->clients);
	texts_clear(&m->domains);
	free(m->tries);
	free(m->mails);
	free(m->by_domain);
	free(m->domain_clients);
	free(m);
}

/* ---- gathering ---- */

static uint32_t
number_of(struct texts *texts, const struct slice *parts, size_t n)
{
	char storage[TEXT_MAX];
	struct buf text;

	buf_init(&text, storage, sizeof(storage));
	texts_join(&text, parts, n);
	str_lower(storage, text.len);
	return texts_number(texts, buf_slice(&text));
}

static uint32_t
instance_of(struct slice instance)
{
	uint32_t hash = UINT32_C(0x811c9dc5);
	size_t i;

	for (i = 0; i < instance.len; i++)
		hash = (hash ^ (unsigned char)instance.ptr[i]) * UINT32_C(0x01000193);
	return instance.len == 0 ? 0 : hash | 1;
}

void
mails_add(struct mails *m, const struct mail_contact *c)
{
	const struct slice pair[] = { c->sender, c->recipient };
	const struct slice client[CLIENT_PARTS] = { c->address, c->name, c->helo, c->sasl };

	if (m->try_n == m->try_cap) {
		m->try_cap = m->try_cap == 0 ? 256 : m->try_cap * 2;
		m->tries = xreallocarray(m->tries, m->try_cap, sizeof(*m->tries));
	}
	m->tries[m->try_n] = (struct mail_try){ .time_s = c->time_s,
		.seq = (uint32_t)m->try_n,
		.pair = number_of(&m->pairs, pair, 2),
		.client = number_of(&m->clients, client, CLIENT_PARTS),
		.instance = instance_of(c->instance),
		.answer = (uint8_t)c->answer,
		.origin = (uint8_t)c->origin,
		.answer_known = c->answer_known };
	m->try_n++;
}

/* ---- sorting ---- */

static int
by_pair(const void *va, const void *vb)
{
	const struct mail_try *a = va, *b = vb;

	if (a->pair != b->pair)
		return a->pair < b->pair ? -1 : 1;
	if (a->time_s != b->time_s)
		return a->time_s < b->time_s ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static bool
same_address(const struct mails *m, const struct mail_try *a, const struct mail_try *b)
{
	const char *ta = m->clients.all[a->client], *tb = m->clients.all[b->client];
	size_t len = strcspn(ta, "\n");

	return a->client == b->client || (strcspn(tb, "\n") == len && memcmp(ta, tb, len) == 0);
}

/* Whether both may tell of one try. */
static bool
alike(const struct mails *m, const struct mail_try *a, const struct mail_try *b)
{
	return a->pair == b->pair && a->answer == b->answer && a->origin != MAIL_RECORDED &&
	       b->origin != MAIL_RECORDED && b->time_s - a->time_s <= ECHO_S &&
	       same_address(m, a, b);
}

/* A message that was delivered in several goes. */
static bool
is_again(const struct mails *m, const struct mail_try *a, const struct mail_try *b)
{
	return alike(m, a, b) && a->answer == MAIL_ACCEPTED && a->origin == MAIL_BY_POSTFIX &&
	       b->origin == MAIL_BY_POSTFIX && a->time_s == b->time_s;
}

/* Leaves one of the line of the policy server and that of Postfix for one try: with the client of
 * Postfix, whose refusals tell HELO and name. */
static void
drop_echoes(struct mails *m)
{
	size_t kept = 0, i;
	bool awaits_echo = false;

	for (i = 0; i < m->try_n; i++) {
		const struct mail_try *try = &m->tries[i];
		struct mail_try *last = kept == 0 ? NULL : &m->tries[kept - 1];

		if (last != NULL && is_again(m, try - 1, try))
			continue;
		if (last != NULL && awaits_echo && last->origin != try->origin &&
		    alike(m, last, try)) {
			if (try->origin == MAIL_BY_POSTFIX)
				last->client = try->client;
			awaits_echo = false;
			continue;
		}
		m->tries[kept++] = *try;
		awaits_echo = true;
	}
	m->try_n = kept;
}

/* ---- cutting ---- */

static uint32_t
domain_of(struct mails *m, uint32_t pair)
{
	struct slice parts[2], domain;

	texts_split(m->pairs.all[pair], parts, 2);
	domain = email_split(parts[0]).domain;
	if (parts[0].len == 0)
		domain = SLICE("<>");
	return texts_number(&m->domains, domain.len == 0 ? SLICE("-") : domain);
}

static bool
ends_before(const struct mail_try *last, const struct mail_try *next)
{
	return next->pair != last->pair || last->answer != MAIL_REFUSED ||
	       next->time_s - last->time_s > MAIL_PAUSE_S;
}

static void
cut(struct mails *m)
{
	size_t i, begin = 0;

	m->mails = xcalloc(m->try_n + 1, sizeof(*m->mails));
	for (i = 1; i <= m->try_n; i++) {
		const struct mail_try *last = &m->tries[i - 1];
		struct mail *mail = &m->mails[m->mail_n];

		if (i < m->try_n && !ends_before(last, &m->tries[i]))
			continue;
		mail->first = (uint32_t)begin;
		mail->try_n = (uint32_t)(i - begin);
		mail->domain = domain_of(m, last->pair);
		mail->accepted = last->answer == MAIL_ACCEPTED;
		mail->real = mail->accepted || (mail->try_n > 1 && last->answer == MAIL_REFUSED);
		m->real_n += mail->real;
		m->mail_n++;
		begin = i;
	}
}

static int
by_first_try(const void *va, const void *vb, void *arg)
{
	const struct mails *m = arg;
	const struct mail_try *a = &m->tries[((const struct mail *)va)->first];
	const struct mail_try *b = &m->tries[((const struct mail *)vb)->first];

	if (a->time_s != b->time_s)
		return a->time_s < b->time_s ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static void
note_span(struct mails *m)
{
	size_t i;

	for (i = 0; i < m->try_n; i++) {
		int64_t time_s = m->tries[i].time_s;

		if (i == 0 || time_s < m->first_s)
			m->first_s = time_s;
		if (i == 0 || time_s > m->last_s)
			m->last_s = time_s;
	}
}

void
mails_end(struct mails *m, const struct addr_net *trusted, size_t trusted_n)
{
	if (m->try_n > 0)
		qsort(m->tries, m->try_n, sizeof(*m->tries), by_pair);
	drop_echoes(m);
	note_span(m);
	cut(m);
	mails_find_pools(m, trusted, trusted_n);
	qsort_r(m->mails, m->mail_n, sizeof(*m->mails), by_first_try, m);
}

struct mail_texts
mails_texts(const struct mails *m, const struct mail_try *try)
{
	struct slice pair[2], client[CLIENT_PARTS];

	texts_split(m->pairs.all[try->pair], pair, 2);
	texts_split(m->clients.all[try->client], client, CLIENT_PARTS);
	return (struct mail_texts){ pair[0], pair[1], client[0], client[1], client[2], client[3] };
}

const char *
mails_domain(const struct mails *m, const struct mail *mail)
{
	return m->domains.all[mail->domain];
}
