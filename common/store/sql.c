/* sql.c - the one table of statements. Values come by bind only; pages are keyset pages. */
#include "common/store/sql.h"

#define STATE_COLUMNS "first_s, last_s, attempts, passes, passed_s, released_s"
#define DOMAIN_COLUMNS                                                                             \
	"id, name, comment, author, source, created_s, status, origin, error, skipped, "           \
	"refreshed_s, good_s, next_s, failures, lookups, coalesce(min_ttl_s, -1), networks"
#define TRIPLET_COLUMNS                                                                            \
	"id, net, sender_key, recipient_key, coalesce(sender, sender_key), "                       \
	"coalesce(recipient, recipient_key), client_address, client_name, helo, " STATE_COLUMNS    \
	", spf, spf_domain"
#define CLIENT_COLUMNS "id, address, name, first_s, last_s, passes"
#define META_COLUMNS "comment, author, source, created_s, expires_s, hits, last_hit_s"
#define RULE_COLUMNS "id, scope, pattern, action, " META_COLUMNS
#define POLICY_COLUMNS                                                                             \
	"id, scope, sender, greylist, training, spf, delay_s, window_s, lifetime_s, " META_COLUMNS
#define EVENT_COLUMNS                                                                              \
	"id, time_s, action, reason, delay_s, client_address, client_name, helo, sender, "         \
	"recipient, triplet_id, rule_id"
#define CHANGE_COLUMNS "id, time_s, author, verb, object, object_id, before, after"

static const char *const texts[SQL_N] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_DATA_VERSION] = "PRAGMA data_version",
	/* One statement, one moment: another program may be creating the file. */
	[SQL_IDENTITY] = "SELECT application_id, user_version, "
			 "(SELECT count(*) FROM sqlite_schema) "
			 "FROM pragma_application_id, pragma_user_version",
	[SQL_USER_VERSION] = "PRAGMA user_version",
	[SQL_WAL] = "PRAGMA journal_mode = WAL",
	[SQL_COPY] = "VACUUM INTO ?",
	[SQL_QUICK_CHECK] = "PRAGMA quick_check(1)",
	/* What tells a copy of the whole from one of a part, and takes no look at every row. */
	[SQL_WITNESS] = "SELECT (SELECT value FROM meta WHERE name = 'generation'), "
			"(SELECT max(id) FROM triplet), (SELECT max(id) FROM client), "
			"(SELECT count(*) FROM rule), (SELECT count(*) FROM policy), "
			"(SELECT count(*) FROM domain)",
	[SQL_ROWS] = "SELECT (SELECT count(*) FROM triplet) + (SELECT count(*) FROM client) + "
		     "(SELECT count(*) FROM rule) + (SELECT count(*) FROM policy) + "
		     "(SELECT count(*) FROM domain)",
	[SQL_META_GET] = "SELECT value FROM meta WHERE name = ?",
	[SQL_META_SET] = "UPDATE meta SET value = ? WHERE name = ?",
	[SQL_META_PUT] = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
	[SQL_META_REMOVE] = "DELETE FROM meta WHERE name = ?",
	[SQL_META_RESTORED] = "INSERT OR REPLACE INTO meta (name, value) "
			      "VALUES ('restored', abs(random() / 2))",
	[SQL_GENERATION_BUMP] = "UPDATE meta SET value = value + 1 WHERE name = 'generation'",

	[SQL_TRIPLET_APPEND] =
	    "INSERT INTO triplet (net, sender_key, recipient_key, sender, recipient, "
	    "client_address, client_name, helo, first_s, last_s, attempts, passes, passed_s, "
	    "released_s, spf, spf_domain) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_TRIPLET_MATCH] = "SELECT net, sender_key, recipient_key, " STATE_COLUMNS
			      ", spf IS NOT NULL AND spf <> 'temperror' FROM triplet WHERE id = ?",
	[SQL_TRIPLET_MERGE] =
	    "UPDATE triplet SET first_s = min(first_s, ?2), last_s = max(last_s, ?3), "
	    "attempts = attempts + ?4, passes = passes + ?5, "
	    "passed_s = coalesce(min(passed_s, ?6), passed_s, ?6), "
	    "client_address = coalesce(?7, client_address), "
	    "client_name = iif(?7 IS NULL, client_name, ?8), helo = iif(?7 IS NULL, helo, ?9) "
	    "WHERE id = ?1",
	[SQL_TRIPLET_RELEASE] = "UPDATE triplet SET released_s = ?2 WHERE id = ?1",
	[SQL_TRIPLET_SPF] = "UPDATE triplet SET spf = ?2, spf_domain = ?3 WHERE id = ?1",
	[SQL_TRIPLET_POOL] = "SELECT sender_key, recipient_key, " STATE_COLUMNS
			     ", CASE spf WHEN 'pass' THEN spf_domain END "
			     "FROM triplet WHERE id = ?",
	[SQL_TRIPLET_DELETE] = "DELETE FROM triplet WHERE id = ?",
	[SQL_TRIPLET_GET] = "SELECT " TRIPLET_COLUMNS " FROM triplet WHERE id = ?",
	[SQL_TRIPLET_PAGE] = "SELECT " TRIPLET_COLUMNS
			     " FROM triplet WHERE id < ? ORDER BY id DESC LIMIT ?",
	[SQL_TRIPLET_PAGE_UP] = "SELECT " TRIPLET_COLUMNS
				" FROM triplet WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_TRIPLET_KEYS] = "SELECT id, net, sender_key, recipient_key, " STATE_COLUMNS
			     ", CASE spf WHEN 'pass' THEN spf_domain END "
			     "FROM triplet WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_TRIPLET_MAX] = "SELECT max(id) FROM triplet",
	[SQL_TRIPLET_COUNT] = "SELECT count(*) FROM triplet",

	[SQL_CLIENT_APPEND] = "INSERT INTO client (address, name, first_s, last_s, passes) "
			      "VALUES (?, ?, ?, ?, ?)",
	[SQL_CLIENT_MATCH] = "SELECT address, first_s, last_s, passes FROM client WHERE id = ?",
	[SQL_CLIENT_MERGE] =
	    "UPDATE client SET first_s = min(first_s, ?2), last_s = max(last_s, ?3), "
	    "passes = passes + ?4, name = coalesce(?5, name) WHERE id = ?1",
	[SQL_CLIENT_DELETE] = "DELETE FROM client WHERE id = ?",
	/* Servers index ids greater than they have seen. Those that operators removed are in the
	 * audit; some at the end may have expired besides, which the step passes over. */
	[SQL_CLIENT_RESTORE] =
	    "INSERT INTO client (id, address, name, first_s, last_s, passes) "
	    "SELECT 1000 + max(coalesce((SELECT max(id) FROM client), 0), "
	    "coalesce((SELECT max(object_id) FROM change WHERE object = 'client'), 0)), "
	    "?, ?, ?, ?, ?",
	[SQL_CLIENT_FIND] = "SELECT id FROM client WHERE address = ? ORDER BY id DESC LIMIT 1",
	[SQL_CLIENT_GET] = "SELECT " CLIENT_COLUMNS " FROM client WHERE id = ?",
	[SQL_CLIENT_PAGE] = "SELECT " CLIENT_COLUMNS
			    " FROM client WHERE id < ? ORDER BY id DESC LIMIT ?",
	[SQL_CLIENT_KEYS] = "SELECT " CLIENT_COLUMNS
			    " FROM client WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_CLIENT_MAX] = "SELECT max(id) FROM client",
	[SQL_CLIENT_COUNT] = "SELECT count(*) FROM client",

	[SQL_RULE_ADD] = "INSERT INTO rule (scope, pattern, action, comment, author, source, "
			 "created_s, expires_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_RULE_CHANGE] = "UPDATE rule SET scope = ?2, pattern = ?3, action = ?4, comment = ?5, "
			    "expires_s = ?6 WHERE id = ?1",
	[SQL_RULE_RESTORE] = "INSERT INTO rule (" RULE_COLUMNS ") "
			     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_RULE_REMOVE] = "DELETE FROM rule WHERE id = ?",
	[SQL_RULE_FIND] = "SELECT id FROM rule WHERE scope = ? AND pattern = ?",
	[SQL_RULE_GET] = "SELECT " RULE_COLUMNS " FROM rule WHERE id = ?",
	[SQL_RULE_EACH] = "SELECT " RULE_COLUMNS " FROM rule WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_RULE_HIT] = "UPDATE rule SET hits = hits + ?2, "
			 "last_hit_s = coalesce(max(last_hit_s, ?3), ?3) WHERE id = ?1",

	[SQL_POLICY_PUT] =
	    "INSERT INTO policy (scope, sender, greylist, training, spf, delay_s, window_s, "
	    "lifetime_s, comment, author, source, created_s, expires_s) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (scope, sender) DO UPDATE SET greylist = excluded.greylist, "
	    "training = excluded.training, spf = excluded.spf, delay_s = excluded.delay_s, "
	    "window_s = excluded.window_s, lifetime_s = excluded.lifetime_s, "
	    "comment = excluded.comment, author = excluded.author, source = excluded.source, "
	    "expires_s = excluded.expires_s RETURNING id",
	[SQL_POLICY_CHANGE] =
	    "UPDATE policy SET scope = ?2, sender = ?3, greylist = ?4, training = ?5, spf = ?6, "
	    "delay_s = ?7, window_s = ?8, lifetime_s = ?9, comment = ?10, expires_s = ?11 "
	    "WHERE id = ?1",
	[SQL_POLICY_RESTORE] = "INSERT INTO policy (" POLICY_COLUMNS ") "
			       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_POLICY_REMOVE] = "DELETE FROM policy WHERE id = ?",
	[SQL_POLICY_FIND] = "SELECT id FROM policy WHERE scope = ? AND sender = ?",
	[SQL_POLICY_GET] = "SELECT " POLICY_COLUMNS " FROM policy WHERE id = ?",
	[SQL_POLICY_EACH] = "SELECT " POLICY_COLUMNS
			    " FROM policy WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_POLICY_HIT] = "UPDATE policy SET hits = hits + ?2, "
			   "last_hit_s = coalesce(max(last_hit_s, ?3), ?3) WHERE id = ?1",
	[SQL_POLICY_LONGEST] = "SELECT coalesce(max(window_s), 0), coalesce(max(lifetime_s), 0) "
			       "FROM policy",

	[SQL_DOMAIN_ADD] = "INSERT INTO domain (name, comment, author, source, created_s) "
			   "VALUES (?, ?, ?, ?, ?)",
	[SQL_DOMAIN_RESTORE] = "INSERT INTO domain (id, name, comment, author, source, created_s) "
			       "VALUES (?, ?, ?, ?, ?, ?)",
	[SQL_DOMAIN_COMMENT] = "UPDATE domain SET comment = ?2 WHERE id = ?1",
	[SQL_DOMAIN_REMOVE] = "DELETE FROM domain WHERE id = ?",
	[SQL_DOMAIN_FIND] = "SELECT id FROM domain WHERE name = ?",
	[SQL_DOMAIN_GET] = "SELECT " DOMAIN_COLUMNS " FROM domain WHERE id = ?",
	[SQL_DOMAIN_EACH] = "SELECT " DOMAIN_COLUMNS
			    " FROM domain WHERE name > ? ORDER BY name LIMIT ?",
	[SQL_DOMAIN_DUE] = "SELECT " DOMAIN_COLUMNS
			   " FROM domain WHERE next_s <= ?1 OR refreshed_s > ?1 "
			   "ORDER BY next_s, id LIMIT ?2",
	[SQL_DOMAIN_WANT] = "UPDATE domain SET next_s = 0 WHERE id = ?",
	[SQL_DOMAIN_REFRESHED] =
	    "UPDATE domain SET status = ?2, origin = ?3, error = ?4, skipped = ?5, "
	    "refreshed_s = ?6, good_s = ?7, next_s = ?8, failures = ?9, lookups = ?10, "
	    "min_ttl_s = ?11 WHERE id = ?1",
	[SQL_DOMAIN_COUNT] = "UPDATE domain SET networks = ?2 WHERE id = ?1",
	[SQL_NETWORK_PUT] = "INSERT OR REPLACE INTO network (domain_id, net, path) "
			    "VALUES (?, ?, ?)",
	[SQL_NETWORK_REMOVE] = "DELETE FROM network WHERE domain_id = ? AND net = ?",
	[SQL_NETWORK_REMOVE_ALL] = "DELETE FROM network WHERE domain_id = ?",
	[SQL_NETWORK_OF_DOMAIN] = "SELECT domain_id, net, path FROM network WHERE domain_id = ? "
				  "ORDER BY net",
	[SQL_NETWORK_EACH] = "SELECT domain_id, net, path FROM network",
	[SQL_DIFFERENCE_ADD] = "INSERT INTO difference (domain_id, time_s, status, before_n, "
			       "after_n, added, removed) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_DIFFERENCE_TRIM] = "DELETE FROM difference WHERE domain_id = ?1 AND id <= "
				"(SELECT id FROM difference WHERE domain_id = ?1 "
				"ORDER BY id DESC LIMIT 1 OFFSET ?2)",
	[SQL_DIFFERENCE_REMOVE_ALL] = "DELETE FROM difference WHERE domain_id = ?",
	[SQL_DIFFERENCE_PAGE] = "SELECT id, domain_id, time_s, status, before_n, after_n, added, "
				"removed FROM difference WHERE domain_id = ? AND id < ? "
				"ORDER BY id DESC LIMIT ?",

	[SQL_STAT_ADD] = "INSERT INTO stat (minute_s, reason, count, delay_s) VALUES (?, ?, ?, ?) "
			 "ON CONFLICT (minute_s, reason) DO UPDATE SET "
			 "count = count + excluded.count, delay_s = delay_s + excluded.delay_s",
	[SQL_STAT_EACH] = "SELECT minute_s, reason, count, delay_s FROM stat "
			  "WHERE minute_s >= ? AND minute_s < ? ORDER BY minute_s, reason",
	[SQL_STAT_SUM] = "SELECT 0, reason, sum(count), sum(delay_s) FROM stat "
			 "WHERE minute_s >= ? AND minute_s < ? GROUP BY reason ORDER BY reason",
	[SQL_STAT_HOURS] = "SELECT minute_s - minute_s % 3600, reason, sum(count), sum(delay_s) "
			   "FROM stat WHERE minute_s >= ? AND minute_s < ? "
			   "GROUP BY 1, 2 ORDER BY 1, 2",
	[SQL_STAT_EXPIRE] = "DELETE FROM stat WHERE (minute_s, reason) IN "
			    "(SELECT minute_s, reason FROM stat WHERE minute_s < ? LIMIT ?)",

	[SQL_EVENT_APPEND] =
	    "INSERT INTO event (time_s, action, reason, delay_s, client_address, client_name, "
	    "helo, sender, recipient, triplet_id, rule_id) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_EVENT_PAGE] = "SELECT " EVENT_COLUMNS
			   " FROM event WHERE id < ? ORDER BY id DESC LIMIT ?",
	[SQL_EVENT_AFTER] = "SELECT " EVENT_COLUMNS " FROM event WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_EVENT_ENDS] = "SELECT (SELECT min(id) FROM event), (SELECT max(id) FROM event)",
	[SQL_EVENT_TRIM] = "DELETE FROM event WHERE id < ?1 AND (id <= ?2 OR time_s < ?3)",

	[SQL_CHANGE_APPEND] = "INSERT INTO change (time_s, author, verb, object, object_id, "
			      "before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_CHANGE_PAGE] = "SELECT " CHANGE_COLUMNS
			    " FROM change WHERE id < ? ORDER BY id DESC LIMIT ?",
	[SQL_CHANGE_GET] = "SELECT " CHANGE_COLUMNS " FROM change WHERE id = ?",
	[SQL_CHANGE_UNDONE] = "SELECT id FROM change WHERE id > ?1 AND object_id = ?1 "
			      "AND verb = 'undo' LIMIT 1",

	[SQL_HEARTBEAT_PUT] = "INSERT OR REPLACE INTO heartbeat "
			      "(id, pid, started_s, beat_s, version, status) "
			      "VALUES (1, ?, ?, ?, ?, ?)",
	[SQL_HEARTBEAT_GET] = "SELECT pid, started_s, beat_s, version, status FROM heartbeat",
};

const char *
sql_text(enum sql_id id)
{
	return texts[id];
}
