/* mail.h - numbered mails for the benchmarks: the filler of the store and the load client make the
 * same triplet from the same number, so a load can meet rows that were there before it. */
#ifndef TESTS_BENCH_MAIL_H
#define TESTS_BENCH_MAIL_H

#include <stdint.h>

/* Number ranges. Filled triplets are MAIL_FILLED + i, all passed and alive. */
#define MAIL_FILLED UINT64_C(0)
#define MAIL_FRESH (UINT64_C(1) << 40)

struct mail {
	char client_address[16];
	char client_name[64];
	char sender[64];
	char recipient[64];
};

void mail_make(uint64_t number, struct mail *mail_out);

/* The address of auto-whitelisted client I: none of them occurs in mail_make(). */
void mail_known_client(uint64_t i, char address_out[16]);

#endif
