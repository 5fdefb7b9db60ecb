/* commands.c - the table of commands. Add a row, not a branch. */
#include "cli/cli.h"

/* clang-format off */
const struct command commands[] = {
	{ "console", "", 0, 0, COMMAND_WRITES | COMMAND_MAY_READ, cmd_console,
	  "What waits and why, on the whole screen",
	  "greygate alone on a terminal is the same. ? shows the keys. Without the right to write, or with --readonly, everything can be looked at. A script drives "
	  "the console without a terminal: keys in, screens out, as greygate(1) tells under SCRIPTS.",
	  "greygate console --readonly", {
	  { "readonly", NULL, "look, change nothing" },
	  { "theme", "dark|light|mono", "other colours" },
	  { "mono", NULL, "no colours, as with NO_COLOR" },
	  { "script", "FILE", "drive it by FILE, - for standard input" },
	  { "size", "COLSxROWS", "of the screen of a script (default 80x24)" } } },
	{ "status", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_status,
	  "Is the server alive, and what did it do",
	  "In the last hour and day. Exit status 0 when a server lives on the database, 69 when not. With --prometheus it is 0, greygate_up tells, and "
	  "answers are counters since the database was made. FILE is replaced at once, for the textfile collector of node_exporter; when the database "
	  "cannot be read it stays, and the exit status is not 0.",
	  "greygate status", {
	  { "prometheus", NULL, "in the text format of Prometheus" },
	  { "output", "FILE", "with --prometheus: into FILE, by rename" } } },
	{ "deferred", "[DOMAIN]", 0, 1, COMMAND_STORE | COMMAND_JSON, cmd_deferred,
	  "What waits, by sender domain, or all of DOMAIN",
	  "Without DOMAIN one row for each sender domain, those whose waiting hurts most first. With DOMAIN, --list, --from "
	  "or --to one row for each waiting triplet, newest first. MAY PASS is when a retry would be accepted, by the rules, policies and "
	  "whitelisted domains of now: blocked is what a rule rejects.",
	  "greygate deferred qq.com", {
	  { "list", NULL, "every triplet instead of domains" },
	  { "from", "TEXT", "only senders that contain TEXT" },
	  { "to", "TEXT", "only recipients that contain TEXT" },
	  { "limit", "N", "at most N rows (50 on a terminal, else all)" } } },
	{ "passed", "[DOMAIN]", 0, 1, COMMAND_STORE | COMMAND_JSON, cmd_passed,
	  "What passed after waiting, with the delay it had",
	  "A triplet a row, newest first.",
	  "greygate passed --to office@", {
	  { "clients", NULL, "auto-whitelisted clients instead of triplets" },
	  { "from", "TEXT", "only senders that contain TEXT" },
	  { "to", "TEXT", "only recipients that contain TEXT" },
	  { "limit", "N", "at most N rows (50 on a terminal, else all)" } } },
	{ "top", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_top,
	  "Whose waiting hurts most, and what would help",
	  "By triplets times how long the oldest has waited; what rules, policies or whitelisted domains decide by now does not "
	  "count. The last column is a "
	  "command to consider, or why there is nothing to do. Mail counts as tried again also when the retry came from "
	  "another client.",
	  "greygate top --by sender --limit 10", {
	  { "by", "domain|sender|client|recipient", "what is gathered (default domain)" },
	  { "limit", "N", "at most N rows (default 20)" } } },
	{ "stats", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_stats,
	  "What greylisting did, hour by hour or day by day",
	  "Messages that passed at once, were deferred as seen first, deferred again, passed after waiting, were rejected, "
	  "or not judged; each counts once for each kind of answer, as in the console. DELAY is the average of those that "
	  "waited. The bars show what was deferred as seen first. The last row of time is not over yet.",
	  "greygate stats --days 7", {
	  { "hours", "N", "the last N hours of the clock (default 24)" },
	  { "days", "N", "the last N days instead" },
	  { "csv", NULL, "as CSV, a line for each hour or day" } } },
	{ "report", "", 0, 0, COMMAND_STORE | COMMAND_JSON, cmd_report,
	  "A daily report for cron",
	  "What greylisting did and cost, and what is worth a look: what was counted, what waits and came again, what waited longest, new pools, domains worth whitelisting with the "
	  "evidence, domains that fail to refresh, rules and policies that were never used in 30 days, expire within 7, or "
	  "have no effect, and how the installation is. A command below a line is one to consider. On a quiet day it is one "
	  "line. The exit status is 0 whatever is found.",
	  "greygate report --mail root", {
	  { "since", "DURATION", "of the time before now (default 1d)" },
	  { "mail", "ADDRESS", "begin with the headers of a mail, for sendmail -t" } } },
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
	  "Whitelist domains by their SPF records",
	  "What comes from the networks that SPF of a domain passes is not greylisted. NAME is a domain, or an address at it. The networks come from the DNS and are refreshed by the TTL of its "
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
	  "All about a whitelisted domain",
	  "Its networks with the terms they come from, what was skipped, what changed. Exit status 66 when it is not whitelisted.",
	  "greygate domain show qq.com", {
	  { "all", NULL, "also on a terminal every network and change" } } },
	{ "domain refresh", "[NAME...]", 0, CLI_ARGS_MAX, COMMAND_WRITES, cmd_domain_refresh,
	  "Read SPF records again, now",
	  "Of all whitelisted domains, or of those named. The server does it at once; without one the exit status is 69, and --now does it here. With --now or --dry-run "
	  "the exit status is 75 when the DNS failed for some domain, 65 when a record is wrong, 66 for an unknown domain.",
	  "greygate domain refresh qq.com --dry-run", {
	  { "now", NULL, "here instead of by the server" },
	  { "dry-run", NULL, "show what would change, write nothing" },
	  { "dns", "ADDR:PORT", "ask this resolver" } } },
	{ "spf walk", "DOMAIN", 1, 1, COMMAND_CONFIG | COMMAND_JSON, cmd_spf_walk,
	  "The networks that a domain passes by SPF",
	  "As the tree of its terms. Needs neither database nor server. Exit status 75 when the DNS failed.",
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
	  "Ids are in the first column of greygate deferred --list. A DOMAIN releases all that waits from it. "
	  "What cannot be released, as it has passed by now, is told, and the others are; the exit status is that of "
	  "the first complaint: 65, or 66 for what is not there.",
	  "greygate release 1234", {
	  { "yes", NULL, "do not ask before releasing a whole domain" } } },
	{ "undo", "[ID]", 0, 1, COMMAND_WRITES | COMMAND_MAY_READ | COMMAND_JSON, cmd_undo,
	  "Take back your last change, or the one named",
	  "What one command did, or one key of the console, is one change, and is taken back as one, however many rows "
	  "it has. Says what that is, and asks on a terminal. A row is taken back while it is as the change left it. "
	  "Those that are not are told, with exit status 65, and the others are taken back; the same again deals with "
	  "what is left. Exit status 66 when there is nothing to take back. Ids are in the first column of greygate "
	  "undo --list, for which the right to read is enough. An undo is not undone itself. An import can be taken "
	  "back for as long as a triplet or client lives that is not seen again, 35 days unless configured otherwise.",
	  "greygate undo --yes", {
	  { "list", NULL, "the last 20 changes of anyone: who, when, what, how much is undone" },
	  { "yes", NULL, "do not ask" } } },
	{ "explain", "IP SENDER RCPT", 3, 3, COMMAND_STORE | COMMAND_JSON, cmd_explain,
	  "What would happen to this mail now, and why",
	  "An empty SENDER, or <>, is the null sender.",
	  "greygate explain 203.205.221.139 2850017349@qq.com info@wode.com", {
	  { "name", "HOST", "the verified name of the client" },
	  { "helo", "HELO", "what it says in HELO" } } },
	{ "import", "SOURCE FILE...", 2, CLI_ARGS_MAX, COMMAND_CONFIG | COMMAND_MAY_READ | COMMAND_JSON, cmd_import,
	  "Take over what another greylister knows",
	  "Without --apply it only shows what that would be. SOURCE is postgrey, sqlgrey, iredapd, milter-greylist, spamdb, cidr "
	  "or greygate. FILE is one or more of its files, gzipped or not, - for standard input: the text of db_dump -p and the "
	  "whitelists of postgrey; the SQLite file or a dump of sqlgrey; dumps of "
	  "iRedAPD or amavisd (mysqldump, mysql -B, pg_dump, psql --csv) and settings.py; the dump of milter-greylist; what spamdb "
	  "prints; a cidr table of postscreen; our own export. What is there already stays as it is or lives longer, so the same "
	  "import twice is one. With --apply everything becomes one change, which greygate undo takes back. It is written a few "
	  "milliseconds at a time, between which a server goes on answering: a million rows take ten seconds and more. Ended "
	  "early, by Ctrl-C too, what is written is that change, and the same command brings the rest. Exit status 65 when rows "
	  "were refused, the others are taken, or when there was nothing of SOURCE in FILE.",
	  "greygate import postgrey postgrey.txt postgrey_clients.txt --apply", {
	  { "apply", NULL, "write it" },
	  { "refused", NULL, "show all rows that are refused, not only 20" },
	  { "delay", "DURATION", "postgrey: its --delay (default 5m)" },
	  { "window", "DURATION", "milter-greylist: its autowhite (default 3d); spamdb: its whiteexp (default 36d)" },
	  { "timezone", "+HH:MM", "sqlgrey: of times without zone in its dump (default UTC)" } } },
	{ "export", "[KIND]", 0, 1, COMMAND_STORE, cmd_export,
	  "All that is kept, as text",
	  "KIND is triplets, clients, rules, policies, domains, networks or all, which is what is left out. jsonl is one object "
	  "a line, and greygate import greygate reads it back equal; csv is for spreadsheets, one KIND at a time; cidr is a table "
	  "for postscreen, of networks and of rules for addresses that hold for all recipients, the longest first, because "
	  "Postfix takes the first line that matches.",
	  "greygate export networks --format cidr", {
	  { "format", "FORMAT", "jsonl (default), csv or cidr" } } },
	{ "log", "FILE...", 1, CLI_ARGS_MAX, COMMAND_CONFIG | COMMAND_JSON, cmd_log,
	  "Which domains greylisting hurts, by the mail log",
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
	  "What another configuration would have done",
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
	{ "backup", "FILE", 1, 1, COMMAND_STORE, cmd_backup,
	  "Copy the database, also while the server works",
	  "FILE is one SQLite file, readable by its owner alone, checked before it has its name; one that ends in .gz is "
	  "packed. As root the command works as the owner of the database, who must be allowed to write there. The server "
	  "makes such copies by itself when backup.dir is set: see greygate.conf(5).",
	  "greygate backup /var/backups/greygate/today.db.gz", {
	  { "force", NULL, "replace FILE" } } },
	{ "restore", "FILE", 1, 1, COMMAND_CONFIG, cmd_restore,
	  "Put a copy in the place of the database",
	  "FILE is what greygate backup made, packed or not, or another copy of a database of greygate, of this version or an older "
	  "one. It is checked first. The old database is kept beside, with .before-restore- and the time in its name; room for "
	  "three more of its size is needed for a moment. While "
	  "a server runs the exit status is 75 and nothing is done; with --force it reads the restored database within a "
	  "second and meanwhile answers as on_failure says.",
	  "greygate restore /var/backups/greygate/today.db.gz", {
	  { "force", NULL, "while the server runs, too" } } },
	{ "check", "", 0, 0, 0, cmd_check,
	  "Is the installation well",
	  "Looks at configuration, database, rules, domains, copies, disk and server. Prints each finding on a line: ok, a note that is worth a look, or an error. The exit status is that of the first "
	  "error; notes do not count.",
	  "greygate check", { { 0 } } },
	{ "ping", "", 0, 0, COMMAND_CONFIG, cmd_ping,
	  "Does a server answer, now",
	  "Asks on the first listening socket a question that is never judged (it is counted as not judged), for monit and "
	  "the like. Exit status 0 when it answers within 2 s, 69 when nobody is there, 75 when it does not answer, 77 "
	  "without the right to the socket.",
	  "greygate ping", { { 0 } } },
	{ "doctor", "[DOMAIN...]", 0, CLI_ARGS_MAX, COMMAND_CONFIG | COMMAND_JSON, cmd_doctor,
	  "What is wrong with a mail domain, or with this site",
	  "Of each DOMAIN, the records that it needs: addresses and reverse names of the mail server, MX, SPF, DKIM, DMARC, TLS-RPT, MTA-STS and TTLs, as "
	  "the DNS has them. A record that is to be added stands on a line of its own, in the form of a zone file. Without "
	  "DOMAIN: what greygate check looks at, the resolvers, whitelisted domains whose SPF depends on the message, and "
	  "whether Postfix asks greygate, at the right place. --address and --selector may be given several times, or with "
	  "commas. Exit status 65 when an error was found, 75 when something could not be looked at, else 0: warnings do not "
	  "count.",
	  "greygate doctor example.org --selector mail", {
	  { "host", "NAME", "what our server says in HELO (default: myhostname of Postfix, else the name of this machine)" },
	  { "address", "IP", "our server sends from it (default: the addresses of that host in the DNS)" },
	  { "selector", "NAME", "of a DKIM key (default: common ones are tried)" },
	  { "dns", "ADDR:PORT", "ask this resolver" },
	  { "quiet", NULL, "only what is wrong" } } },
	{ "help", "[COMMAND...]", 0, 2, 0, cmd_help,
	  "Help for a command", "",
	  "greygate help rule add", {
	  { "mdoc", NULL, "all commands as a section for a manual page" } } },
};
/* clang-format on */

const size_t command_n = sizeof(commands) / sizeof(commands[0]);
