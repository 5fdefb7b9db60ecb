/* commands.c - the table of commands. Add a row, not a branch. */
#include "cli/cli.h"

/* clang-format off */
const struct command commands[] = {
	{ "console", "", 0, 0, COMMAND_WRITES | COMMAND_MAY_READ, cmd_console,
	  "What waits and why, on the whole screen; greygate alone on a terminal does the same",
	  "? shows the keys. Without the right to write, or with --readonly, everything can be looked at. A script drives "
	  "the console without a terminal: keys in, screens out, as greygate(1) tells under SCRIPTS.",
	  "greygate console --readonly", {
	  { "readonly", NULL, "look, change nothing" },
	  { "theme", "NAME", "dark, light or mono" },
	  { "mono", NULL, "no colours, as with NO_COLOR" },
	  { "script", "FILE", "drive it by FILE, - for standard input" },
	  { "size", "COLSxROWS", "of the screen of a script (default 80x24)" } } },
	{ "status", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_status,
	  "Is the server alive, what did it do in the last hour and day",
	  "Exit status 0 when a server lives on the database, 69 when not.",
	  "greygate status", { { 0 } } },
	{ "deferred", "[DOMAIN]", 0, 1, COMMAND_STORE | COMMAND_JSON, cmd_deferred,
	  "What is waiting, by sender domain; with DOMAIN each triplet of it",
	  "Without DOMAIN one row for each sender domain, those with most waiting mail first. With DOMAIN, or any option, "
	  "one row for each waiting triplet, newest first.",
	  "greygate deferred qq.com", {
	  { "list", NULL, "every triplet instead of domains" },
	  { "from", "TEXT", "only senders that contain TEXT" },
	  { "to", "TEXT", "only recipients that contain TEXT" },
	  { "limit", "N", "at most N rows (50 on a terminal, else all)" } } },
	{ "passed", "[DOMAIN]", 0, 1, COMMAND_STORE | COMMAND_JSON, cmd_passed,
	  "Triplets that passed, with the delay each had; or auto-whitelisted clients",
	  "Newest first.",
	  "greygate passed --to office@", {
	  { "clients", NULL, "auto-whitelisted clients instead of triplets" },
	  { "from", "TEXT", "only senders that contain TEXT" },
	  { "to", "TEXT", "only recipients that contain TEXT" },
	  { "limit", "N", "at most N rows (50 on a terminal, else all)" } } },
	{ "rule add", "allow|block|expect PATTERN", 2, 2, COMMAND_WRITES, cmd_rule_add,
	  "Let pass, block, or announce a sender or a client",
	  "PATTERN is an address, a domain (@example.org, @.example.org for all below too), a client address, network or "
	  "name. An expect rule lets mail pass that has come to the step of greylisting, without allowing more.",
	  "greygate rule add allow @example.org --to info@wode.com --expires 7d", {
	  { "to", "SCOPE", "only for these recipients (default @., everyone)" },
	  { "comment", "TEXT", "why" },
	  { "expires", "DURATION", "until when, from now" } } },
	{ "rule remove", "ID|PATTERN", 1, 1, COMMAND_WRITES, cmd_rule_remove,
	  "Remove a rule", "",
	  "greygate rule remove 12", {
	  { "to", "SCOPE", "with PATTERN: the scope of the rule (default @.)" } } },
	{ "rule list", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_rule_list,
	  "All rules with hits, expiry and author", "",
	  "greygate rule list", { { 0 } } },
	{ "policy set", "SCOPE", 1, 1, COMMAND_WRITES, cmd_policy_set,
	  "How some recipients greylist",
	  "What is not given comes from the configuration. An existing policy for the same SCOPE and senders is replaced.",
	  "greygate policy set @example.org --delay 1m", {
	  { "from", "PATTERN", "only for these senders (default @., anyone)" },
	  { "greylist", "on|off", "whether at all" },
	  { "training", "on|off", "decide and count, but let pass" },
	  { "spf", "key|bypass|ignore", "what an SPF pass does" },
	  { "delay", "DURATION", "how long a first contact waits" },
	  { "window", "DURATION", "how late a retry may come" },
	  { "lifetime", "DURATION", "how long a triplet that passed is known" },
	  { "comment", "TEXT", "why" },
	  { "expires", "DURATION", "until when, from now" } } },
	{ "policy unset", "ID|SCOPE", 1, 1, COMMAND_WRITES, cmd_policy_unset,
	  "Remove a policy", "",
	  "greygate policy unset @example.org", {
	  { "from", "PATTERN", "with SCOPE: the senders of the policy (default @.)" } } },
	{ "policy list", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_policy_list,
	  "All policies", "",
	  "greygate policy list", { { 0 } } },
	{ "domain add", "[NAME...]", 0, CLI_ARGS_MAX, COMMAND_WRITES, cmd_domain_add,
	  "Whitelist domains: the networks that their SPF records pass are not greylisted",
	  "NAME is a domain, or an address at it. The networks come from the DNS and are refreshed by the TTL of its "
	  "records. Exit status 65 when one was there already; the others are added.",
	  "greygate domain add qq.com --comment pool", {
	  { "suggested", NULL, "those known to need it: greygate domain list --suggested" },
	  { "comment", "TEXT", "why" } } },
	{ "domain remove", "NAME...", 1, CLI_ARGS_MAX, COMMAND_WRITES, cmd_domain_remove,
	  "Remove whitelisted domains with their networks",
	  "Networks that another domain has too stay. Exit status 66 when one was not there; the others are removed.",
	  "greygate domain remove qq.com", { { 0 } } },
	{ "domain list", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_domain_list,
	  "Whitelisted domains with state, networks and refresh", "",
	  "greygate domain list", {
	  { "suggested", NULL, "those known to need it, with the reason of each" } } },
	{ "domain show", "NAME", 1, 1, COMMAND_STORE | COMMAND_JSON, cmd_domain_show,
	  "All about a whitelisted domain: networks, terms they come from, what was skipped, changes",
	  "Exit status 66 when it is not whitelisted.",
	  "greygate domain show qq.com", {
	  { "all", NULL, "also on a terminal every network and change" } } },
	{ "domain refresh", "[NAME...]", 0, CLI_ARGS_MAX, COMMAND_WRITES, cmd_domain_refresh,
	  "Read the SPF records again, of all whitelisted domains or of those named",
	  "The server does it at once; without one the exit status is 69, and --now does it here. With --now or --dry-run "
	  "the exit status is 75 when the DNS failed for some domain, 65 when a record is wrong, 66 for an unknown domain.",
	  "greygate domain refresh qq.com --dry-run", {
	  { "now", NULL, "here instead of by the server" },
	  { "dry-run", NULL, "show what would change, write nothing" },
	  { "dns", "ADDR:PORT", "ask this resolver" } } },
	{ "spf walk", "DOMAIN", 1, 1, COMMAND_CONFIG | COMMAND_JSON, cmd_spf_walk,
	  "The networks that a domain passes by SPF, as the tree of its terms",
	  "Needs neither database nor server. Exit status 75 when the DNS failed.",
	  "greygate spf walk qq.com", {
	  { "dns", "ADDR:PORT", "ask this resolver" } } },
	{ "spf check", "IP SENDER [HELO]", 1, 3, COMMAND_CONFIG | COMMAND_JSON, cmd_spf_check,
	  "What SPF says of a message",
	  "Needs neither database nor server. An empty SENDER, or <>, is the null sender, for which HELO is asked. Exit "
	  "status 75 when the DNS failed. With - instead of IP and with --json, lines such as {\"ip\": \"192.0.2.1\", "
	  "\"sender\": \"a@example.org\", \"helo\": \"mx.example.org\"} are read from standard input, many at once, "
	  "and answered in their order; a line that is no question gets an error, and the exit status is 65.",
	  "greygate spf check 203.205.221.139 2850017349@qq.com", {
	  { "dns", "ADDR:PORT", "ask this resolver" } } },
	{ "release", "ID|DOMAIN...", 1, CLI_ARGS_MAX, COMMAND_WRITES, cmd_release,
	  "Let waiting triplets pass on their next try",
	  "Ids are in the first column of greygate deferred --list. A DOMAIN releases all that waits from it.",
	  "greygate release 1234", {
	  { "yes", NULL, "do not ask before releasing a whole domain" } } },
	{ "undo", "[ID]", 0, 1, COMMAND_WRITES | COMMAND_MAY_READ | COMMAND_JSON, cmd_undo,
	  "Take back your last change, or the one named",
	  "Says what that is, and asks on a terminal. A change is taken back while the row is as it left it; else exit "
	  "status 65 and the reason. Exit status 66 when there is nothing to take back. Ids are in the first column of "
	  "greygate undo --list, for which the right to read is enough. An undo is not undone itself.",
	  "greygate undo --yes", {
	  { "list", NULL, "the last 20 changes of anyone: who, when, what, whether undone" },
	  { "yes", NULL, "do not ask" } } },
	{ "explain", "IP SENDER RCPT", 3, 3, COMMAND_STORE | COMMAND_JSON, cmd_explain,
	  "What would happen to this mail now, and why",
	  "An empty SENDER, or <>, is the null sender.",
	  "greygate explain 203.205.221.139 2850017349@qq.com info@wode.com", {
	  { "name", "HOST", "the verified name of the client" },
	  { "helo", "HELO", "what it says in HELO" } } },
	{ "log", "FILE...", 1, CLI_ARGS_MAX, COMMAND_CONFIG | COMMAND_JSON, cmd_log,
	  "Which mail greylisting held back, and which domains it hurts, by the mail log",
	  "Reads lines of Postfix, postgrey, sqlgrey, iRedAPD and greygated; FILE may be rotated, gzipped, or - for standard "
	  "input, in any order. A mail is a sender and a recipient. Ends with the domains that are worth whitelisting, and "
	  "why. Exit status 66 or 77 when a file could not be opened, 65 when it is damaged; the others are read.",
	  "greygate log /var/log/mail.log* --since 7d", {
	  { "since", "DURATION|DATE", "only from then on: 7d, or 2026-11-24, or 2026-11-24T08:00" },
	  { "domain", "NAME", "each mail of a sender domain, with its tries" },
	  { "limit", "N", "at most N rows of each table (20, as JSON all)" },
	  { "apply", NULL, "whitelist the suggested domains" },
	  { "yes", NULL, "do not ask before that" },
	  { "unread", NULL, "only print refusals that could not be read" } } },
	{ "replay", "FILE...", 1, CLI_ARGS_MAX, COMMAND_CONFIG | COMMAND_JSON, cmd_replay,
	  "What another configuration would have done to the mail of a log or a recording",
	  "Runs the mails of FILE through the engine of the server in a database of its own, in the time that FILE tells; the "
	  "database of the site is only read. FILE is a recording (greygated --record), a transcript of policy requests with "
	  "time= among their attributes, or a mail log as greygate log reads it, gzipped or not, or - for standard input. Mail "
	  "that a candidate defers comes again as it really did, and where FILE ends by --retry; that of domains which send "
	  "from several networks comes from any of the addresses seen. A log also holds mail that Postfix never asks a policy server "
	  "about: name those clients with --set trusted_networks=... Mail that came once and was refused comes once: mostly "
	  "bots. Nothing is known before the first mail, so a log of a week says more than one of a day. Without recorded "
	  "results or --spf, SPF counts as unknown but for whitelisted domains. Exit status 65 when lines of a recording could "
	  "not be read, 66 or 77 when a file could not be opened.",
	  "greygate replay /var/log/mail.log* --set greylist.delay=10m", {
	  { "config", "FILE", "the candidate (default: the present configuration)" },
	  { "set", "KEY=VALUE", "change a setting of it; may be given several times" },
	  { "compare", "FILE", "a second candidate, B, beside it (default: the first file)" },
	  { "set2", "KEY=VALUE", "change a setting of B; may be given several times" },
	  { "empty", NULL, "without the rules, policies and domains of the database" },
	  { "spf", NULL, "ask the DNS now; today's records then judge mails of the past" },
	  { "dns", "ADDR:PORT", "ask this resolver" },
	  { "retry", "PAUSES", "pauses between tries (5m,10m,20m,40m,4000s...; dots repeat the last)" },
	  { "warm-up", "DURATION", "judge, but do not count, the mails of this long at the beginning" },
	  { "keep", "DIR", "leave the databases there: replay.db, replay-b.db" },
	  { "limit", "N", "at most N rows of each table (20, as JSON all)" } } },
	{ "check", "", 0, 0, 0, cmd_check,
	  "Check configuration, database, rules, domains, disk and server",
	  "Prints each finding on a line: ok, a note that is worth a look, or an error. The exit status is that of the first "
	  "error; notes do not count.",
	  "greygate check", { { 0 } } },
	{ "help", "[COMMAND...]", 0, 2, 0, cmd_help,
	  "Help for a command", "",
	  "greygate help rule add", {
	  { "mdoc", NULL, "all commands as a section for a manual page" } } },
};
/* clang-format on */

const size_t command_n = sizeof(commands) / sizeof(commands[0]);
