/* mail.c - see mail.h. Names are of the letters g to z, which no folding of senders touches. */
#include "tests/bench/mail.h"

#include <stdio.h>

/* A bijection that spreads neighbours (splitmix64): traffic is not sorted. */
static uint64_t
spread(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void
word(uint64_t number, char out[16])
{
	int i;

	for (i = 0; i < 13; i++) {
		out[i] = (char)('g' + number % 20);
		number /= 20;
	}
	out[i] = '\0';
}

void
mail_make(uint64_t number, struct mail *mail_out)
{
	uint64_t mixed = spread(number);
	char sender[16], domain[16];

	word(mixed, sender);
	word(mixed % 5000, domain);
	snprintf(mail_out->client_address, sizeof(mail_out->client_address), "%u.%u.%u.%u",
	    (unsigned)(20 + mixed % 100), (unsigned)(mixed >> 8 & 255),
	    (unsigned)(mixed >> 16 & 255), (unsigned)(1 + (mixed >> 24) % 250));
	snprintf(mail_out->client_name, sizeof(mail_out->client_name), "mx.%s.example", domain);
	snprintf(mail_out->sender, sizeof(mail_out->sender), "%s@%s.example", sender, domain);
	snprintf(
	    mail_out->recipient, sizeof(mail_out->recipient), "user.%.3s@example.org", sender + 2);
}

void
mail_known_client(uint64_t i, char address_out[16])
{
	snprintf(address_out, 16, "10.%u.%u.%u", (unsigned)(i >> 16 & 255),
	    (unsigned)(i >> 8 & 255), (unsigned)(i & 255));
}
