/* fill.c - puts N passed, living triplets and M auto-whitelisted clients into a store, as mail.h
 * numbers them: `fill DATABASE N M [AGE_SECONDS]`. With an age the rows are that old: for expiry;
 * else ten minutes, so that none falls due for its hourly write while something is measured.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/config/config.h"
#include "common/net/addr.h"
#include "common/net/email.h"
#include "common/store/client.h"
#include "common/store/store.h"
#include "common/store/triplet.h"
#include "tests/bench/mail.h"

#define ROWS_PER_COMMIT 50000

static void
check(int result, const struct err *err)
{
	if (result == 0)
		return;
	fprintf(stderr, "fill: %s\n", err->text);
	exit(1);
}

static void
append_triplet(struct store *store, uint64_t number, int64_t first_s)
{
	char net_text[ADDR_NET_TEXT_MAX], sender[EMAIL_TEXT_MAX], recipient[EMAIL_TEXT_MAX];
	struct triplet row = { .state = { first_s, first_s + 300, 1, 1, first_s + 300, 0 } };
	struct buf key;
	struct addr_net net;
	struct addr addr;
	struct mail mail;
	struct err err;
	int64_t id;

	mail_make(number, &mail);
	if (addr_parse(slice_of(mail.client_address), &addr) == -1)
		abort();
	net = addr_net_of(&addr, 24, 64);
	row.key.net = slice_of(addr_net_format(&net, net_text));
	buf_init(&key, sender, sizeof(sender));
	email_key(&key, slice_of(mail.sender), EMAIL_FOLD_ALL);
	row.key.sender = buf_slice(&key);
	buf_init(&key, recipient, sizeof(recipient));
	email_key(&key, slice_of(mail.recipient), EMAIL_FOLD_EXTENSION);
	row.key.recipient = buf_slice(&key);
	row.sender = slice_of(mail.sender);
	row.recipient = slice_of(mail.recipient);
	row.client_address = slice_of(mail.client_address);
	row.client_name = row.helo = slice_of(mail.client_name);
	check(store_triplet_append(store, &row, &id, &err), &err);
}

static void
append_client(struct store *store, uint64_t number, int64_t now_s)
{
	struct client row = { .state = { now_s - 86400, now_s, 3 } };
	char address[16];
	struct err err;
	int64_t id;

	mail_known_client(number, address);
	row.address = slice_of(address);
	row.name = SLICE("known.example");
	check(store_client_append(store, &row, &id, &err), &err);
}

static void
turn_over(struct store *store, uint64_t done)
{
	struct store_wal wal;
	struct err err;

	if (done % ROWS_PER_COMMIT != 0)
		return;
	check(store_commit(store, &err), &err);
	check(store_checkpoint(store, &wal, &err), &err);
	check(store_begin(store, &err), &err);
}

int
main(int argc, char **argv)
{
	struct store_options options = { .mode = STORE_SERVER };
	uint64_t triplets, clients, i;
	int64_t now_s = clock_wall_s();
	struct store *store;
	struct err err;

	if (argc < 4) {
		fprintf(stderr, "usage: fill DATABASE TRIPLETS CLIENTS [AGE_SECONDS]\n");
		return 64;
	}
	options.path = argv[1];
	triplets = strtoull(argv[2], NULL, 10);
	clients = strtoull(argv[3], NULL, 10);
	store = store_open(&options, NULL, &err);
	check(store == NULL ? -1 : 0, &err);
	check(store_begin(store, &err), &err);
	for (i = 0; i < triplets; i++) {
		append_triplet(
		    store, MAIL_FILLED + i, now_s - (argc > 4 ? strtoll(argv[4], NULL, 10) : 600));
		turn_over(store, i + 1);
	}
	for (i = 0; i < clients; i++)
		append_client(store, i, now_s);
	check(store_commit(store, &err), &err);
	check(store_checkpoint_truncate(store, 1000, &err), &err);
	store_close(store);
	return 0;
}
