/* postgrey.c - postgrey's two databases as db_dump prints them, and its whitelists.
 *
 * postgrey.db: CLIENT/SENDER/RECIPIENT in lower case is FIRST,LAST. CLIENT is a network address
 * without its length (/24, /64), or an address with --lookup-by-host. SENDER has lost its extension
 * and has # for words of digits. Folding that once more gives the key that greygate makes of the
 * original, but where postgrey has folded into a word that we would have read otherwise (a
 * return path such as bounce-17=example.org): such mail waits once more.
 * postgrey_clients.db: ADDRESS is COUNT,LAST. */
#include "common/import/source.h"

#include <string.h>

#include "common/import/dbdump.h"
#include "common/import/patterns.h"

#define DEFAULT_DELAY_S 300
#define SHA1_HEX 40
#define HINT_PRIVACY 1U
#define SAW_AGAIN 2U /* a triplet that came again */
#define SAW_PASSED 4U

static bool
is_hash(struct slice key)
{
	size_t i;

	for (i = 0; i < key.len; i++)
		if (strchr("0123456789abcdef", key.ptr[i]) == NULL || key.ptr[i] == '\0')
			return false;
	return key.len == SHA1_HEX;
}

static void
refuse_hash(struct import *import)
{
	source_refuse(import, "it is a hash: postgrey ran with --privacy");
	if ((import->hints & HINT_PRIVACY) == 0)
		source_hint(import, "postgrey --privacy keeps hashes of its keys, from which no "
				    "address comes back. "
				    "Whitelists and configuration can still be taken; what waits, "
				    "waits once more.");
	import->hints |= HINT_PRIVACY;
}

/* SENDER/RECIPIENT: a slash may be in either local part. The sender ends at the first slash after
 * its @; without sender there is nothing before the first one. */
static bool
split_addresses(struct slice rest, struct slice *sender, struct slice *recipient)
{
	const char *at, *slash;

	*sender = SLICE_NONE;
	if (rest.len > 0 && rest.ptr[0] == '/') {
		*recipient = (struct slice){ rest.ptr + 1, rest.len - 1 };
		return recipient->len > 0;
	}
	at = rest.len == 0 ? NULL : memchr(rest.ptr, '@', rest.len);
	slash = at == NULL ? NULL : memchr(at, '/', (size_t)(rest.ptr + rest.len - at));
	if (slash == NULL && rest.len > 0) /* a sender without domain */
		slash = memrchr(rest.ptr, '/', rest.len);
	if (slash == NULL)
		return false;
	*sender = (struct slice){ rest.ptr, (size_t)(slash - rest.ptr) };
	*recipient = (struct slice){ slash + 1, rest.len - sender->len - 1 };
	return recipient->len > 0;
}

/* A network address of the default lengths; one with host bits is an address. */
static int
prefix_of(struct slice client)
{
	struct addr_net net;
	struct addr addr;

	if (addr_parse(client, &addr) == -1)
		return -1;
	net = addr_net_of(&addr, 24, 64);
	return addr_equal(&net.addr, &addr) ? net.prefix : -1;
}

static int
take_triplet(struct import *import, struct slice key, struct slice value, struct err *err)
{
	int64_t delay_s = import->options.delay_s, waited_s;
	struct source_triplet t = { .attempts = 1 };

	delay_s = delay_s == -1 ? DEFAULT_DELAY_S : delay_s;
	t.client = source_cut(&key, '/');
	if (!split_addresses(key, &t.sender, &t.recipient)) {
		source_refuse(import, "the key is not CLIENT/SENDER/RECIPIENT");
		return 0;
	}
	t.prefix = prefix_of(t.client);
	t.first_s = source_number(source_cut(&value, ','));
	t.last_s = source_number(source_cut(&value, ','));
	waited_s = t.last_s - t.first_s;
	import->hints |= waited_s > 0 ? SAW_AGAIN : 0;
	if (t.first_s >= 0 && waited_s >= delay_s) {
		import->hints |= SAW_PASSED;
		t.passed_s = t.first_s + delay_s;
		t.passes = 1;
	}
	return source_triplet(import, &t, err);
}

static int
take_client(struct import *import, struct slice key, struct slice value, struct err *err)
{
	int64_t count = source_number(source_cut(&value, ','));
	int64_t last_s = source_number(source_cut(&value, ','));

	return source_client(import, key, last_s, last_s, count, err);
}

static int
take_pair(struct import *import, struct slice key, struct slice value, struct err *err)
{
	struct addr addr;

	if (is_hash(key)) {
		refuse_hash(import);
		return 0;
	}
	if (memchr(key.ptr, '/', key.len) != NULL)
		return take_triplet(import, key, value, err);
	if (addr_parse(key, &addr) == 0)
		return take_client(import, key, value, err);
	source_refuse(import, "the key is neither a triplet nor a client");
	return 0;
}

static int
read_dump(struct import *import, struct lines *lines, struct err *err)
{
	struct dbdump dump;
	enum dbdump_found found;

	dbdump_init(&dump, lines);
	while ((found = dbdump_next(&dump)) == DBDUMP_PAIR || found == DBDUMP_BAD) {
		source_row(import, dump.line);
		if (found == DBDUMP_BAD)
			source_refuse(import, "%s", dump.why);
		else if (take_pair(import, (struct slice){ dump.key, dump.key_len },
			     (struct slice){ dump.value, dump.value_len }, err) == -1)
			return -1;
	}
	import->line = lines->line;
	if (found == DBDUMP_FOREIGN)
		source_refuse(import, "this is not the text of db_dump; what follows is not read");
	else if (!dump.ended)
		source_refuse(import, "the dump is not whole: DATA=END is missing");
	return 0;
}

/* ---- whitelists ---- */

static int
allow(struct import *import, struct slice sender, struct err *err)
{
	struct source_entry entry = { .sender = sender, .comment = SLICE("postgrey") };

	return source_rule(import, &entry, RULE_ALLOW, err);
}

static bool
is_regex(struct slice word)
{
	return word.len >= 2 && word.ptr[0] == '/' && word.ptr[word.len - 1] == '/';
}

static struct slice
inner(struct slice word)
{
	return (struct slice){ word.ptr + 1, word.len - 2 };
}

static int
allow_regex(struct import *import, struct slice regex, struct err *err)
{
	char name[PATTERNS_TEXT_MAX];
	const char *notice;
	struct err why;

	if (patterns_host(regex, name, &notice, &why) == -1) {
		source_refuse(import, "/%.*s/: %s", (int)regex.len, regex.ptr, why.text);
		return 0;
	}
	if (*notice != '\0')
		source_note(import, "%s: %s", name, notice);
	return allow(import, slice_of(name), err);
}

static size_t
count_of(struct slice s, char c)
{
	size_t i, n = 0;

	for (i = 0; i < s.len; i++)
		n += s.ptr[i] == c;
	return n;
}

/* 192.0.2 is /24, 192.0 is /16. */
static bool
is_short_address(struct slice word)
{
	size_t i;

	for (i = 0; i < word.len; i++)
		if (strchr("0123456789.", word.ptr[i]) == NULL || word.ptr[i] == '\0')
			return false;
	return count_of(word, '.') == 1 || count_of(word, '.') == 2;
}

static int
take_client_word(struct import *import, struct slice word, struct err *err)
{
	char text[64];
	struct buf b;

	if (is_regex(word))
		return allow_regex(import, inner(word), err);
	if (count_of(word, '@') > 0) {
		source_refuse(import,
		    "\"%.*s\" is a mail address; postgrey looks for host names here, so it never "
		    "did anything (greygate rule add allow does)",
		    (int)(word.len > 100 ? 100 : word.len), word.ptr);
		return 0;
	}
	if (!is_short_address(word) || word.len > 20)
		return allow(import, word, err);
	buf_init(&b, text, sizeof(text));
	buf_add(&b, word);
	buf_add_text(&b, count_of(word, '.') == 2 ? ".0/24" : ".0.0/16");
	return allow(import, buf_slice(&b), err);
}

static int
take_recipient_word(struct import *import, struct slice word, struct err *err)
{
	char text[PATTERNS_TEXT_MAX];
	struct source_entry entry = { .comment = SLICE("postgrey") };
	struct err why;
	struct buf b;

	if (is_regex(word)) {
		if (patterns_address(inner(word), text, &why) == -1) {
			source_refuse(import, "%.*s: %s", (int)word.len, word.ptr, why.text);
			return 0;
		}
		entry.scope = slice_of(text);
		return source_policy(import, &entry, false, err);
	}
	buf_init(&b, text, sizeof(text));
	if (count_of(word, '@') == 0)
		buf_add_text(&b, "@.");
	buf_add(&b, word);
	if (word.ptr[word.len - 1] == '@')
		buf_add_char(&b, '*');
	entry.scope = buf_slice(&b);
	return source_policy(import, &entry, false, err);
}

static bool
has_blank(struct slice s)
{
	return s.len > 0 &&
	       (memchr(s.ptr, ' ', s.len) != NULL || memchr(s.ptr, '\t', s.len) != NULL);
}

static int
read_whitelist(struct import *import, struct lines *lines,
    int (*take)(struct import *import, struct slice word, struct err *err), struct err *err)
{
	struct slice line;

	while (lines_next(lines, &line)) {
		line = source_uncomment(line);
		if (line.len == 0)
			continue;
		source_row(import, lines->line);
		if (lines->cut || line.len > 400 || has_blank(line))
			source_refuse(import, "more than one word, or too long");
		else if (take(import, line, err) == -1)
			return -1;
	}
	return 0;
}

/* Whitelists are known by their names, and the one of recipients by its content: no host name has
 * an @. */
static int
read_any(struct import *import, struct lines *lines, struct err *err)
{
	const char *name = source_basename(import->path);
	struct slice head = lines_peek(lines);

	if (head.len >= 8 && memcmp(head.ptr, "VERSION=", 8) == 0)
		return read_dump(import, lines, err);
	if (strstr(name, "recipients") != NULL)
		return read_whitelist(import, lines, take_recipient_word, err);
	if (strstr(name, "clients") != NULL)
		return read_whitelist(import, lines, take_client_word, err);
	return err_set(err, ERR_DATA,
	    "%s is neither the text of db_dump (it begins with VERSION=) nor named as a "
	    "whitelist: clients or recipients must be in its name",
	    import->path);
}

/* A delay that is not that of the site makes known mail wait. */
static int
look_at_delay(struct import *import, struct err *err)
{
	(void)err;
	if (import->options.delay_s == -1 &&
	    (import->hints & (SAW_AGAIN | SAW_PASSED)) == SAW_AGAIN)
		source_hint(import, "Triplets came again, but none after 5m, so all count as "
				    "waiting. Where postgrey ran with a shorter --delay, say it: "
				    "--delay 60s");
	return 0;
}

const struct source source_postgrey = {
	.name = "postgrey", .read = read_any, .end = look_at_delay
};
