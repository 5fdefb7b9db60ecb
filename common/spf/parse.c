/* parse.c - see parse.h. A term is NAME, then ':' or '/' and arguments (a directive) or '=' and a
 * value (a modifier). Each mechanism is a row that says which arguments it takes. */
#include "common/spf/parse.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/xalloc.h"
#include "common/spf/macro.h"

#define VERSION SLICE("v=spf1")

/* What may or must follow the name of a mechanism. */
enum argument { FORBIDDEN, OPTIONAL, REQUIRED };

static const struct {
	const char *name;
	enum spf_mechanism mechanism;
	enum argument domain;
	bool prefixes; /* a dual-cidr-length may follow */
} mechanisms[] = {
	{ "all", SPF_ALL, FORBIDDEN, false },
	{ "include", SPF_INCLUDE, REQUIRED, false },
	{ "a", SPF_A, OPTIONAL, true },
	{ "mx", SPF_MX, OPTIONAL, true },
	{ "ptr", SPF_PTR, OPTIONAL, false },
	{ "ip4", SPF_IP4, FORBIDDEN, false },
	{ "ip6", SPF_IP6, FORBIDDEN, false },
	{ "exists", SPF_EXISTS, REQUIRED, false },
};

static struct slice
skip(struct slice s, size_t n)
{
	return (struct slice){ s.ptr + n, s.len - n };
}

static size_t
span(struct slice s, const char *set)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] != '\0' && strchr(set, s.ptr[n]) != NULL)
		n++;
	return n;
}

static size_t
span_without(struct slice s, const char *set)
{
	size_t n = 0;

	while (n < s.len && (s.ptr[n] == '\0' || strchr(set, s.ptr[n]) == NULL))
		n++;
	return n;
}

bool
spf_is_record(struct slice text)
{
	size_t n = VERSION.len;

	return text.len >= n && slice_equal_nocase((struct slice){ text.ptr, n }, VERSION) &&
	       (text.len == n || text.ptr[n] == ' ');
}

static int
bad(struct err *err, struct slice term, const char *why)
{
	return err_set(
	    err, ERR_DATA, "%.*s (%s)", (int)(term.len > 200 ? 200 : term.len), term.ptr, why);
}

/* A number without leading zeros up to MAX; -1 for anything else. */
static int
parse_prefix(struct slice digits, int max)
{
	int value = 0;
	size_t i;

	if (digits.len == 0 || digits.len > 3 || (digits.len > 1 && digits.ptr[0] == '0'))
		return -1;
	for (i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return -1;
		value = value * 10 + (digits.ptr[i] - '0');
	}
	return value <= max ? value : -1;
}

/* Digits at the end of *TEXT after MARK are cut off and put into *DIGITS_OUT. */
static bool
cut_number(struct slice *text, struct slice mark, struct slice *digits_out)
{
	size_t at = text->len;

	while (at > 0 && text->ptr[at - 1] >= '0' && text->ptr[at - 1] <= '9')
		at--;
	if (at < mark.len || memcmp(text->ptr + at - mark.len, mark.ptr, mark.len) != 0)
		return false;
	*digits_out = skip(*text, at);
	text->len = at - mark.len;
	return true;
}

/* ["/" n] ["//" n] at the end of *ARGUMENTS. */
static int
parse_prefixes(struct slice *arguments, struct spf_term *term, struct err *err)
{
	struct slice digits;
	int v4 = 32, v6 = 128;

	if (cut_number(arguments, SLICE("//"), &digits))
		v6 = parse_prefix(digits, 128);
	if (v6 != -1 && cut_number(arguments, SLICE("/"), &digits))
		v4 = parse_prefix(digits, 32);
	if (v4 == -1 || v6 == -1)
		return bad(err, term->text, "bad prefix length");
	term->prefix_v4 = (unsigned)v4;
	term->prefix_v6 = (unsigned)v6;
	return 0;
}

/* ADDRESS [/n]. An IPv4-mapped network stays IPv6 and so never matches: clients with such an
 * address count as IPv4. */
static int
parse_network(struct slice arguments, struct spf_term *term, struct err *err)
{
	bool v4 = term->mechanism == SPF_IP4;
	struct addr addr = { .family = v4 ? ADDR_V4 : ADDR_V6 };
	size_t len = span_without(arguments, "/");
	int max = (int)addr_bits(addr.family), prefix = max;
	char text[INET6_ADDRSTRLEN] = "";

	if (len < sizeof(text))
		memcpy(text, arguments.ptr, len);
	if (inet_pton(v4 ? AF_INET : AF_INET6, text, addr.bytes) != 1)
		return bad(err, term->text, v4 ? "no IPv4 address" : "no IPv6 address");
	if (len < arguments.len)
		prefix = parse_prefix(skip(arguments, len + 1), max);
	if (prefix == -1)
		return bad(err, term->text, "bad prefix length");
	term->net = addr_net_of(&addr, (unsigned)prefix, (unsigned)prefix);
	return 0;
}

static int
parse_domain(struct slice spec, struct slice text, struct err *err)
{
	if (spec.len == 0)
		return bad(err, text, "a domain is missing");
	if (!spf_macro_valid(spec, SPF_MACRO_DOMAIN))
		return bad(err, text, "no domain name or bad macro");
	return 0;
}

static int
parse_arguments(size_t row, struct slice arguments, struct spf_term *term, struct err *err)
{
	bool colon = arguments.len > 0 && arguments.ptr[0] == ':';

	if (term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6)
		return colon ? parse_network(skip(arguments, 1), term, err)
			     : bad(err, term->text, "an address is missing");
	if (mechanisms[row].prefixes && parse_prefixes(&arguments, term, err) == -1)
		return -1;
	if (arguments.len == 0)
		return mechanisms[row].domain == REQUIRED
			   ? bad(err, term->text, "a domain is missing")
			   : 0;
	if (!colon || mechanisms[row].domain == FORBIDDEN)
		return bad(err, term->text, "unexpected argument");
	term->domain = skip(arguments, 1);
	return parse_domain(term->domain, term->text, err);
}

static int
parse_directive(struct slice text, struct spf_record *record, struct err *err)
{
	static const char signs[] = "+-~?"; /* in the order of enum spf_qualifier */
	struct spf_term term = { .text = text, .prefix_v4 = 32, .prefix_v6 = 128 };
	struct slice rest = text, name;
	size_t row;

	if (span(text, signs) > 0) {
		term.qualifier = (enum spf_qualifier)(strchr(signs, text.ptr[0]) - signs);
		rest = skip(rest, 1);
	}
	name = (struct slice){ rest.ptr, span_without(rest, ":/") };
	for (row = 0; row < sizeof(mechanisms) / sizeof(mechanisms[0]); row++)
		if (slice_equal_nocase(name, slice_of(mechanisms[row].name)))
			break;
	if (row == sizeof(mechanisms) / sizeof(mechanisms[0]))
		return bad(err, text, "unknown mechanism");
	term.mechanism = mechanisms[row].mechanism;
	if (parse_arguments(row, skip(rest, name.len), &term, err) == -1)
		return -1;
	record->terms = xreallocarray(record->terms, record->term_n + 1, sizeof(*record->terms));
	record->terms[record->term_n++] = term;
	return 0;
}

static bool
is_modifier_name(struct slice name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter &&
		    (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')))
			return false;
	}
	return name.len > 0;
}

static int
parse_modifier(struct slice text, size_t name_len, struct spf_record *record, struct err *err)
{
	struct slice name = { text.ptr, name_len }, value = skip(text, name_len + 1);
	struct slice *place = NULL;

	if (!is_modifier_name(name))
		return bad(err, text, "bad name of a modifier");
	if (slice_equal_nocase(name, SLICE("redirect")))
		place = &record->redirect;
	else if (slice_equal_nocase(name, SLICE("exp")))
		place = &record->exp;
	else
		return spf_macro_valid(value, SPF_MACRO_STRING) ? 0 : bad(err, text, "bad macro");
	if (place->len > 0)
		return bad(err, text, "given twice");
	*place = value;
	return parse_domain(value, text, err);
}

static int
parse_term(struct slice text, struct spf_record *record, struct err *err)
{
	size_t name_len = span_without(text, ":/=");

	if (name_len < text.len && text.ptr[name_len] == '=')
		return parse_modifier(text, name_len, record, err);
	return parse_directive(text, record, err);
}

static int
check_bytes(struct slice text, struct err *err)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return err_set(err, ERR_DATA, "a byte that is no printable ASCII: 0x%02x",
			    (unsigned char)text.ptr[i]);
	return 0;
}

int
spf_parse(struct slice text, struct spf_record *record_out, struct err *err)
{
	struct slice rest = skip(text, VERSION.len);
	int result = check_bytes(text, err);

	memset(record_out, 0, sizeof(*record_out));
	while (result == 0) {
		size_t len;

		rest = skip(rest, span(rest, " "));
		if (rest.len == 0)
			return 0;
		len = span_without(rest, " ");
		result = parse_term((struct slice){ rest.ptr, len }, record_out, err);
		rest = skip(rest, len);
	}
	spf_record_clear(record_out);
	return -1;
}

void
spf_record_clear(struct spf_record *record)
{
	free(record->terms);
	memset(record, 0, sizeof(*record));
}
