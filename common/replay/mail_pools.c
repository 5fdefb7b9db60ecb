/* mail_pools.c - see mail_internal.h: which clients bring the mail of a domain. */
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/net/addr.h"
#include "common/replay/mail_internal.h"

/* A client of real mail. */
struct seen {
	uint32_t domain, client;
	uint64_t net;
};

struct counts {
	size_t nets;
	size_t moved, stayed; /* mails with several tries, from several networks or from one */
};

static int
by_domain(const void *va, const void *vb)
{
	const struct seen *a = va, *b = vb;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	return a->client < b->client ? -1 : a->client > b->client;
}

/* The network of a client as a number; 0 for one that is no mail server of a sender. */
static uint64_t
net_of(const char *client, const struct addr_net *trusted, size_t trusted_n)
{
	struct slice parts[4];
	struct addr_net net;
	struct addr addr;
	uint64_t number;
	size_t i;

	texts_split(client, parts, 4);
	if (parts[3].len > 0 || addr_parse(parts[0], &addr) == -1)
		return 0;
	for (i = 0; i < trusted_n; i++)
		if (addr_net_contains(&trusted[i], &addr))
			return 0;
	net = addr_net_of(&addr, 24, 64);
	memcpy(&number, net.addr.bytes, sizeof(number));
	return number;
}

static uint64_t *
nets_of_clients(const struct mails *m, const struct addr_net *trusted, size_t trusted_n)
{
	uint64_t *nets = xcalloc(m->clients.n + 1, sizeof(*nets));
	uint32_t i;

	for (i = 0; i < m->clients.n; i++)
		nets[i] = net_of(m->clients.all[i], trusted, trusted_n);
	return nets;
}

static bool
moves(const struct mails *m, const struct mail *mail, const uint64_t *nets)
{
	uint32_t i;

	for (i = 1; i < mail->try_n; i++)
		if (nets[m->tries[mail->first + i].client] != nets[m->tries[mail->first].client])
			return true;
	return false;
}

/* The clients of real mail in the order of domains, without doubles; *N_OUT of them. */
static struct seen *
gather(const struct mails *m, const uint64_t *nets, struct counts *counts, size_t *n_out)
{
	struct seen *seen = xcalloc(m->try_n + 1, sizeof(*seen));
	size_t n = 0, kept = 0, i;
	uint32_t k;

	for (i = 0; i < m->mail_n; i++) {
		const struct mail *mail = &m->mails[i];

		for (k = 0; mail->real && k < mail->try_n; k++) {
			uint32_t client = m->tries[mail->first + k].client;

			if (nets[client] != 0)
				seen[n++] = (struct seen){ mail->domain, client, nets[client] };
		}
		if (mail->real && mail->try_n > 1)
			(*(moves(m, mail, nets) ? &counts[mail->domain].moved
						: &counts[mail->domain].stayed))++;
	}
	qsort(seen, n, sizeof(*seen), by_domain);
	for (i = 0; i < n; i++)
		if (i == 0 || by_domain(&seen[i], &seen[i - 1]) != 0)
			seen[kept++] = seen[i];
	*n_out = kept;
	return seen;
}

void
mails_find_pools(struct mails *m, const struct addr_net *trusted, size_t trusted_n)
{
	struct counts *counts = xcalloc(m->domains.n + 1, sizeof(*counts));
	uint64_t *nets = nets_of_clients(m, trusted, trusted_n);
	size_t n, i;
	struct seen *seen = gather(m, nets, counts, &n);

	m->by_domain = xcalloc(m->domains.n + 1, sizeof(*m->by_domain));
	m->domain_clients = xcalloc(n + 1, sizeof(*m->domain_clients));
	for (i = 0; i < n; i++) {
		struct mail_domain *d = &m->by_domain[seen[i].domain];
		struct counts *c = &counts[seen[i].domain];

		if (d->n++ == 0)
			d->first = (uint32_t)i;
		c->nets += d->n == 1 || seen[i].net != seen[i - 1].net;
		d->is_pool = c->nets > 1 && (c->moved > 0 || c->stayed == 0);
		m->domain_clients[i] = seen[i].client;
	}
	free(seen);
	free(nets);
	free(counts);
}
