/* config.h - the settings, their defaults, and every error of a file at once.
 * The table in fields.c is the one description: parsing, checking, config.yaml.example and
 * greygate.conf(5) all come from its rows. */
#ifndef COMMON_CONFIG_CONFIG_H
#define COMMON_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/err.h"
#include "common/base/log.h"
#include "common/net/addr.h"

#ifndef CONFIG_DEFAULT_PATH
#define CONFIG_DEFAULT_PATH "/etc/greygate/config.yaml"
#endif

enum config_listen_kind { CONFIG_LISTEN_UNIX, CONFIG_LISTEN_INET };

struct config_listen {
	enum config_listen_kind kind;
	char *text;       /* as written: "unix:/run/greygate/policy.sock", "inet:[::1]:10023" */
	char *path;       /* UNIX */
	struct addr addr; /* INET: an address, never a name, so that start needs no DNS */
	uint16_t port;
};

enum config_on_failure { CONFIG_FAIL_ACCEPT, CONFIG_FAIL_DEFER };
enum config_on_corrupt { CONFIG_CORRUPT_REFUSE, CONFIG_CORRUPT_QUARANTINE };
enum config_synchronous { CONFIG_SYNC_NORMAL, CONFIG_SYNC_FULL };
enum config_spf { CONFIG_SPF_KEY, CONFIG_SPF_BYPASS, CONFIG_SPF_IGNORE };
enum config_compat { CONFIG_COMPAT_NONE, CONFIG_COMPAT_IREDAPD };

/* Every member is one row of the field table, in its order. Durations in seconds, sizes in bytes.
 * Strings and lists belong to the struct. */
struct config {
	char *database;               /* database */
	struct config_listen *listen; /* listen */
	size_t listen_n;
	mode_t socket_mode;                /* socket_mode: "0660" */
	char *socket_owner;                /* socket_owner: "" keeps the user of the server */
	char *socket_group;                /* socket_group: "" */
	char *user;                        /* user: when started as root */
	enum config_compat compat;         /* compat: none, iredapd: other defaults below */
	int64_t greylist_delay_s;          /* greylist.delay */
	int64_t greylist_window_s;         /* greylist.window */
	int64_t greylist_lifetime_s;       /* greylist.lifetime */
	int64_t greylist_ipv4_prefix;      /* greylist.ipv4_prefix */
	int64_t greylist_ipv6_prefix;      /* greylist.ipv6_prefix */
	bool greylist_training;            /* greylist.training */
	unsigned greylist_fold;            /* greylist.fold: [extension, batv, srs, verp, digits] */
	int64_t auto_whitelist_passes;     /* auto_whitelist.passes, 0 is off */
	int64_t auto_whitelist_lifetime_s; /* auto_whitelist.lifetime */
	char *reply;                       /* reply: the whole action for a deferral */
	char *reject;                      /* reject: the whole action for a blocked sender */
	bool header;                       /* header */
	struct addr_net *trusted_networks; /* trusted_networks */
	size_t trusted_networks_n;
	enum config_on_failure on_failure;   /* on_failure: accept, defer */
	enum config_on_corrupt on_corrupt;   /* on_corrupt: refuse, quarantine */
	enum config_synchronous synchronous; /* synchronous: normal, full */
	struct addr_port *dns_servers;       /* dns.servers: none = resolv.conf */
	size_t dns_servers_n;
	int64_t dns_timeout_s;      /* dns.timeout: for one question */
	int64_t dns_parallel;       /* dns.parallel: questions under way */
	enum config_spf spf_mode;   /* spf.mode: key, bypass, ignore */
	int64_t spf_wait_s;         /* spf.wait: a request is held back for an evaluation */
	int64_t spf_waiting;        /* spf.waiting: so many requests at once */
	int64_t spf_timeout_s;      /* spf.timeout: for a whole evaluation */
	int64_t spf_min_prefix_v4;  /* spf.min_prefix_v4: wider networks are not listed */
	int64_t spf_min_prefix_v6;  /* spf.min_prefix_v6 */
	int64_t spf_void_lookups;   /* spf.void_lookups */
	int64_t spf_refresh;        /* spf.refresh: domains walked at once */
	int64_t spf_grace_s;        /* spf.grace: a broken record keeps its networks */
	int64_t limits_connections; /* limits.connections */
	int64_t limits_idle_s;      /* limits.idle: kept connection without a request, 0 = never */
	int64_t limits_request_s;   /* limits.request: from first byte to the blank line */
	int64_t limits_write_s;     /* limits.write: a peer that does not read its answer */
	int64_t events_rows;        /* events.rows */
	int64_t events_age_s;       /* events.age */
	int64_t statistics_age_s;   /* statistics.age */
	char *backup_dir;           /* backup.dir: "" for no copies */
	int64_t backup_every_s;     /* backup.every */
	int64_t backup_keep;        /* backup.keep */
	bool backup_compress;       /* backup.compress */
	char *postfix;              /* postfix: "" as postconf has it, "none" for elsewhere */
	enum log_target log_to;     /* log.to: stderr, syslog, journal */
	enum log_level log_level;   /* log.level: error, warn, info, debug */
};

/* One complaint about a file. LINE and COLUMN count from 1; 0 when there is no place. */
struct config_error {
	unsigned line, column;
	char key[64];
	char text[256];
};

/* All complaints of one reading, in the order of the file, at most CONFIG_ERRORS_MAX. */
#define CONFIG_ERRORS_MAX 50

struct config_report {
	char file[256];
	struct config_error errors[CONFIG_ERRORS_MAX];
	size_t error_n;
	bool more; /* there were more errors than are kept */
	struct config_error
	    notices[CONFIG_ERRORS_MAX]; /* worth a look, no error: masked host bits */
	size_t notice_n;
};

/* The defaults: what runs with no file at all. */
void config_init(struct config *config);
void config_clear(struct config *config);

/* Reads PATH over the defaults. PATH NULL means CONFIG_DEFAULT_PATH, which need not exist.
 * Returns 0, or -1 with at least one error in REPORT; CONFIG_OUT is filled only on success. */
int config_read(const char *path, struct config *config_out, struct config_report *report);

/* As config_read() from memory; NAME stands for the file in messages. */
int config_read_text(const char *name, const char *text, size_t len, struct config *config_out,
    struct config_report *report);

/* Writes error or notice I as "FILE:LINE:COLUMN: KEY: TEXT" to OUT. Returns OUT. */
const char *config_error_format(const struct config_report *report,
    const struct config_error *error, char *out, size_t out_len);

/* Sets KEY, which the program knows, as if a file held it with the one item TEXT. -1 with ERR, and
 * CONFIG is good for config_clear() only. */
int config_set(struct config *config, const char *key, const char *text, struct err *err);

/* As config_set() for "KEY=VALUE" of an operator, the items of a list, which may be empty, parted
 * by commas: ERR_USAGE for a key that is unknown or a value that it cannot have. */
int config_set_text(struct config *config, const char *text, struct err *err);

/* Calls FN for each key that differs between A and B, with both values as text and whether the
 * change needs a restart of the server to be effective. For the log line of a reload. */
void config_diff(const struct config *a, const struct config *b,
    void (*fn)(void *arg, const char *key, const char *from, const char *to, bool needs_restart),
    void *arg);

#endif
