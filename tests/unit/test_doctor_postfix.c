/* test_doctor_postfix.c - whether Postfix asks greygate at the right place, from what postconf
 * prints: a good setting with one thing changed. */
#include "tests/unit/cases.h"

#include "common/base/err.h"
#include "common/doctor/postfix.h"
#include "common/doctor/postfix_text.h"

#define BASE                                                                                       \
	"compatibility_level = 3.6\n"                                                              \
	"queue_directory = /var/spool/postfix\n"                                                   \
	"smtpd_policy_service_default_action = 451 4.3.5 Server configuration problem\n"           \
	"smtpd_policy_service_timeout = 100s\n"                                                    \
	"smtpd_relay_before_recipient_restrictions = yes\n"
#define RELAY "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"
#define NO_RELAY "smtpd_relay_restrictions = \n"
#define RCPT(list) "smtpd_recipient_restrictions = " list "\n"
#define ASK(server) "check_policy_service { " server ", timeout=10s, default_action=DUNNO }"
#define OURS ASK("unix:/run/greygate/policy.sock")
#define SMTP "smtp       inet  n       -       n       -       -       smtpd\n"
#define CHROOT "smtp inet n - y - - smtpd\n"
#define SUBMISSION "submission inet n - n - - smtpd -o syslog_name=postfix/submission\n"

struct report {
	char text[16384];
	struct buf b;
};

static void
note(void *arg, const struct verdict *verdict)
{
	struct report *report = arg;
	char text[VERDICT_TEXT_MAX];

	verdict_print(verdict, text);
	buf_printf(&report->b, "%s: %s | %s\n", verdict_status_name(verdict->status), text,
	    verdict->record);
}

static const char *
look(const struct postfix_texts *texts, const char *listen, enum verdict_status *worst)
{
	static struct report report;
	struct verdicts v = { .fn = note, .arg = &report };
	struct config config;

	buf_init(&report.b, report.text, sizeof(report.text));
	config_init(&config);
	if (listen != NULL) /* else as by default: also a port */
		assert_int_equal(config_set(&config, "listen", listen, NULL), 0);
	assert_int_equal(config_set(&config, "socket_group", "postfix", NULL), 0);
	postfix_check(texts, &config, &v);
	config_clear(&config);
	*worst = v.worst;
	return report.text;
}

static void
settings(void **state)
{
	static const char ours[] = "unix:/run/greygate/policy.sock",
			  spool[] = "unix:/var/spool/postfix/private/greygate",
			  tcp[] = "inet:127.0.0.1:10023";
	static const struct {
		const char *name, *listen, *settings, *services, *overrides, *part;
		enum verdict_status worst;
	} cases[] = {
		{ "good", ours, BASE RELAY RCPT("reject_unauth_destination, " OURS), SMTP, "",
		    "ok: service smtp asks unix:/run/greygate/policy.sock, in "
		    "smtpd_recipient_restrictions",
		    VERDICT_OK },
		{ "the destination is checked by the relay list", ours, BASE RELAY RCPT(OURS), SMTP,
		    "", "ok: service smtp asks", VERDICT_OK },
		{ "which comes later in an old Postfix", ours,
		    "queue_directory = /var/spool/postfix\n"
		    "smtpd_relay_before_recipient_restrictions = no\n" RELAY RCPT(OURS),
		    SMTP, "", "asks greygate before reject_unauth_destination", VERDICT_WARNING },
		{ "before it", ours, BASE NO_RELAY RCPT(OURS ", reject_unauth_destination"), SMTP,
		    "", "asks greygate before reject_unauth_destination", VERDICT_WARNING },
		{ "in a list that is read before", ours,
		    BASE RELAY "smtpd_sender_restrictions = " OURS "\n", SMTP, "",
		    "asks greygate before reject_unauth_destination", VERDICT_WARNING },
		{ "after data", ours, BASE RELAY "smtpd_data_restrictions = " OURS "\n", SMTP, "",
		    "error: service smtp asks unix:/run/greygate/policy.sock in "
		    "smtpd_data_restrictions, which is not at RCPT, so nothing is greylisted; put "
		    "it into smtpd_recipient_restrictions | \n",
		    VERDICT_ERROR },
		{ "at the end of data, and where it belongs", ours,
		    BASE RELAY RCPT(OURS) "smtpd_end_of_data_restrictions = " OURS "\n", SMTP, "",
		    "ok: service smtp asks unix:/run/greygate/policy.sock, in "
		    "smtpd_recipient_restrictions",
		    VERDICT_OK },
		{ "before the recipient is known", ours,
		    BASE RELAY "smtpd_delay_reject = no\nsmtpd_sender_restrictions = " OURS "\n",
		    SMTP SUBMISSION, "",
		    "in smtpd_sender_restrictions, which is not at RCPT, so nothing is greylisted",
		    VERDICT_ERROR },
		{ "not at all", ours,
		    BASE RELAY RCPT("permit_mynetworks, reject_unauth_destination"), SMTP, "",
		    "| smtpd_recipient_restrictions = permit_mynetworks, "
		    "reject_unauth_destination, "
		    "check_policy_service { unix:/run/greygate/policy.sock, timeout=10s, "
		    "default_action=DUNNO }\n",
		    VERDICT_ERROR },
		{ "nothing is set, and relaying stays possible", ours, BASE RELAY RCPT(""), SMTP,
		    "",
		    "| smtpd_recipient_restrictions = permit_mynetworks, "
		    "permit_sasl_authenticated, check_policy_service {",
		    VERDICT_ERROR },
		{ "who may relay is there", ours,
		    BASE RELAY RCPT("permit_mynetworks, reject_unlisted_recipient"), SMTP, "",
		    "| smtpd_recipient_restrictions = permit_mynetworks, "
		    "reject_unlisted_recipient, permit_sasl_authenticated, check_policy_service {",
		    VERDICT_ERROR },
		{ "nobody checks the destination", ours, BASE NO_RELAY RCPT(""), SMTP, "",
		    "| smtpd_recipient_restrictions = permit_mynetworks, "
		    "permit_sasl_authenticated, reject_unauth_destination, check_policy_service {",
		    VERDICT_ERROR },
		{ "it is checked too late, in an old Postfix", ours,
		    "queue_directory = /var/spool/postfix\ncompatibility_level = 2\n"
		    "smtpd_relay_before_recipient_restrictions = no\n" RELAY RCPT(""),
		    SMTP, "",
		    "permit_sasl_authenticated, reject_unauth_destination, check_policy_service {",
		    VERDICT_ERROR },
		{ "a list that refuses the rest", ours,
		    BASE RELAY RCPT("check_recipient_access hash:/a, reject"), SMTP, "",
		    "| smtpd_recipient_restrictions = check_recipient_access hash:/a, " OURS
		    ", reject\n",
		    VERDICT_ERROR },
		{ "a list of the service's own", ours, BASE RELAY RCPT(""), SMTP,
		    "smtp/inet/smtpd_recipient_restrictions = reject_unauth_destination\n",
		    "so nothing is greylisted; in master.cf below it: |   -o { "
		    "smtpd_recipient_restrictions = reject_unauth_destination, " OURS " }\n",
		    VERDICT_ERROR },
		{ "what cannot be shown", ours,
		    BASE RELAY RCPT(
			"reject_unauth_destination, check_client_access hash:/\xc3\xbc"),
		    SMTP, "",
		    "so nothing is greylisted; put check_policy_service { "
		    "unix:/run/greygate/policy.sock, timeout=10s, default_action=DUNNO } behind "
		    "reject_unauth_destination in smtpd_recipient_restrictions",
		    VERDICT_ERROR },
		{ "a list that ends", ours,
		    BASE RELAY RCPT(
			"reject_unauth_destination, check_sender_access hash:/a, permit"),
		    SMTP, "", "check_sender_access hash:/a, " OURS ", permit\n", VERDICT_ERROR },
		{ "another policy server", spool,
		    BASE RELAY RCPT("reject_unauth_destination, "
				    "check_policy_service { unix:private/policyd, timeout=1h }"),
		    CHROOT, "",
		    "check_policy_service { unix:private/policyd, timeout=1h }, "
		    "check_policy_service { unix:private/greygate,",
		    VERDICT_ERROR },
		{ "behind permit", ours,
		    BASE RELAY RCPT("reject_unauth_destination, permit, " OURS), SMTP, "",
		    "never comes to unix:/run/greygate/policy.sock", VERDICT_ERROR },
		{ "in a class", ours,
		    BASE RELAY "smtpd_restriction_classes = slow, fast\nslow = " OURS
			       "\n" RCPT("reject_unauth_destination, slow"),
		    SMTP, "", "ok: service smtp asks", VERDICT_OK },
		{ "a class that holds itself", ours,
		    BASE RELAY "smtpd_restriction_classes = slow\nslow = slow\n" RCPT("slow"), SMTP,
		    "", "does not ask greygate", VERDICT_ERROR },
		{ "relative, in a chroot", spool, BASE RELAY RCPT(ASK("unix:private/greygate")),
		    CHROOT, "", "ok: service smtp asks unix:private/greygate", VERDICT_OK },
		{ "absolute, as seen in the chroot", spool,
		    BASE RELAY RCPT(ASK("unix:/private/greygate")), CHROOT, "",
		    "ok: service smtp asks unix:/private/greygate", VERDICT_OK },
		{ "absolute, as seen outside", spool,
		    BASE RELAY RCPT(ASK("unix:/var/spool/postfix/private/greygate")), CHROOT, "",
		    "runs in a chroot, where unix:/var/spool", VERDICT_ERROR },
		{ "outside of the chroot", ours, BASE RELAY RCPT(OURS), CHROOT, "",
		    "is not our socket; inet:127.0.0.1:10023 is, in listen of ours and there "
		    "instead",
		    VERDICT_ERROR },
		{ "outside of the chroot, but there is a port", NULL, BASE RELAY RCPT(OURS), CHROOT,
		    "", "is not our socket; inet:127.0.0.1:10023 there instead is", VERDICT_ERROR },
		{ "out of reach", ours, BASE RELAY RCPT(""), CHROOT, "",
		    "reaches no socket of ours: listen on inet:127.0.0.1:10023", VERDICT_ERROR },
		{ "the default is a chroot in an old Postfix", ours,
		    "queue_directory = /var/spool/postfix\n" RELAY RCPT(OURS),
		    "smtp inet n - - - - smtpd\n", "", "runs in a chroot", VERDICT_ERROR },
		{ "and is none in a new one", ours, BASE RELAY RCPT(OURS),
		    "smtp inet n - - - - smtpd\n", "", "ok: service smtp asks", VERDICT_OK },
		{ "TCP", tcp, BASE RELAY RCPT(ASK("inet:127.0.0.1:10023")), CHROOT, "",
		    "ok: service smtp asks inet:127.0.0.1:10023", VERDICT_OK },
		{ "TCP, at every address", "inet:0.0.0.0:10023",
		    BASE RELAY RCPT(ASK("inet:192.0.2.1:10023")), CHROOT, "",
		    "ok: service smtp asks inet:192.0.2.1:10023", VERDICT_OK },
		{ "TCP, at every address of another kind", "inet:[::]:10023",
		    BASE RELAY RCPT(ASK("inet:192.0.2.1:10023")), CHROOT, "",
		    "check_policy_service { inet:[::1]:10023,", VERDICT_ERROR },
		{ "TCP by name", tcp, BASE RELAY RCPT(ASK("inet:localhost:10023")), CHROOT, "",
		    "ok: service smtp asks", VERDICT_OK },
		{ "TCP, without saying so", tcp, BASE RELAY RCPT(ASK("127.0.0.1:10023")), CHROOT,
		    "", "ok: service smtp asks", VERDICT_OK },
		{ "TCP of another", tcp, BASE RELAY RCPT(ASK("inet:127.0.0.1:10031")), CHROOT, "",
		    "check_policy_service { inet:127.0.0.1:10023,", VERDICT_ERROR },
		{ "TCP in IPv6", "inet:[::1]:10023", BASE RELAY RCPT(ASK("inet:[::1]:10023")),
		    CHROOT, "", "ok: service smtp asks", VERDICT_OK },
		{ "without attributes", ours,
		    BASE RELAY RCPT("check_policy_service unix:/run/greygate/policy.sock"), SMTP,
		    "", "service smtp defers all mail", VERDICT_WARNING },
		{ "and the time", ours,
		    BASE RELAY RCPT("check_policy_service unix:/run/greygate/policy.sock"), SMTP,
		    "", "waits 100s for a server that hangs", VERDICT_WARNING },
		{ "a timeout that nobody knows", ours,
		    RELAY RCPT("check_policy_service unix:/run/greygate/policy.sock"), SMTP, "",
		    "ok: service smtp asks", VERDICT_WARNING },
		{ "blanks around the sign", ours,
		    BASE RELAY RCPT("check_policy_service { unix:/run/greygate/policy.sock "
				    "{ timeout = 10s } { default_action = DUNNO } }"),
		    SMTP, "", "ok: service smtp asks", VERDICT_OK },
		{ "no patience", ours,
		    BASE RELAY RCPT("check_policy_service { unix:/run/greygate/policy.sock, "
				    "timeout=1s, default_action=DUNNO }"),
		    SMTP, "", "gives up after 1s", VERDICT_WARNING },
		{ "own users are asked about", ours, BASE RELAY RCPT(OURS), SMTP SUBMISSION, "",
		    "warning: service submission asks greygate about own users, too; in master.cf "
		    "below it: |   -o "
		    "smtpd_recipient_restrictions=permit_sasl_authenticated,reject\n",
		    VERDICT_WARNING },
		{ "own users are not", ours, BASE RELAY RCPT(OURS), SMTP SUBMISSION,
		    "submission/inet/smtpd_recipient_restrictions = "
		    "permit_sasl_authenticated,reject\n",
		    "ok: service submission does not ask greygate about own users", VERDICT_OK },
		{ "own users pass before", ours,
		    BASE RELAY RCPT("permit_sasl_authenticated, " OURS), SMTP SUBMISSION, "",
		    "ok: service submission does not ask", VERDICT_OK },
		{ "own users at port 465", ours, BASE RELAY RCPT(OURS),
		    SMTP "127.0.0.1:smtps inet n - n - - smtpd\n", "",
		    "service 127.0.0.1:smtps asks greygate about own users", VERDICT_WARNING },
		{ "behind postscreen", ours, BASE RELAY RCPT(""),
		    "smtp inet n - n - 1 postscreen\nsmtpd pass - - n - - smtpd\n", "",
		    "error: service smtpd does not ask greygate", VERDICT_ERROR },
		{ "no service", ours, BASE, "pickup unix n - n 60 1 pickup\n", "",
		    "no service that takes", VERDICT_WARNING },
		{ "nothing at all", ours, "", "", "", "no service that takes", VERDICT_WARNING },
		{ "hostile", ours,
		    "smtpd_recipient_restrictions = {{{ \x1b[2J } check_policy_service\n=\n = \n",
		    SMTP, "", "does not ask greygate", VERDICT_ERROR },
	};
	enum verdict_status worst;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct postfix_texts texts = { cases[i].settings, cases[i].services,
			cases[i].overrides };
		const char *got = look(&texts, cases[i].listen, &worst);

		if (strstr(got, cases[i].part) == NULL || strchr(got, '\x1b') != NULL)
			want_text(cases[i].name, got, cases[i].part);
		want_int(cases[i].name, worst, cases[i].worst);
	}
	end_cases();
}

static void
items(void **state)
{
	static const struct {
		const char *list, *items; /* each in brackets */
	} cases[] = {
		{ "", "" },
		{ " , ,\t", "" },
		{ "a", "[a]" },
		{ "a,b  c\n", "[a][b][c]" },
		{ "a { b, c } d", "[a][b, c][d]" },
		{ "{ a { b } c }", "[a { b } c]" },
		{ "{a", "[a]" },
		{ "{", "[]" },
		{ "{}", "[]" },
		{ "a}", "[a}]" },
		{ "a{b", "[a{b]" },
	};
	char got[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct slice rest = slice_of(cases[i].list), item;
		struct buf b;

		buf_init(&b, got, sizeof(got));
		while (postfix_next_item(&rest, &item))
			buf_printf(&b, "[%.*s]", (int)item.len, item.ptr);
		want_text(cases[i].list, got, cases[i].items);
	}
	end_cases();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings),
		cmocka_unit_test(items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
