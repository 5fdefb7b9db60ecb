/* dkim.c - see dkim.h. */
#include "common/doctor/dkim.h"

#include <string.h>

#include "common/doctor/tags.h"

#define KEY_BYTES_MAX 4096 /* RSA of 16384 bits has half of it */
#define ED25519_BYTES 32
#define ED25519_SPKI_BYTES 44
#define SHOWN_MAX 40 /* of a tag, in a message */

/* ---- base64 ---- */

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct decoding {
	uint32_t bits;
	unsigned digits, padding; /* of all */
};

/* -1: the character does not belong there. *FULL_OUT: a byte is whole. */
static int
take_digit(struct decoding *d, char c, bool *full_out)
{
	int digit = base64_digit(c);

	*full_out = false;
	if (c == '=')
		return ++d->padding <= 2 ? 0 : -1;
	if (digit == -1 || d->padding > 0)
		return -1;
	d->bits = d->bits << 6 | (uint32_t)digit;
	*full_out = d->digits++ % 4 != 0;
	return 0;
}

int
dkim_base64(struct slice text, uint8_t *out, size_t cap, size_t *len_out)
{
	struct decoding d = { 0 };
	size_t len = 0, i;
	bool full;

	for (i = 0; i < text.len; i++) {
		if (memchr(" \t\r\n", text.ptr[i], 4) != NULL)
			continue;
		if (take_digit(&d, text.ptr[i], &full) == -1 || (full && len == cap))
			return -1;
		if (full)
			out[len++] = (uint8_t)(d.bits >> (6 - (d.digits - 1) % 4 * 2));
	}
	*len_out = len;
	return (d.digits + d.padding) % 4 == 0 && d.digits > 0 ? 0 : -1;
}

/* ---- DER ---- */

enum { DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_SEQUENCE = 0x30 };

struct der {
	const uint8_t *at;
	size_t left;
};

/* The length at the front, of at most two bytes: keys are no longer. */
static int
take_length(struct der *der, size_t *len_out)
{
	size_t bytes, i;

	if (der->left < 1)
		return -1;
	bytes = *der->at < 0x80 ? 0 : (size_t)(*der->at & 0x7f);
	*len_out = bytes == 0 ? *der->at : 0;
	if (*der->at == 0x80 || bytes > 2 || der->left < 1 + bytes)
		return -1;
	for (i = 0; i < bytes; i++)
		*len_out = *len_out << 8 | der->at[1 + i];
	der->at += 1 + bytes;
	der->left -= 1 + bytes;
	return *len_out <= der->left ? 0 : -1;
}

/* Takes the element at the front, which must have that TAG; its content is in INNER_OUT. */
static int
take(struct der *der, uint8_t tag, struct der *inner_out)
{
	size_t len;

	if (der->left < 1 || *der->at != tag)
		return -1;
	der->at++;
	der->left--;
	if (take_length(der, &len) == -1)
		return -1;
	*inner_out = (struct der){ der->at, len };
	der->at += len;
	der->left -= len;
	return 0;
}

static int
modulus_bits(struct der modulus, unsigned *bits_out)
{
	uint8_t top;

	if (modulus.left == 0 || (*modulus.at & 0x80) != 0)
		return -1; /* a negative number */
	while (modulus.left > 0 && *modulus.at == 0) {
		modulus.at++;
		modulus.left--;
	}
	if (modulus.left == 0)
		return -1;
	*bits_out = (unsigned)modulus.left * 8;
	for (top = *modulus.at; (top & 0x80) == 0; top = (uint8_t)(top << 1))
		(*bits_out)--;
	return 0;
}

/* RSAPublicKey: modulus and exponent, after what opens the sequence. */
static int
read_numbers(struct der key, unsigned *bits_out)
{
	struct der modulus, exponent;

	if (take(&key, DER_INTEGER, &modulus) == -1 || take(&key, DER_INTEGER, &exponent) == -1)
		return -1;
	return modulus_bits(modulus, bits_out);
}

int
dkim_rsa_bits(const uint8_t *der, size_t len, unsigned *bits_out)
{
	struct der all = { der, len }, outer, algorithm, bits, key;

	if (take(&all, DER_SEQUENCE, &outer) == -1)
		return -1;
	if (outer.left > 0 && *outer.at == DER_INTEGER)
		return read_numbers(outer, bits_out);
	if (take(&outer, DER_SEQUENCE, &algorithm) == -1 ||
	    take(&outer, DER_BIT_STRING, &bits) == -1 || bits.left < 1 || *bits.at != 0)
		return -1;
	bits.at++; /* unused bits */
	bits.left--;
	if (take(&bits, DER_SEQUENCE, &key) == -1)
		return -1;
	return read_numbers(key, bits_out);
}

/* ---- records ---- */

static int
shown(struct slice text)
{
	return (int)(text.len > SHOWN_MAX ? SHOWN_MAX : text.len);
}

static int
read_type(const struct tags *tags, struct dkim_key *key, struct err *err)
{
	const struct slice *k = tags_get(tags, "k");

	key->type = DKIM_RSA;
	if (k == NULL || slice_equal(*k, SLICE("rsa")))
		return 0;
	if (!slice_equal(*k, SLICE("ed25519")))
		return err_set(
		    err, ERR_DATA, "k=%.*s is a kind of key that nobody knows", shown(*k), k->ptr);
	key->type = DKIM_ED25519;
	return 0;
}

static int
read_ed25519(size_t len, struct dkim_key *key, struct err *err)
{
	key->bits = ED25519_BYTES * 8;
	if (len == ED25519_BYTES)
		return 0;
	return err_set(err, ERR_DATA, "p= of an ed25519 key has %zu bytes, not %d%s", len,
	    ED25519_BYTES,
	    len == ED25519_SPKI_BYTES ? ": it is wrapped in DER, the last 32 bytes are the key"
				      : "");
}

static int
read_key(struct slice p, struct dkim_key *key, struct err *err)
{
	uint8_t bytes[KEY_BYTES_MAX];
	size_t len;

	if (dkim_base64(p, bytes, sizeof(bytes), &len) == -1)
		return err_set(err, ERR_DATA, "p= is no base64, or too long for a key");
	if (key->type == DKIM_ED25519)
		return read_ed25519(len, key, err);
	if (dkim_rsa_bits(bytes, len, &key->bits) == -1)
		return err_set(err, ERR_DATA, "p= holds no RSA key, or only a part of one");
	return 0;
}

/* Whether WORD is in the list with colons that the tag NAME is; false where that is not there. */
static bool
lists(const struct tags *tags, const char *name, const char *word)
{
	const struct slice *value = tags_get(tags, name);
	struct slice rest = value == NULL ? SLICE_NONE : *value, part;

	while (tags_next(&rest, ':', &part))
		if (slice_equal(part, slice_of(word)))
			return true;
	return false;
}

/* What the key may be used for; what is not said is not restricted. */
static int
check_use(const struct tags *tags, struct err *err)
{
	const struct slice *h = tags_get(tags, "h"), *s = tags_get(tags, "s");

	if (h != NULL && !lists(tags, "h", "sha256"))
		return err_set(err, ERR_DATA,
		    "h=%.*s leaves out sha256, and verifiers accept nothing else (RFC 8301)",
		    shown(*h), h->ptr);
	if (s != NULL && !lists(tags, "s", "email") && !lists(tags, "s", "*"))
		return err_set(
		    err, ERR_DATA, "s=%.*s is not for mail: it is email, or *", shown(*s), s->ptr);
	return 0;
}

static int
check_version(const struct tags *tags, struct err *err)
{
	const struct slice *v = tags_get(tags, "v");

	if (v != NULL && !slice_equal(*v, SLICE("DKIM1")))
		return err_set(err, ERR_DATA, "v= must be DKIM1, in capitals");
	if (v != NULL && v != &tags->items[0].value)
		return err_set(err, ERR_DATA, "v=DKIM1 must come first");
	return 0;
}

bool
dkim_is_key(struct slice text)
{
	struct tags tags;

	if (tags_seem(text, "DKIM1"))
		return true;
	return tags_read(text, &tags, NULL) == 0 && tags_get(&tags, "p") != NULL &&
	       tags_get(&tags, "v") == NULL;
}

int
dkim_read(struct slice text, struct dkim_key *key_out, struct err *err)
{
	/* Not n= and p=: they may hold anything. */
	static const char *const holders[] = { "v", "k", "t", "h", "s", NULL };
	static const char *const names[] = { "k", "t", "h", "s", "p", NULL };
	const struct tag *glued;
	const struct slice *p;
	struct tags tags;

	*key_out = (struct dkim_key){ .type = DKIM_RSA };
	if (tags_read(text, &tags, err) == -1)
		return -1;
	glued = tags_glued(&tags, holders, names);
	if (glued != NULL)
		return err_set(err, ERR_DATA,
		    "the tag %.*s runs into the next one: the strings of the record are joined "
		    "with nothing between them, and a semicolon is missing where one ends",
		    shown(glued->name), glued->name.ptr);
	if (check_version(&tags, err) == -1 || read_type(&tags, key_out, err) == -1)
		return -1;
	p = tags_get(&tags, "p");
	if (p == NULL)
		return err_set(err, ERR_DATA, "it has no p=, the key itself");
	key_out->testing = lists(&tags, "t", "y");
	key_out->revoked = p->len == 0;
	if (key_out->revoked)
		return 0;
	return check_use(&tags, err) == -1 ? -1 : read_key(*p, key_out, err);
}
