/* test_maillog_line.c - one line of a mail log: programs, headers, dates, and what strangers put
 * into it. */
#include "tests/unit/cases.h"

#include <stdlib.h>

#include "common/maillog/line.h"

#define OWN "450 4.2.0 Come back tomorrow"
#define HEAD "Nov 24 08:44:52 mx "
#define REJECT HEAD "postfix/smtpd[1]: NOQUEUE: reject: RCPT from "
#define TEXT "Recipient address rejected: Intentional policy rejection, please try again later"
#define TAIL " proto=ESMTP helo=<h.example>"
#define GREY HEAD "postgrey[7]: "
#define IREDAPD HEAD "iredapd[7]: [192.0.2.1] RCPT, "
#define DETAILS                                                                                    \
	" [sasl_username=, sender=a@x.example, client_name=c.example, helo=h, process_time=0.1s]"

/* The event as "KIND name[address] sender>recipient", with what else is there. */
static const char *
shown(struct slice line, char out[1024])
{
	static const char *const kinds[] = { "nothing", "unread", "refused", "passed", "client",
		"sender", "delivery", "removed" };
	struct maillog_event e;
	struct buf b;

	buf_init(&b, out, 1024);
	buf_add_text(&b, kinds[maillog_line(line, slice_of(OWN), &e)]);
	if (e.kind == MAILLOG_NOTHING || e.kind == MAILLOG_UNREAD)
		return out;
	if (e.kind >= MAILLOG_CLIENT) {
		buf_add_char(&b, ' ');
		buf_add(&b, e.queue_id);
	}
	if (e.client_address.len > 0) {
		buf_add_char(&b, ' ');
		buf_add(&b, e.client_name);
		buf_printf(&b, "[%.*s]", (int)e.client_address.len, e.client_address.ptr);
	}
	if (e.kind != MAILLOG_CLIENT && e.kind != MAILLOG_REMOVED) {
		buf_add_char(&b, ' ');
		buf_add(&b, e.sender);
		buf_add_char(&b, '>');
		buf_add(&b, e.recipient);
	}
	if (e.delay_s >= 0)
		buf_printf(&b, " %llds", (long long)e.delay_s);
	if (e.times != 1)
		buf_printf(&b, " x%lld", (long long)e.times);
	return out;
}

struct case_line {
	const char *name, *line, *want;
};

/* The line ends where its memory ends, so that a sanitizer sees who looks further. */
static void
check(const struct case_line *cases, size_t n)
{
	char out[1024];
	size_t i;

	for (i = 0; i < n; i++) {
		size_t len = strlen(cases[i].line);
		char *exact = malloc(len + (len == 0));

		memcpy(exact, cases[i].line, len);
		want_text(cases[i].name, shown((struct slice){ exact, len }, out), cases[i].want);
		free(exact);
	}
	end_cases();
}

static void
programs(void **state)
{
	static const struct case_line cases[] = {
		{ "the line of the issue",
		    "Nov 24 08:44:52 mx postfix/smtpd[1234]: NOQUEUE: reject: RCPT from "
		    "smtpbg329.qq.com[203.205.221.139]: 451 4.7.1 <info@wode.com>: Recipient "
		    "address "
		    "rejected: Intentional policy rejection, please try again later; "
		    "from=<2850017349@qq.com> to=<info@wode.com> proto=ESMTP "
		    "helo=<smtpbg329.qq.com>",
		    "refused smtpbg329.qq.com[203.205.221.139] 2850017349@qq.com>info@wode.com" },
		{ "postgrey's text",
		    REJECT
		    "unknown[192.0.2.1]: 450 4.2.0 <b@y.example>: Recipient address rejected: "
		    "Greylisted, see http://postgrey.schweikert.ch/help/y.example.html; "
		    "from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused [192.0.2.1] a@x.example>b@y.example" },
		{ "sqlgrey's text",
		    REJECT "unknown[2001:db8::1]: 450 4.7.1 <b@y.example>: Recipient address "
			   "rejected: Greylisted for 5 minutes; from=<> to=<b@y.example>" TAIL,
		    "refused [2001:db8::1] >b@y.example" },
		{ "a milter's text",
		    HEAD
		    "postfix/smtpd[1]: NOQUEUE: milter-reject: RCPT from c.example[192.0.2.1]: "
		    "451 4.7.1 Greylisting in action, please come back in 00:05:00; "
		    "from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "a milter without the code",
		    HEAD "postfix/cleanup[1]: 4F9D195432: milter-reject: END-OF-MESSAGE from "
			 "c.example[192.0.2.1]: 4.7.1 Greylisted; from=<a@x.example> "
			 "to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "our own reply",
		    REJECT "c.example[192.0.2.1]: 450 4.2.0 <b@y.example>: Recipient address "
			   "rejected: Come back tomorrow; from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "a reply without DSN",
		    REJECT "c.example[192.0.2.1]: 450 <b@y.example>: Recipient address rejected: "
			   "greylisted; from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "at another stage",
		    HEAD "postfix/smtpd[1]: NOQUEUE: reject: DATA from c.example[192.0.2.1]: 450 "
			 "4.7.1 <DATA>: Data command rejected: Graylisted; from=<a@x.example> "
			 "to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "among client restrictions",
		    REJECT "c.example[192.0.2.1]: 450 4.7.1 <c.example[192.0.2.1]>: Client host "
			   "rejected: Greylisted; from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "second recipient of a message",
		    HEAD
		    "postfix/smtpd[1]: 4F9D195432: reject: RCPT from c.example[192.0.2.1]: 451 "
		    "4.7.1 <b@y.example>: " TEXT "; from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "port of the client",
		    REJECT "c.example[192.0.2.1]:50123: 451 4.7.1 <b@y.example>: " TEXT
			   "; from=<a@x.example> to=<b@y.example>" TAIL,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "no HELO",
		    REJECT "c.example[192.0.2.1]: 451 4.7.1 <b@y.example>: " TEXT
			   "; from=<a@x.example> to=<b@y.example> proto=SMTP",
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "authenticated",
		    REJECT "c.example[192.0.2.1]: 451 4.7.1 <b@y.example>: " TEXT
			   "; from=<a@x.example> to=<b@y.example>" TAIL " sasl_username=<u>",
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "client", HEAD "postfix/smtpd[1]: 4F9D195432: client=c.example[192.0.2.1]",
		    "client 4F9D195432 c.example[192.0.2.1]" },
		{ "client that authenticated",
		    HEAD "postfix/smtpd[1]: 3ZbKcs1xWpz4: client=unknown[2001:db8::1], "
			 "sasl_method=PLAIN, sasl_username=u",
		    "client 3ZbKcs1xWpz4 [2001:db8::1]" },
		{ "sender",
		    HEAD
		    "postfix/qmgr[1]: 4F9D195432: from=<a@x.example>, size=312, nrcpt=1 (queue "
		    "active)",
		    "sender 4F9D195432 a@x.example>" },
		{ "null sender", HEAD "postfix/qmgr[1]: 4F9D195432: from=<>, size=312, nrcpt=1",
		    "sender 4F9D195432 >" },
		{ "removed", HEAD "postfix/qmgr[1]: 4F9D195432: removed", "removed 4F9D195432" },
		{ "delivered",
		    HEAD "postfix/lmtp[1]: 4F9D195432: to=<b@y.example>, relay=mx[private/lmtp], "
			 "delay=12.5, delays=1/0/0/0, dsn=2.0.0, status=sent (250 OK)",
		    "delivery 4F9D195432 >b@y.example 12s" },
		{ "delivered to an alias",
		    HEAD "postfix/virtual[1]: 4F9D195432: to=<c@y.example>, orig_to=<b@y.example>, "
			 "relay=virtual, delay=0.4, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)",
		    "delivery 4F9D195432 >b@y.example 0s" },
		{ "accepted, but not delivered yet",
		    HEAD "postfix/smtp[1]: 4F9D195432: to=<b@y.example>, relay=none, delay=30, "
			 "delays=0/0/30/0, dsn=4.4.1, status=deferred (connect: timed out)",
		    "delivery 4F9D195432 >b@y.example 30s" },
		{ "a probe",
		    HEAD "postfix/smtp[1]: 4F9D195432: to=<b@y.example>, relay=none, delay=30, "
			 "dsn=4.4.1, status=undeliverable (unknown)",
		    "nothing" },
		{ "postgrey: new",
		    GREY "action=greylist, reason=new, client_name=c.example, "
			 "client_address=192.0.2.1, sender=a@x.example, recipient=b@y.example",
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "postgrey: by another name",
		    HEAD "postfix/postgrey[7]: action=greylist, reason=new, client_name=c.example, "
			 "client_address=192.0.2.1, sender=a@x.example, recipient=b@y.example",
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "postgrey: early",
		    GREY "action=greylist, reason=early-retry (30s missing), client_name=unknown, "
			 "client_address=192.0.2.1, recipient=b@y.example",
		    "refused [192.0.2.1] >b@y.example" },
		{ "postgrey: pass with queue id",
		    GREY "4F9D195432: action=pass, reason=triplet found, delay=372, "
			 "client_name=c.example, client_address=2001:db8::1, sender=a@x.example, "
			 "recipient=b@y.example",
		    "passed c.example[2001:db8::1] a@x.example>b@y.example 372s" },
		{ "postgrey: cut",
		    GREY "action=greylist, reason=new, client_name=c.example, client_addr",
		    "unread" },
		{ "postgrey: something else", GREY "cleaning up old logs...", "nothing" },
		{ "greygate: new",
		    HEAD "greygated[7]: action=greylist, reason=new, client_name=c.example, "
			 "client_address=192.0.2.1, sender=a@x.example, recipient=b@y.example, "
			 "helo=h.example",
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "greygate: no name, null sender",
		    HEAD "greygated[7]: action=greylist, reason=pool-early (30s missing), "
			 "client_address=192.0.2.1, recipient=b@y.example",
		    "refused [192.0.2.1] >b@y.example" },
		{ "greygate: pass",
		    HEAD "greygated[7]: action=pass, reason=spf pool, delay=184, "
			 "client_address=192.0.2.1, sender=a@x.example, recipient=b@y.example, "
			 "helo=h",
		    "passed [192.0.2.1] a@x.example>b@y.example 184s" },
		{ "greygate: reject",
		    HEAD "greygated[7]: action=reject, reason=rule, client_address=192.0.2.1, "
			 "sender=a@x.example, recipient=b@y.example",
		    "nothing" },
		{ "sqlgrey: new",
		    HEAD "sqlgrey: grey: new: 192.0.2(192.0.2.1), a@x.example -> b@y.example",
		    "refused [192.0.2.1] a@x.example>b@y.example" },
		{ "sqlgrey: early",
		    HEAD "sqlgrey[9]: grey: early reconnect: 192.0.2.1(192.0.2.1), a@x.example -> "
			 "b@y.example",
		    "refused [192.0.2.1] a@x.example>b@y.example" },
		{ "sqlgrey: throttling",
		    HEAD "sqlgrey: grey: throttling: 192.0.2.1(192.0.2.1), -undef-@-undef- -> "
			 "b@y.example",
		    "refused [192.0.2.1] >b@y.example" },
		{ "sqlgrey: pass",
		    HEAD "sqlgrey: grey: reconnect ok: 192.0.2(192.0.2.1), a@x.example -> "
			 "b@y.example (01:05:12)",
		    "passed [192.0.2.1] a@x.example>b@y.example 3912s" },
		{ "sqlgrey: whitelist",
		    HEAD "sqlgrey: whitelist: a@x.example, 192.0.2.1(c.example) -> b@y.example",
		    "passed c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "sqlgrey: automatic whitelist",
		    HEAD
		    "sqlgrey: grey: from awl match: updating 192.0.2.1(192.0.2.1), a@x.example",
		    "nothing" },
		{ "sqlgrey: cut", HEAD "sqlgrey: grey: new: 192.0.2(192.0", "unread" },
		{ "iRedAPD: refusal",
		    IREDAPD "a@x.example -> b@y.example, 451 4.7.1 Intentional policy rejection, "
			    "please try again later" DETAILS,
		    "refused c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "iRedAPD: pass", IREDAPD "a@x.example -> b@y.example, DUNNO" DETAILS,
		    "passed c.example[192.0.2.1] a@x.example>b@y.example" },
		{ "iRedAPD: null sender", IREDAPD " -> b@y.example, DUNNO Greylisting: ok" DETAILS,
		    "passed c.example[192.0.2.1] >b@y.example" },
		{ "iRedAPD: another refusal",
		    IREDAPD "a@x.example -> b@y.example, 451 4.7.1 Throttled" DETAILS, "nothing" },
		{ "iRedAPD: permanent refusal",
		    IREDAPD "a@x.example -> b@y.example, REJECT Blacklisted" DETAILS, "nothing" },
		{ "iRedAPD: authenticated",
		    IREDAPD "a@x.example => b@y.example, DUNNO [sasl_username=a@x.example]",
		    "nothing" },
		{ "iRedAPD: no client",
		    HEAD "iredapd[7]: [] RCPT, a@x.example -> b@y.example, 451 4.7.1 Greylisted",
		    "unread" },
		{ "postgrey: no client",
		    GREY "action=greylist, reason=new, client_name=c.example, client_address=, "
			 "sender=a@x.example, recipient=b@y.example",
		    "unread" },
		{ "sqlgrey: no recipient",
		    HEAD "sqlgrey: grey: new: 192.0.2(192.0.2.1), a@x.example -> ", "unread" },
		{ "no recipient at all",
		    REJECT "c.example[192.0.2.1]: 451 4.7.1 <>: " TEXT
			   "; from=<a@x.example> to=<>" TAIL,
		    "unread" },
		{ "iRedAPD: cut", IREDAPD "a@x.example, Greylisted", "unread" },
	};

	(void)state;
	check(cases, COUNT(cases));
}

#define REST                                                                                       \
	"NOQUEUE: reject: RCPT from c.example[192.0.2.1]: 451 4.7.1 <b@y.example>: " TEXT          \
	"; from=<a@x.example> to=<b@y.example>" TAIL
#define GOT "refused c.example[192.0.2.1] a@x.example>b@y.example"

static void
headers(void **state)
{
	static const struct case_line cases[] = {
		{ "ISO date", "2026-11-24T08:01:40.123456+00:00 mx postfix/smtpd[1]: " REST, GOT },
		{ "ISO date, Z", "2026-11-24T08:01:40Z mx postfix/smtpd[1]: " REST, GOT },
		{ "journalctl -o short-iso", "2026-11-24T08:01:40+0100 mx postfix/smtpd[1]: " REST,
		    GOT },
		{ "no host", "2026-11-24T08:01:40Z postfix/smtpd[1]: " REST, GOT },
		{ "blank in the date", "2026-11-24 08:01:40 mx postfix/smtpd[1]: " REST, GOT },
		{ "day of one digit", "Nov  4 08:01:40 mx postfix/smtpd[1]: " REST, GOT },
		{ "29 February", "Feb 29 08:01:40 mx postfix/smtpd[1]: " REST, GOT },
		{ "leap second", "Dec 31 23:59:60 mx postfix/smtpd[1]: " REST, GOT },
		{ "priority", "<22>Nov 24 08:01:40 mx postfix/smtpd[1]: " REST, GOT },
		{ "priority in words", "Nov 24 08:01:40 <mail.info> mx postfix/smtpd[1]: " REST,
		    GOT },
		{ "message id", HEAD "postfix/smtpd[1]: [ID 197553 mail.info] " REST, GOT },
		{ "RFC 5424", "<22>1 2026-11-24T08:01:40Z mx postfix/smtpd 1234 - - " REST, GOT },
		{ "RFC 5424 with data",
		    "<22>1 2026-11-24T08:01:40Z mx postfix/smtpd 1234 - [a b=\"c\"] "
		    "\xef\xbb\xbf" REST,
		    GOT },
		{ "instance", HEAD "postfix-in/smtpd[1]: " REST, GOT },
		{ "service", HEAD "postfix/submission/smtpd[1]: " REST, GOT },
		{ "own name of an instance", HEAD "mx-in/smtpd[1]: " REST, GOT },
		{ "no pid", HEAD "postfix/smtpd: " REST, GOT },
		{ "host is an address", "Nov 24 08:01:40 192.0.2.7 postfix/smtpd[1]: " REST, GOT },
		{ "folded", HEAD "postfix/smtpd[1]: message repeated 3 times: [ " REST "]",
		    GOT " x3" },
		{ "folded no times", HEAD "postfix/smtpd[1]: message repeated 0 times: [ " REST "]",
		    "nothing" },
		{ "no date", "mx postfix/smtpd[1]: " REST, "nothing" },
		{ "30 February", "Feb 30 08:01:40 mx postfix/smtpd[1]: " REST, "nothing" },
		{ "29 February of 2026", "2026-02-29T08:01:40Z mx postfix/smtpd[1]: " REST,
		    "nothing" },
		{ "no month", "Nix 24 08:01:40 mx postfix/smtpd[1]: " REST, "nothing" },
		{ "hour 24", "Nov 24 24:01:40 mx postfix/smtpd[1]: " REST, "nothing" },
		{ "zone cut", "2026-11-24T08:01:40+0 mx postfix/smtpd[1]: " REST, "nothing" },
		{ "year 1", "0001-11-24T08:01:40Z mx postfix/smtpd[1]: " REST, "nothing" },
		{ "nothing", "", "nothing" },
		{ "a date alone", "Nov 24 08:01:40", "nothing" },
		{ "a date and a blank", "Nov 24 08:01:40 ", "nothing" },
		{ "a host alone", "Nov 24 08:01:40 mx", "nothing" },
		{ "a tag alone", HEAD "postfix/smtpd[1]:", "nothing" },
		{ "a slash alone", HEAD "/:", "nothing" },
		{ "half a priority", "<22", "nothing" },
		{ "another program", HEAD "dovecot: " REST, "nothing" },
		{ "another service", HEAD "postfix/anvil[1]: " REST, "nothing" },
		{ "connect", HEAD "postfix/smtpd[1]: connect from c.example[2001:db8::1]",
		    "nothing" },
		{ "message id of a message",
		    HEAD "postfix/cleanup[1]: 4F9D195432: message-id=<reject: RCPT from>",
		    "nothing" },
	};

	(void)state;
	check(cases, COUNT(cases));
}

#define FROM(sender) "; from=<" sender "> to=<b@y.example>" TAIL
#define REFUSAL(tail) REJECT "c.example[192.0.2.1]: 451 4.7.1 <b@y.example>: " TEXT tail
#define CLIENT "refused c.example[192.0.2.1] "

static void
hostile_lines(void **state)
{
	static const struct case_line cases[] = {
		{ "sender begins another", REFUSAL(FROM("\"; from=<v@v.example\"@x.example")),
		    CLIENT "\"; from=<v@v.example\"@x.example>b@y.example" },
		{ "sender names a recipient", REFUSAL(FROM("\"a> to=<v@v.example\"@x.example")),
		    CLIENT "\"a> to=<v@v.example\"@x.example>b@y.example" },
		{ "sender has a whole tail",
		    REFUSAL(FROM("\"a> to=<b@y.example> proto=ESMTP helo=<h\"@x.example")),
		    CLIENT "\"a> to=<b@y.example> proto=ESMTP helo=<h\"@x.example>b@y.example" },
		{ "sender has a refusal",
		    REJECT
		    "c.example[192.0.2.1]: 450 4.7.1 <b@y.example>: Recipient address "
		    "rejected: Service unavailable" FROM("\"Greylisted; from=<a\"@x.example"),
		    "nothing" },
		{ "HELO has a refusal",
		    REJECT "c.example[192.0.2.1]: 450 4.7.1 <Greylisted>: Helo command rejected: "
			   "Host not found; from=<a@x.example> to=<b@y.example> proto=ESMTP "
			   "helo=<Greylisted>",
		    "nothing" },
		{ "recipient has a refusal",
		    REJECT "c.example[192.0.2.1]: 450 4.1.1 <Greylisted@y.example>: Recipient "
			   "address rejected: unverified; from=<a@x.example> "
			   "to=<Greylisted@y.example>" TAIL,
		    "nothing" },
		{ "recipient has a mark",
		    REJECT "c.example[192.0.2.1]: 451 4.7.1 <\"a> to=<v\"@y.example>: " TEXT
			   "; from=<a@x.example> to=<\"a> to=<v\"@y.example>" TAIL,
		    CLIENT "a@x.example>\"a> to=<v\"@y.example" },
		{ "recipient is not the one named, and there are two",
		    REJECT "c.example[192.0.2.1]: 451 4.7.1 <z@y.example>: " TEXT
			   "; from=<a> to=<v@v.example> to=<b@y.example>" TAIL,
		    "unread" },
		{ "two recipients and none named",
		    REJECT "c.example[192.0.2.1]: 450 4.7.1 <c.example[192.0.2.1]>: Client host "
			   "rejected: Greylisted; from=<a> to=<v@v.example> to=<b@y.example>" TAIL,
		    "unread" },
		{ "no recipient",
		    REJECT "c.example[192.0.2.1]: 450 4.7.1 <DATA>: Data command rejected: "
			   "Greylisted; from=<a@x.example>" TAIL,
		    "unread" },
		{ "cut in the sender", REFUSAL("; from=<a@x.exa"), "unread" },
		{ "cut in the text", REJECT "c.example[192.0.2.1]: 451 4.7.1 <b@y.example>: " TEXT,
		    "unread" },
		{ "cut in the client", REJECT "c.example[192.0.2.1 Greylisted", "unread" },
		{ "a blank in the name",
		    REJECT
		    "c. example[192.0.2.1]: 451 4.7.1 <b@y.example>: " TEXT FROM("a@x.example"),
		    "unread" },
		{ "a permanent refusal",
		    REJECT "c.example[192.0.2.1]: 550 5.7.1 <b@y.example>: Recipient address "
			   "rejected: Greylisted" FROM("a@x.example"),
		    "nothing" },
		{ "only warned of",
		    HEAD
		    "postfix/smtpd[1]: NOQUEUE: reject_warning: RCPT from c.example[192.0.2.1]: "
		    "451 4.7.1 <b@y.example>: " TEXT FROM("a@x.example"),
		    "nothing" },
		{ "another temporary refusal",
		    REJECT "unknown[192.0.2.1]: 450 4.7.25 Client host rejected: cannot find your "
			   "hostname, [192.0.2.1]" FROM("a@x.example"),
		    "nothing" },
		{ "bytes that are no text", REFUSAL(FROM("\x1b[31m\xff\xfe\x80@x.example")),
		    CLIENT "\x1b[31m\xff\xfe\x80@x.example>b@y.example" },
		{ "size in a queue's sender",
		    HEAD
		    "postfix/qmgr[1]: 4F9D195432: from=<\"a>, size=1, \"@x.example>, size=312, "
		    "nrcpt=1",
		    "sender 4F9D195432 \"a>, size=1, \"@x.example>" },
		{ "status in a reply",
		    HEAD "postfix/smtp[1]: 4F9D195432: to=<b@y.example>, relay=r, delay=1, "
			 "dsn=5.0.0, status=undeliverable (, status=sent)",
		    "nothing" },
		{ "recipient in postgrey's sender",
		    GREY "action=greylist, reason=new, client_name=c.example, "
			 "client_address=192.0.2.1, sender=\"a, recipient=v\"@x.example, "
			 "recipient=b@y.example",
		    CLIENT "\"a, recipient=v\"@x.example>b@y.example" },
		{ "arrow in sqlgrey's sender",
		    HEAD "sqlgrey: grey: new: 192.0.2(192.0.2.1), \"a -> v\"@x.example -> "
			 "b@y.example",
		    "refused [192.0.2.1] \"a -> v\"@x.example>b@y.example" },
		{ "arrow in iRedAPD's sender",
		    IREDAPD "\"a -> v, DUNNO\"@x.example -> b@y.example, 451 4.7.1 Intentional "
			    "policy rejection, please try again later" DETAILS,
		    CLIENT "\"a -> v, DUNNO\"@x.example>b@y.example" },
		{ "a queue id that is none", HEAD "postfix/qmgr[1]: 4F9: removed", "nothing" },
		{ "a delay beyond reason",
		    HEAD "postfix/lmtp[1]: 4F9D195432: to=<b@y.example>, relay=r, "
			 "delay=99999999999999999999, status=sent (ok)",
		    "delivery 4F9D195432 >b@y.example" },
		{ "folded a million times",
		    HEAD "postfix/smtpd[1]: message repeated 99999999 times: [ " REST "]",
		    "nothing" },
	};

	(void)state;
	check(cases, COUNT(cases));
}

/* Whatever is missing at the end, nothing is looked at behind it. */
static void
lines_cut_anywhere(void **state)
{
	static const char *const lines[] = { REFUSAL(FROM("a@x.example")),
		"<22>1 2026-11-24T08:01:40.5+00:00 mx postfix/smtpd 1 - [a b=\"c\"] " REST,
		HEAD "sqlgrey: grey: reconnect ok: 192.0.2(192.0.2.1), a -> b (01:05:12)",
		IREDAPD "a@x.example -> b@y.example, DUNNO" DETAILS,
		HEAD "greygated[7]: action=pass, reason=x, delay=1, client_name=c, "
		     "client_address=192.0.2.1, sender=a, recipient=b, helo=h" };
	struct maillog_event event;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(lines); i++)
		for (len = 0; len <= strlen(lines[i]); len++) {
			char *exact = malloc(len + (len == 0));

			memcpy(exact, lines[i], len);
			maillog_line((struct slice){ exact, len }, SLICE_NONE, &event);
			free(exact);
		}
}

static void
mailboxes(void **state)
{
	static const struct {
		const char *text;
		enum maillog_program program;
		const char *want;
	} cases[] = {
		{ "Anna@X.example", MAILLOG_POSTFIX, "anna@x.example" },
		{ "\"a b\"@x.example", MAILLOG_POSTFIX, "a b@x.example" },
		{ "\"a\\\"b\"@x.example", MAILLOG_POSTFIX, "a\"b@x.example" },
		{ "\"a", MAILLOG_POSTFIX, "a" },
		{ "\"", MAILLOG_POSTFIX, "" },
		{ "\"a\\", MAILLOG_POSTFIX, "a\\" },
		{ "", MAILLOG_POSTFIX, "" },
		{ "a\\x20b@x.example", MAILLOG_GREYGATE, "a b@x.example" },
		{ "a\\\\x20b@x.example", MAILLOG_GREYGATE, "a\\x20b@x.example" },
		{ "a\\x2", MAILLOG_GREYGATE, "a\\x2" },
		{ "a\\", MAILLOG_GREYGATE, "a\\" },
		{ "a\\x20b", MAILLOG_POSTGREY, "a\\x20b" },
	};
	char out[64];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct maillog_event event = { .program = cases[i].program };

		buf_init(&b, out, sizeof(out));
		maillog_mailbox(&b, &event, slice_of(cases[i].text));
		want_text(cases[i].text, out, cases[i].want);
	}
	end_cases();
}

/* ---- dates ---- */

static struct maillog_date
date_of(const char *text)
{
	struct slice rest = slice_of(text);
	struct maillog_date date;

	if (maillog_date_take(&rest, &date) == -1)
		fail_msg("%s is no date", text);
	return date;
}

/* Unix times of a log that was written at WRITTEN. TZ is UTC. */
static void
years(void **state)
{
	static const struct {
		const char *name, *dates[5];
		const char *written, *wants[5];
	} cases[] = {
		{ "this year", { "Nov 24 08:00:00" }, "2026-11-25T00:00:00Z",
		    { "2026-11-24T08:00:00Z" } },
		{ "over New Year's Eve", { "Dec 31 23:59:59", "Jan  1 00:00:00" },
		    "2027-01-01T00:00:00Z", { "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z" } },
		{ "an old file", { "Nov 24 08:00:00" }, "2023-11-25T00:00:00Z",
		    { "2023-11-24T08:00:00Z" } },
		{ "written in spring", { "Nov 24 08:00:00" }, "2026-04-01T00:00:00Z",
		    { "2025-11-24T08:00:00Z" } },
		{ "a line out of order",
		    { "Dec 31 23:59:59", "Jan  1 00:00:01", "Dec 31 23:59:58", "Jan  1 00:00:02" },
		    "2027-01-01T00:01:00Z",
		    { "2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z", "2026-12-31T23:59:58Z",
			"2027-01-01T00:00:02Z" } },
		{ "three quiet years", { "Jun  1 00:00:00", "May  1 00:00:00", "Apr  1 00:00:00" },
		    "2026-04-01T00:00:01Z",
		    { "2024-06-01T00:00:00Z", "2025-05-01T00:00:00Z", "2026-04-01T00:00:00Z" } },
		{ "a gap of months goes forward", { "Jan  2 00:00:00", "Nov 24 00:00:00" },
		    "2026-11-24T00:00:00Z", { "2026-01-02T00:00:00Z", "2026-11-24T00:00:00Z" } },
		{ "leap day", { "Feb 29 12:00:00", "Mar  1 00:00:00" }, "2026-03-01T00:00:00Z",
		    { "2024-02-29T12:00:00Z", "2024-03-01T00:00:00Z" } },
		{ "both kinds", { "2025-12-31T23:00:00Z", "Dec 31 23:30:00", "Jan  1 00:30:00" },
		    "2026-01-01T01:00:00Z",
		    { "2025-12-31T23:00:00Z", "2025-12-31T23:30:00Z", "2026-01-01T00:30:00Z" } },
		{ "zones", { "2026-11-24T08:00:00+05:30", "2026-11-24T08:00:00-0800" },
		    "2026-11-25T00:00:00Z", { "2026-11-24T02:30:00Z", "2026-11-24T16:00:00Z" } },
		{ "a clock a little ahead", { "Nov 24 12:00:00" }, "2026-11-24T11:59:00Z",
		    { "2026-11-24T12:00:00Z" } },
	};
	size_t i, n;

	(void)state;
	setenv("TZ", "UTC", 1);
	for (i = 0; i < COUNT(cases); i++) {
		struct maillog_calendar calendar = { 0 }, utc = { 0 };
		struct maillog_date dates[5], written = date_of(cases[i].written);

		for (n = 0; n < 5 && cases[i].dates[n] != NULL; n++)
			dates[n] = date_of(cases[i].dates[n]);
		maillog_calendar_begin(&calendar, dates, n, maillog_calendar_time(&utc, &written));
		for (n = 0; n < 5 && cases[i].dates[n] != NULL; n++) {
			struct maillog_date want = date_of(cases[i].wants[n]);

			want_int(cases[i].name, maillog_calendar_time(&calendar, &dates[n]),
			    maillog_calendar_time(&utc, &want));
		}
	}
	end_cases();
}

/* The zone of a place whose clock changes. */
static void
local_time(void **state)
{
	struct maillog_date winter = date_of("2026-01-10T12:00:00"),
			    summer = date_of("2026-07-10T12:00:00");
	struct maillog_calendar calendar = { 0 };

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	want_int("winter", maillog_calendar_time(&calendar, &winter), 1768042800);
	want_int("summer", maillog_calendar_time(&calendar, &summer), 1783677600);
	setenv("TZ", "UTC", 1);
	end_cases();
}

/* Where the clock is put back an hour comes twice: the line that would go back is of the second. */
static void
the_hour_that_comes_twice(void **state)
{
	static const struct {
		const char *name, *date, *utc;
	} lines[] = {
		{ "before", "Oct 25 01:59:00", "2026-10-24T23:59:00Z" },
		{ "the first", "Oct 25 02:10:00", "2026-10-25T00:10:00Z" },
		{ "still", "Oct 25 02:50:00", "2026-10-25T00:50:00Z" },
		{ "a little out of order", "Oct 25 02:49:00", "2026-10-25T00:49:00Z" },
		{ "the second", "Oct 25 02:05:00", "2026-10-25T01:05:00Z" },
		{ "on", "Oct 25 02:55:00", "2026-10-25T01:55:00Z" },
		{ "after", "Oct 25 03:01:00", "2026-10-25T02:01:00Z" },
		{ "out of order", "Oct 25 02:59:59", "2026-10-25T01:59:59Z" },
	};
	struct maillog_date first = date_of(lines[0].date), date;
	struct maillog_calendar calendar = { 0 }, utc = { 0 };
	size_t i;

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	maillog_calendar_begin(&calendar, &first, 1, 1795500000);
	for (i = 0; i < COUNT(lines); i++) {
		struct maillog_date want = date_of(lines[i].utc);

		date = date_of(lines[i].date);
		want_int(lines[i].name, maillog_calendar_time(&calendar, &date),
		    maillog_calendar_time(&utc, &want));
	}
	setenv("TZ", "UTC", 1);
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs),
		cmocka_unit_test(headers),
		cmocka_unit_test(hostile_lines),
		cmocka_unit_test(lines_cut_anywhere),
		cmocka_unit_test(mailboxes),
		cmocka_unit_test(years),
		cmocka_unit_test(local_time),
		cmocka_unit_test(the_hour_that_comes_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
