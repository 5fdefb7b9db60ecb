/* pattern.c - see pattern.h. Reading goes through one table of forms, in the order in which a text
 * is tried; the first whose mark fits must take it or refuse it, so that an error can say why. */
#include "common/net/pattern.h"

#include <stdio.h>
#include <string.h>

#include "common/net/domain.h"
#include "common/net/email.h"

static const unsigned priorities[PATTERN_KIND_N] = {
	[PATTERN_ANYONE] = 0,
	[PATTERN_TLD] = 40,
	[PATTERN_SUBDOMAINS] = 50,
	[PATTERN_DOMAIN] = 60,
	[PATTERN_HOST] = 65,
	[PATTERN_NET] = 70,
	[PATTERN_WILDCARD] = 70,
	[PATTERN_ADDR] = 80,
	[PATTERN_LOCAL] = 90,
	[PATTERN_MAILBOX] = 100,
};

static bool
contains(struct slice s, char c)
{
	return s.len > 0 && memchr(s.ptr, c, s.len) != NULL;
}

static struct slice
after(struct slice s, size_t n)
{
	return (struct slice){ s.ptr + n, s.len - n };
}

/* Sets the text to HEAD and NAME, the second of which is what is looked up. */
static void
set_text(struct pattern *p, enum pattern_kind kind, const char *head, const char *name)
{
	p->kind = kind;
	snprintf(p->text, sizeof(p->text), "%s%s", head, name);
	p->name_at = strlen(head);
	p->name_len = strlen(name);
}

static int
read_network(struct slice text, struct pattern *p, char *notice, struct err *err)
{
	bool masked;

	if (addr_net_parse(text, &p->net, &masked, err) == -1)
		return -1;
	p->kind = p->net.prefix == addr_bits(p->net.addr.family) ? PATTERN_ADDR : PATTERN_NET;
	addr_net_format(&p->net, p->text);
	p->name_len = strlen(p->text);
	if (masked && notice != NULL)
		snprintf(notice, PATTERN_NOTICE_MAX, "%.*s has host bits set; taken as %.50s",
		    (int)(text.len > 50 ? 50 : text.len), text.ptr, p->text);
	return 0;
}

/* 192.0.2.*, *.0.2.1: any octet may be a star, all four are there. */
static int
read_wildcard(struct slice text, struct pattern *p, char *notice, struct err *err)
{
	char zeros[ADDR_TEXT_MAX] = "";
	struct buf b;
	size_t i, octet = 0;

	(void)notice;
	buf_init(&b, zeros, sizeof(zeros));
	p->mask = (struct addr){ .family = ADDR_V4, .bytes = { 0xff, 0xff, 0xff, 0xff } };
	for (i = 0; i < text.len && octet < 4; i++) {
		bool alone = (i == 0 || text.ptr[i - 1] == '.') &&
			     (i + 1 == text.len || text.ptr[i + 1] == '.');

		if (text.ptr[i] == '.')
			octet++;
		else if (text.ptr[i] == '*' && alone)
			p->mask.bytes[octet] = 0;
		buf_add_char(&b, text.ptr[i] == '*' && alone ? '0' : text.ptr[i]);
	}
	if (i < text.len || addr_parse(buf_slice(&b), &p->value) == -1)
		return err_set(err, ERR_DATA,
		    "an address with * is four octets, each a number or *: 192.0.2.*");
	p->kind = PATTERN_WILDCARD;
	memcpy(p->text, text.ptr, text.len);
	p->text[text.len] = '\0';
	p->name_len = text.len;
	return 0;
}

static int
read_host(struct slice text, struct pattern *p, char *notice, struct err *err)
{
	char name[DOMAIN_TEXT_MAX];

	(void)notice;
	if (text.len > 0 && text.ptr[0] == '.')
		text = after(text, 1);
	if (domain_normalise(text, name) == -1 || !contains(slice_of(name), '.'))
		return err_set(err, ERR_DATA, "not a host name, an address or a network");
	set_text(p, PATTERN_HOST, "", name);
	return 0;
}

/* @., @.org, @.example.org, @example.org */
static int
read_at(struct slice text, struct pattern *p, char *notice, struct err *err)
{
	char name[DOMAIN_TEXT_MAX];
	bool below = text.len > 1 && text.ptr[1] == '.';

	(void)notice;
	if (below && text.len == 2) {
		set_text(p, PATTERN_ANYONE, "@.", "");
		return 0;
	}
	if (domain_normalise(after(text, below ? 2 : 1), name) == -1)
		return err_set(err, ERR_DATA, "what follows the @ is not a domain name");
	if (!below)
		set_text(p, PATTERN_DOMAIN, "@", name);
	else
		set_text(p, contains(slice_of(name), '.') ? PATTERN_SUBDOMAINS : PATTERN_TLD, "@.",
		    name);
	return 0;
}

static int
read_mailbox(struct slice text, struct pattern *p, char *notice, struct err *err)
{
	struct email parts = email_split(text);
	char storage[PATTERN_TEXT_MAX - 2];
	struct buf b;

	(void)notice;
	buf_init(&b, storage, sizeof(storage));
	if (slice_equal(parts.domain, SLICE("*"))) {
		buf_add(&b, parts.local);
		str_lower(b.ptr, b.len);
		snprintf(p->text, sizeof(p->text), "%s@*", storage);
		p->kind = PATTERN_LOCAL;
		p->name_len = b.len;
	} else {
		email_normalise(&b, text);
		set_text(p, PATTERN_MAILBOX, "", storage);
	}
	if (b.cut || parts.domain.len == 0 || contains(buf_slice(&b), '\0'))
		return err_set(err, ERR_DATA, "not a mail address");
	return 0;
}

static int
read_null_sender(struct slice text, struct pattern *p, char *notice, struct err *err)
{
	(void)text;
	(void)notice;
	(void)err;
	set_text(p, PATTERN_MAILBOX, "", "<>");
	return 0;
}

static bool
is_null_sender(struct slice text)
{
	return slice_equal(text, SLICE("<>"));
}

static bool
is_at(struct slice text)
{
	return text.ptr[0] == '@';
}

static bool
has_at(struct slice text)
{
	return contains(text, '@');
}

static bool
has_colon_or_slash(struct slice text)
{
	return contains(text, ':') || contains(text, '/');
}

static bool
is_only(struct slice text, const char *bytes)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] == '\0' || strchr(bytes, text.ptr[i]) == NULL)
			return false;
	return true;
}

static bool
is_starred_address(struct slice text)
{
	return contains(text, '*') && is_only(text, "0123456789.*");
}

static bool
is_address(struct slice text)
{
	return is_only(text, "0123456789.");
}

static bool
is_any(struct slice text)
{
	(void)text;
	return true;
}

static const struct form {
	bool (*fits)(struct slice text);
	bool in_scope;
	int (*read)(struct slice text, struct pattern *p, char *notice, struct err *err);
} forms[] = {
	{ is_null_sender, false, read_null_sender },
	{ is_at, true, read_at },
	{ has_at, true, read_mailbox },
	{ has_colon_or_slash, false, read_network },
	{ is_starred_address, false, read_wildcard },
	{ is_address, false, read_network },
	{ is_any, false, read_host },
};

/* Names the possible forms; a longer list than the error text would be no help. */
static const char *const possible[] = {
	[PATTERN_SCOPE] = "user@example.org, user@*, @example.org, @.example.org, @.org, @.",
	[PATTERN_SENDER] =
	    "user@example.org, user@*, <>, 192.0.2.7, 192.0.2.*, 192.0.2.0/24, "
	    "2001:db8::/32, mail.example.org, @example.org, @.example.org, @.org, @.",
};

static int
refuse(struct slice text, enum pattern_side side, const char *why, struct err *err)
{
	char shown[128];
	struct buf b;

	buf_init(&b, shown, sizeof(shown));
	str_escape(&b, text, ESCAPE_TEXT);
	return err_set(err, ERR_DATA, "\"%s\": %s; possible here: %s", shown, why, possible[side]);
}

int
pattern_parse(struct slice text, enum pattern_side side, struct pattern *pattern_out,
    char notice_out[PATTERN_NOTICE_MAX], struct err *err)
{
	const struct form *form = forms;
	struct err why;

	if (notice_out != NULL)
		notice_out[0] = '\0';
	text = slice_trim(text);
	if (text.len == 0 || text.len >= PATTERN_TEXT_MAX / 2)
		return refuse(text, side, text.len == 0 ? "nothing" : "too long", err);
	while (!form->fits(text))
		form++;
	if (side == PATTERN_SCOPE && !form->in_scope)
		return refuse(text, side, "not a recipient", err);
	memset(pattern_out, 0, sizeof(*pattern_out));
	if (form->read(text, pattern_out, notice_out, &why) == -1)
		return refuse(text, side, why.text, err);
	return 0;
}

struct slice
pattern_name(const struct pattern *pattern)
{
	return (struct slice){ pattern->text + pattern->name_at, pattern->name_len };
}

unsigned
pattern_priority(enum pattern_kind kind)
{
	return priorities[kind];
}

static unsigned
fixed_bits(const struct addr *mask)
{
	unsigned bits = 0, i;

	for (i = 0; i < 4; i++)
		bits += mask->bytes[i] != 0 ? 8 : 0;
	return bits;
}

unsigned
pattern_rank(const struct pattern *pattern)
{
	unsigned detail = 0;

	if (pattern->kind == PATTERN_NET)
		detail = pattern->net.prefix;
	else if (pattern->kind == PATTERN_WILDCARD)
		detail = fixed_bits(&pattern->mask);
	else if (pattern->kind == PATTERN_HOST || pattern->kind == PATTERN_SUBDOMAINS)
		detail = (unsigned)pattern->name_len;
	return priorities[pattern->kind] * PATTERN_RANK_STEP + detail;
}

struct slice
pattern_without_extension(struct slice local)
{
	const char *plus = local.len < 2 ? NULL : memchr(local.ptr + 1, '+', local.len - 1);

	return plus == NULL ? local : (struct slice){ local.ptr, (size_t)(plus - local.ptr) };
}

static bool
match_local(struct slice wanted, struct slice local)
{
	return slice_equal(wanted, local) || slice_equal(wanted, pattern_without_extension(local));
}

static bool
match_mailbox(const struct pattern *p, struct slice mailbox)
{
	struct email wanted = email_split(pattern_name(p)), got = email_split(mailbox);

	if (mailbox.len == 0)
		return is_null_sender(pattern_name(p));
	return slice_equal(wanted.domain, got.domain) && match_local(wanted.local, got.local);
}

static bool
match_wildcard(const struct pattern *p, const struct addr *addr)
{
	int i;

	for (i = 0; i < 4; i++)
		if ((addr->bytes[i] & p->mask.bytes[i]) != p->value.bytes[i])
			return false;
	return addr->family == ADDR_V4;
}

bool
pattern_match(const struct pattern *p, const struct pattern_subject *subject)
{
	struct slice name = pattern_name(p);
	struct email mail = email_split(subject->mailbox);

	switch (p->kind) {
	case PATTERN_ANYONE: return true;
	case PATTERN_TLD:
	case PATTERN_SUBDOMAINS: return domain_is_at_or_below(mail.domain, name);
	case PATTERN_DOMAIN: return slice_equal(mail.domain, name);
	case PATTERN_HOST: return domain_is_at_or_below(subject->host, name);
	case PATTERN_NET:
	case PATTERN_ADDR:
		return subject->addr != NULL && addr_net_contains(&p->net, subject->addr);
	case PATTERN_WILDCARD: return subject->addr != NULL && match_wildcard(p, subject->addr);
	case PATTERN_LOCAL: return mail.domain.len > 0 && match_local(name, mail.local);
	case PATTERN_MAILBOX: return match_mailbox(p, subject->mailbox);
	case PATTERN_KIND_N: break;
	}
	return false;
}
