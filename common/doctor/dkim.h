/* dkim.h - the key in a DKIM record (RFC 6376 3.6.1, RFC 8463): whether verifiers can read it, and
 * how strong it is; pure, bounds-checked. */
#ifndef COMMON_DOCTOR_DKIM_H
#define COMMON_DOCTOR_DKIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

enum dkim_type { DKIM_RSA, DKIM_ED25519 };

struct dkim_key {
	enum dkim_type type;
	bool revoked; /* p= is empty: nothing else is known of the key */
	bool testing; /* t=y: verifiers treat its signatures as none */
	unsigned bits;
};

/* Whether TEXT wants to be a key; a TXT record of another kind may answer for a wildcard. */
bool dkim_is_key(struct slice text);

/* 0, or -1 with ERR_DATA: why no verifier can use it. */
int dkim_read(struct slice text, struct dkim_key *key_out, struct err *err);

/* The bits of the modulus of an RSA key in DER: a SubjectPublicKeyInfo, or the RSAPublicKey in it
 * alone. 0, or -1 when it is neither. */
int dkim_rsa_bits(const uint8_t *der, size_t len, unsigned *bits_out);

/* Bytes of TEXT in base64, blanks inside allowed. 0, or -1: no base64, or it does not fit. */
int dkim_base64(struct slice text, uint8_t *out, size_t cap, size_t *len_out);

#endif
