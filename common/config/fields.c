/* fields.c - a setting is a row. Parsing, defaults, config.yaml.example and greygate.conf(5) read
 * the same rows, so none can say something else. The rows of a section stand together. */
#include "common/config/fields.h"

#include <string.h>

#include "common/net/email.h"

#define AT(member) offsetof(struct config, member)
#define DAY INT64_C(86400)
#define YEARS (10 * 365 * DAY)

static const char *const compat_words[] = { "none", "iredapd", NULL };
static const char *const failure_words[] = { "accept", "defer", NULL };
static const char *const corrupt_words[] = { "refuse", "quarantine", NULL };
static const char *const synchronous_words[] = { "normal", "full", NULL };
static const char *const target_words[] = { "stderr", "syslog", "journal", NULL };
static const char *const level_words[] = { "error", "warn", "info", "debug", NULL };
static const char *const spf_words[] = { "key", "bypass", "ignore", NULL };
/* In the order of the bits of enum email_fold. */
static const char *const fold_words[] = { "extension", "batv", "srs", "verp", "digits", NULL };

/* clang-format off */
const struct field fields[] = {
	{ "database", FIELD_STRING, AT(database), "/var/lib/greygate/greygate.db", NULL, 0, 0, NULL, true,
	  "The one file that holds everything. Its folder must be writable by the user of the server, because the "
	  "write-ahead log and the lock are files beside it." },
	{ "listen", FIELD_LISTEN, AT(listen), "unix:/run/greygate/policy.sock, inet:127.0.0.1:10023", NULL, 0, 0, NULL, true,
	  "Where Postfix may ask: unix:PATH, inet:ADDRESS:PORT, inet:[IPV6]:PORT. For a chrooted smtpd the unix socket must "
	  "be below its root, such as unix:/var/spool/postfix/private/greygate. A socket that the service manager hands over "
	  "(greygate.socket) is taken as it is." },
	{ "socket_mode", FIELD_MODE, AT(socket_mode), "0660", NULL, 0, 0777, NULL, true,
	  "Permissions of unix sockets, in octal." },
	{ "socket_owner", FIELD_STRING, AT(socket_owner), "", NULL, 0, 0, NULL, true,
	  "Owner of unix sockets; empty: the user of the server." },
	{ "socket_group", FIELD_STRING, AT(socket_group), "", NULL, 0, 0, NULL, true,
	  "Group of unix sockets; empty: the group of the server. With postfix here, smtpd may connect." },
	{ "user", FIELD_STRING, AT(user), "greygate", NULL, 0, 0, NULL, true,
	  "The user to become when started as root. Without root it means nothing." },
	{ "compat", FIELD_WORD, AT(compat), "none", NULL, 0, 0, compat_words, false,
	  "none, or iredapd: delay 15m, window 1d, lifetime 30d and exact client addresses, where the file sets nothing else." },
	{ "greylist.delay", FIELD_DURATION, AT(greylist_delay_s), "3m", "15m", 0, 7 * DAY, NULL, false,
	  "How long a first contact must wait before a retry passes." },
	{ "greylist.window", FIELD_DURATION, AT(greylist_window_s), "2d", "1d", 60, 365 * DAY, NULL, false,
	  "A retry later than this after the first contact is a first contact again." },
	{ "greylist.lifetime", FIELD_DURATION, AT(greylist_lifetime_s), "35d", "30d", 60, YEARS, NULL, false,
	  "How long a triplet that passed is known, counted from its last pass." },
	{ "greylist.ipv4_prefix", FIELD_NUMBER, AT(greylist_ipv4_prefix), "24", "32", 8, 32, NULL, false,
	  "Clients in one IPv4 network of this prefix length count as one client; 32 is the exact address." },
	{ "greylist.ipv6_prefix", FIELD_NUMBER, AT(greylist_ipv6_prefix), "64", "128", 16, 128, NULL, false,
	  "The same for IPv6; 128 is the exact address." },
	{ "greylist.training", FIELD_BOOL, AT(greylist_training), "false", NULL, 0, 0, NULL, false,
	  "Decide and count as ever, but let pass what would have been deferred." },
	{ "greylist.fold", FIELD_FOLD, AT(greylist_fold), "extension, batv, srs, verp, digits", NULL, 0, 0, fold_words, false,
	  "Parts of senders that change from mail to mail and are left out of the comparison: +extension, BATV and SRS "
	  "signatures, VERP recipients, words of digits. An empty list compares senders as they are." },
	{ "auto_whitelist.passes", FIELD_NUMBER, AT(auto_whitelist_passes), "1", NULL, 0, 1000, NULL, false,
	  "A client address is whitelisted after so many messages that passed after their delay; 0 turns it off." },
	{ "auto_whitelist.lifetime", FIELD_DURATION, AT(auto_whitelist_lifetime_s), "35d", NULL, 60, YEARS, NULL, false,
	  "How long that lasts after its last use." },
	{ "reply", FIELD_DEFERRAL, AT(reply), "451 4.7.1 Intentional policy rejection, please try again later", NULL, 0, 0, NULL, false,
	  "The answer that defers: a 4NN code with text, DEFER or DEFER_IF_PERMIT with text." },
	{ "reject", FIELD_REJECTION, AT(reject), "550 5.7.1 Rejected by local policy", NULL, 0, 0, NULL, false,
	  "The answer for what a rule blocks: a 5NN code with text, or REJECT with text." },
	{ "header", FIELD_BOOL, AT(header), "true", NULL, 0, 0, NULL, false,
	  "Put an X-Greylist header with the delay into a message that had to wait." },
	{ "trusted_networks", FIELD_NETWORKS, AT(trusted_networks), "127.0.0.0/8, ::1", NULL, 0, 0, NULL, false,
	  "Clients that are never greylisted nor blocked: the site's own." },
	{ "on_failure", FIELD_WORD, AT(on_failure), "accept", NULL, 0, 0, failure_words, false,
	  "What happens to mail while the database cannot answer: accept or defer." },
	{ "on_corrupt", FIELD_WORD, AT(on_corrupt), "refuse", NULL, 0, 0, corrupt_words, true,
	  "A damaged database: refuse it, at start by ending and later by on_failure, or quarantine, which puts it aside and "
	  "begins an empty one." },
	{ "synchronous", FIELD_WORD, AT(synchronous), "normal", NULL, 0, 0, synchronous_words, true,
	  "normal: a power failure may lose the last instants, never more; full: it loses nothing that was answered. The "
	  "death of the process loses nothing in either." },
	{ "dns.servers", FIELD_SERVERS, AT(dns_servers), "", NULL, 0, 0, NULL, true,
	  "Resolvers to ask, ADDRESS or ADDRESS:PORT; an empty list: those of /etc/resolv.conf. One on this machine is best: "
	  "it keeps the answers, and nobody outside can forge them." },
	{ "dns.timeout", FIELD_DURATION, AT(dns_timeout_s), "5s", NULL, 1, 60, NULL, true,
	  "How long one question may take with all its repeats." },
	{ "dns.parallel", FIELD_NUMBER, AT(dns_parallel), "32", NULL, 1, 1000, NULL, true,
	  "So many questions at once; more wait their turn." },
	{ "spf.mode", FIELD_WORD, AT(spf_mode), "key", NULL, 0, 0, spf_words, false,
	  "What an SPF pass does. key: a retry from another address of the sender's pool counts as the same mail, so the first "
	  "contact waits, but only once. bypass: it is not greylisted at all. ignore: nothing. A policy may differ." },
	{ "spf.wait", FIELD_DURATION, AT(spf_wait_s), "2s", NULL, 0, 60, NULL, false,
	  "A request whose answer depends on SPF is held back so long at most, then decided without. It must be shorter than "
	  "the timeout that Postfix has for a policy service." },
	{ "spf.waiting", FIELD_NUMBER, AT(spf_waiting), "200", NULL, 0, 100000, NULL, false,
	  "So many requests are held back at once; more are decided without SPF." },
	{ "spf.timeout", FIELD_DURATION, AT(spf_timeout_s), "20s", NULL, 1, 600, NULL, false,
	  "How long a whole evaluation may take that nobody waits for, and the walk of a whitelisted domain." },
	{ "spf.min_prefix_v4", FIELD_NUMBER, AT(spf_min_prefix_v4), "12", NULL, 1, 32, NULL, false,
	  "Networks of a whitelisted domain that are wider than this are not taken, and a record that has one passes nobody." },
	{ "spf.min_prefix_v6", FIELD_NUMBER, AT(spf_min_prefix_v6), "29", NULL, 1, 128, NULL, false,
	  "The same for IPv6." },
	{ "spf.void_lookups", FIELD_NUMBER, AT(spf_void_lookups), "2", NULL, 0, 10, NULL, false,
	  "So many questions of a record may have no answer (RFC 7208, 4.6.4)." },
	{ "spf.refresh", FIELD_NUMBER, AT(spf_refresh), "8", NULL, 1, 100, NULL, false,
	  "So many whitelisted domains are refreshed at once." },
	{ "spf.grace", FIELD_DURATION, AT(spf_grace_s), "7d", NULL, 0, 365 * DAY, NULL, false,
	  "A whitelisted domain whose record is broken or gone keeps its networks so long." },
	{ "limits.connections", FIELD_NUMBER, AT(limits_connections), "2000", NULL, 1, 100000, NULL, false,
	  "So many connections at once; more wait until one is closed." },
	{ "limits.idle", FIELD_DURATION, AT(limits_idle_s), "0s", NULL, 0, 365 * DAY, NULL, false,
	  "Close a connection after so long without a request; 0 never does. Postfix closes its own." },
	{ "limits.request", FIELD_DURATION, AT(limits_request_s), "30s", NULL, 1, DAY, NULL, false,
	  "A request must be complete so long after its first byte." },
	{ "limits.write", FIELD_DURATION, AT(limits_write_s), "30s", NULL, 1, DAY, NULL, false,
	  "Close a connection that does not take its answer for so long." },
	{ "events.rows", FIELD_NUMBER, AT(events_rows), "100000", NULL, 0, 100000000, NULL, false,
	  "Keep the last so many decisions." },
	{ "events.age", FIELD_DURATION, AT(events_age_s), "7d", NULL, 60, YEARS, NULL, false,
	  "And none older than this." },
	{ "statistics.age", FIELD_DURATION, AT(statistics_age_s), "400d", NULL, DAY, YEARS, NULL, false,
	  "Keep the counts of each minute so long." },
	{ "backup.dir", FIELD_STRING, AT(backup_dir), "", NULL, 0, 0, NULL, false,
	  "The server copies the database into this folder, as greygate-YYYYMMDD-HHMMSS.db (UTC), and makes the folder when only that is "
	  "missing; empty: it makes no copies. "
	  "The user of the server must be able to write there; with the unit that comes with greygate that is a folder below "
	  "/var/lib/greygate." },
	{ "backup.every", FIELD_DURATION, AT(backup_every_s), "1d", NULL, 1, YEARS, NULL, false,
	  "A copy is due when the newest in the folder is older than this." },
	{ "backup.keep", FIELD_NUMBER, AT(backup_keep), "7", NULL, 1, 10000, NULL, false,
	  "So many of them stay there; after each new one older ones are removed." },
	{ "backup.compress", FIELD_BOOL, AT(backup_compress), "false", NULL, 0, 0, NULL, false,
	  "Pack copies with gzip, to a quarter or so: greygate-YYYYMMDD-HHMMSS.db.gz." },
	{ "postfix", FIELD_STRING, AT(postfix), "", NULL, 0, 0, NULL, false,
	  "The folder with main.cf of the Postfix that asks; greygate doctor and the console look at it. Empty: the one that "
	  "postconf looks at; none: Postfix is on another machine." },
	{ "log.to", FIELD_WORD, AT(log_to), "stderr", NULL, 0, 0, target_words, true,
	  "stderr (the journal, when systemd runs the server), syslog (facility mail), or journal." },
	{ "log.level", FIELD_WORD, AT(log_level), "info", NULL, 0, 0, level_words, false,
	  "error, warn, info (a line for each decision) or debug." },
};
/* clang-format on */

const size_t field_n = sizeof(fields) / sizeof(fields[0]);
_Static_assert(sizeof(fields) / sizeof(fields[0]) <= FIELDS_MAX, "FIELDS_MAX is too small");

const struct field *
field_find(const char *key)
{
	size_t i;

	for (i = 0; i < field_n; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

const char *
field_nearest(const char *key)
{
	const char *keys[FIELDS_MAX];
	size_t i;

	for (i = 0; i < field_n; i++)
		keys[i] = fields[i].key;
	return str_nearest(slice_of(key), keys, field_n);
}

bool
field_is_list(const struct field *field)
{
	return field->type == FIELD_LISTEN || field->type == FIELD_NETWORKS ||
	       field->type == FIELD_SERVERS || field->type == FIELD_FOLD;
}
