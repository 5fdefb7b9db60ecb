/* sql.c - the one table of statements. Values come by bind only; pages are keyset pages. */
#include "common/store/sql.h"

#define STATE_COLUMNS "first_s, last_s, attempts, passes, passed_s, released_s"
#define DOMAIN_COLUMNS                                                                             \
	"id, name, comment, author, source, created_s, status, origin, error, skipped, "           \
	"refreshed_s, good_s, next_s, failures, lookups, coalesce(min_ttl_s, -1), networks"
#define TRIPLET_COLUMNS                                                                            \
	"id, net, sender_key, recipient_key, coalesce(sender, sender_key), "                       \
	"coalesce(recipient, recipient_key), client_address, client_name, helo, " STATE_COLUMNS    \
	", spf, spf_domain, import_id"
#define CLIENT_COLUMNS "id, address, name, first_s, last_s, passes"
#define META_COLUMNS "comment, author, source, created_s, expires_s, hits, last_hit_s"
#define RULE_COLUMNS "id, scope, pattern, action, " META_COLUMNS
#define POLICY_COLUMNS                                                                             \
	"id, scope, sender, greylist, training, spf, delay_s, window_s, lifetime_s, " META_COLUMNS
#define EVENT_COLUMNS                                                                              \
	"id, time_s, action, reason, delay_s, client_address, client_name, helo, sender, "         \
	"recipient, triplet_id, rule_id"
#define COMMAND "coalesce(command_id, id)" /* as in the index */
#define CHANGE_COLUMNS "id, " COMMAND ", time_s, author, verb, object, object_id, before, after"
#define IS_UNDONE                                                                                  \
	"EXISTS (SELECT 1 FROM change u WHERE u.object = 'change' AND u.object_id = change.id)"

/* Imports: s is a staged row, m names the row of the database with its key, which is t. */
#define STAGED_TRIPLET_COLUMNS                                                                     \
	"net, sender_key, recipient_key, sender, recipient, client_address, client_name, helo, "   \
	"first_s, last_s, attempts, passes, passed_s, released_s, spf, spf_domain"
#define STAGED_CLIENT_COLUMNS "address, name, first_s, last_s, passes"
#define STAGED_RANGE "s.id > ?2 AND s.id <= ?3"
#define SAME_TRIPLET                                                                               \
	"t.id = m.main_id AND t.net = s.net AND t.sender_key = s.sender_key "                      \
	"AND t.recipient_key = s.recipient_key"
#define SAME_CLIENT "t.id = m.main_id AND t.address = s.address"
#define TRIPLET_ALIVE(x)                                                                           \
	"CASE WHEN " x ".passed_s IS NULL THEN " x ".first_s >= ?2 ELSE " x ".last_s >= ?3 END"
#define CLIENT_CHANGES "(t.first_s > s.first_s OR t.last_s < s.last_s OR t.passes < s.passes)"
#define TRIPLET_CHANGES                                                                            \
	"(t.first_s > s.first_s OR t.last_s < s.last_s OR t.attempts < s.attempts "                \
	"OR t.passes < s.passes OR (s.passed_s IS NOT NULL AND "                                   \
	"(t.passed_s IS NULL OR t.passed_s > s.passed_s)))"
#define TRIPLET_PAIRS                                                                              \
	"st.triplet s CROSS JOIN st.triplet_match m ON m.staged_id = s.id "                        \
	"CROSS JOIN main.triplet t ON " SAME_TRIPLET
#define CLIENT_PAIRS                                                                               \
	"st.client s CROSS JOIN st.client_match m ON m.staged_id = s.id "                          \
	"CROSS JOIN main.client t ON " SAME_CLIENT
#define RULE_IS_THERE                                                                              \
	"EXISTS (SELECT 1 FROM main.rule r WHERE r.scope = s.scope AND r.pattern = s.pattern)"
#define POLICY_IS_THERE                                                                            \
	"EXISTS (SELECT 1 FROM main.policy p WHERE p.scope = s.scope AND p.sender = s.sender)"
#define ADDED_BY_IMPORT(object)                                                                    \
	"(SELECT row_id FROM import_row WHERE change_id = ?1 AND object = '" object "')"
/* Of those, what nobody has changed since. */
#define LEFT_BY_IMPORT(object)                                                                     \
	ADDED_BY_IMPORT(object)                                                                    \
	" AND id NOT IN (SELECT object_id FROM change WHERE id > ?1 "                              \
	"AND object = '" object "')"
/* A running server indexes ids greater than it has seen, and rows at the end may have gone since.
 * The step is for what a program removed that noted nothing, as greygate once did. */
#define GONE(name) "coalesce((SELECT value FROM meta WHERE name = '" name "'), 0)"
#define FRESH_TRIPLET                                                                              \
	"1000 + max(coalesce((SELECT max(id) FROM triplet), 0), " GONE("triplet_gone") ")"
#define FRESH_CLIENT                                                                               \
	"1000 + max(coalesce((SELECT max(id) FROM client), 0), " GONE(                             \
	    "client_gone") ", "                                                                    \
			   "coalesce((SELECT max(object_id) FROM change WHERE object = "           \
			   "'client'), 0))"
#define SINCE(column) "t." column " - r.left_" column " + r." column

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
	[SQL_CLIENT_RESTORE] = "INSERT INTO client (id, address, name, first_s, last_s, passes) "
			       "SELECT " FRESH_CLIENT ", ?, ?, ?, ?, ?",
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
	[SQL_TOTAL_ADD] = "INSERT INTO total (reason, count, delay_s) VALUES (?, ?, ?) "
			  "ON CONFLICT (reason) DO UPDATE SET "
			  "count = count + excluded.count, delay_s = delay_s + excluded.delay_s",
	[SQL_TOTAL_EACH] = "SELECT 0, reason, count, delay_s FROM total ORDER BY reason",

	[SQL_EVENT_APPEND] =
	    "INSERT INTO event (time_s, action, reason, delay_s, client_address, client_name, "
	    "helo, sender, recipient, triplet_id, rule_id) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_EVENT_PAGE] = "SELECT " EVENT_COLUMNS
			   " FROM event WHERE id < ? ORDER BY id DESC LIMIT ?",
	[SQL_EVENT_AFTER] = "SELECT " EVENT_COLUMNS " FROM event WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_EVENT_ENDS] = "SELECT (SELECT min(id) FROM event), (SELECT max(id) FROM event)",
	[SQL_EVENT_TRIM] = "DELETE FROM event WHERE id < ?1 AND (id <= ?2 OR time_s < ?3)",

	[SQL_CHANGE_APPEND] = "INSERT INTO change (command_id, time_s, author, verb, object, "
			      "object_id, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_CHANGE_PAGE] = "SELECT " CHANGE_COLUMNS
			    " FROM change WHERE id < ? ORDER BY id DESC LIMIT ?",
	[SQL_CHANGE_AFTER] = "SELECT " CHANGE_COLUMNS
			     " FROM change WHERE id > ? ORDER BY id LIMIT ?",
	[SQL_CHANGE_OF] = "SELECT " CHANGE_COLUMNS " FROM change WHERE object = ? "
			  "AND object_id = ? ORDER BY id DESC LIMIT ?",
	[SQL_CHANGE_GET] = "SELECT " CHANGE_COLUMNS " FROM change WHERE id = ?",
	[SQL_CHANGE_UNDONE] = "SELECT 1 FROM change WHERE id = ? AND " IS_UNDONE,
	[SQL_CHANGE_TRIM] =
	    "DELETE FROM change WHERE id <= (SELECT max(id) FROM change) - max(?1, 1) "
	    "AND id < (SELECT min(id) FROM change) + ?2",
	[SQL_COMMAND_BEFORE] = "SELECT " COMMAND " FROM change WHERE " COMMAND " < ? "
			       "ORDER BY " COMMAND " DESC LIMIT 1",
	[SQL_COMMAND_FIRST] = "SELECT " CHANGE_COLUMNS " FROM change WHERE " COMMAND " = ? "
			      "ORDER BY id LIMIT 1",
	[SQL_COMMAND_LEFT] = "SELECT id FROM change WHERE " COMMAND " = ? AND id < ? "
			     "AND NOT " IS_UNDONE " ORDER BY id DESC LIMIT 1",
	[SQL_COMMAND_COUNT] = "SELECT count(*), max(id) FROM change WHERE " COMMAND " = ?",
	/* Of most nothing is undone, which one look tells. */
	[SQL_COMMAND_UNDONE] = "SELECT CASE WHEN EXISTS (SELECT 1 FROM change u "
			       "WHERE u.object = 'change' AND u.object_id BETWEEN ?1 AND ?2) "
			       "THEN (SELECT count(*) FROM change WHERE " COMMAND " = ?1 "
			       "AND " IS_UNDONE ") ELSE 0 END",

	[SQL_HEARTBEAT_PUT] = "INSERT OR REPLACE INTO heartbeat "
			      "(id, pid, started_s, beat_s, version, status) "
			      "VALUES (1, ?, ?, ?, ?, ?)",
	[SQL_HEARTBEAT_GET] = "SELECT pid, started_s, beat_s, version, status FROM heartbeat",

	/* Takes no lock of the database, which BEGIN IMMEDIATE would. */
	[SQL_STAGE_BEGIN] = "BEGIN",
	[SQL_STAGE_TRIPLET] =
	    "INSERT INTO st.triplet (" STAGED_TRIPLET_COLUMNS ") "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (recipient_key, sender_key, net) DO UPDATE SET "
	    "first_s = min(first_s, excluded.first_s), last_s = max(last_s, excluded.last_s), "
	    "attempts = max(attempts, excluded.attempts), passes = max(passes, excluded.passes), "
	    "passed_s = coalesce(min(passed_s, excluded.passed_s), passed_s, excluded.passed_s), "
	    "released_s = coalesce(released_s, excluded.released_s)",
	[SQL_STAGE_CLIENT] =
	    "INSERT INTO st.client (" STAGED_CLIENT_COLUMNS ") VALUES (?, ?, ?, ?, ?) "
	    "ON CONFLICT (address) DO UPDATE SET first_s = min(first_s, excluded.first_s), "
	    "last_s = max(last_s, excluded.last_s), passes = max(passes, excluded.passes), "
	    "name = coalesce(name, excluded.name)",
	[SQL_STAGE_RULE] =
	    "INSERT INTO st.rule (scope, pattern, action, " META_COLUMNS ", place) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope, pattern) DO UPDATE SET "
	    "expires_s = max(expires_s, excluded.expires_s) WHERE action = excluded.action",
	[SQL_STAGE_POLICY] =
	    "INSERT INTO st.policy (scope, sender, greylist, training, spf, delay_s, window_s, "
	    "lifetime_s, " META_COLUMNS ", place) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (scope, sender) DO UPDATE SET scope = scope "
	    "WHERE greylist IS excluded.greylist AND training IS excluded.training "
	    "AND spf IS excluded.spf AND delay_s IS excluded.delay_s "
	    "AND window_s IS excluded.window_s AND lifetime_s IS excluded.lifetime_s",
	[SQL_STAGE_DOMAIN] = "INSERT INTO st.domain (name, comment, author, source, created_s) "
			     "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
	[SQL_STAGE_NETWORK] = "INSERT INTO st.network (domain, net, path) VALUES (?, ?, ?) "
			      "ON CONFLICT DO NOTHING",
	[SQL_STAGE_NAME_PUT] = "INSERT OR REPLACE INTO st.name (kind, id, text) VALUES (?, ?, ?)",
	[SQL_STAGE_NAME_GET] = "SELECT text FROM st.name WHERE kind = ? AND id = ?",
	[SQL_STAGE_PAIR_PUT] = "INSERT INTO st.pair (kind, a, b, text, place) "
			       "VALUES (?, ?, ?, ?, ?)",
	[SQL_STAGE_PAIR_NEXT] = "SELECT id, kind, a, b, text, place FROM st.pair "
				"WHERE id > ? ORDER BY id LIMIT 1",

	/* Through the whole table once, the staged ones by their key; the newest of a key counts.
	 */
	[SQL_STAGE_TRIPLET_MATCH] =
	    "INSERT INTO st.triplet_match (staged_id, main_id) "
	    "SELECT s.id, t.id FROM main.triplet t CROSS JOIN st.triplet s "
	    "ON s.recipient_key = t.recipient_key AND s.sender_key = t.sender_key "
	    "AND s.net = t.net WHERE t.id > ?1 AND (" TRIPLET_ALIVE("t") " OR NOT " TRIPLET_ALIVE(
		"s") ") ON CONFLICT (staged_id) DO UPDATE SET main_id = excluded.main_id",
	[SQL_STAGE_CLIENT_MATCH] =
	    "INSERT INTO st.client_match (staged_id, main_id) "
	    "SELECT s.id, t.id FROM main.client t CROSS JOIN st.client s "
	    "ON s.address = t.address WHERE t.id > ?1 AND (t.last_s >= ?2 OR s.last_s < ?2) "
	    "ON CONFLICT (staged_id) DO UPDATE SET main_id = excluded.main_id",
	[SQL_STAGE_DOMAIN_COUNT] =
	    "SELECT count(*), sum(NOT EXISTS (SELECT 1 FROM main.domain d WHERE d.name = s.name)), "
	    "0 FROM st.domain s",
	[SQL_STAGE_NETWORK_COUNT] = "SELECT count(*), sum(NOT EXISTS (SELECT 1 FROM main.domain d "
				    "WHERE d.name = s.domain)), 0 FROM st.network s",
	[SQL_STAGE_POLICY_COUNT] = "SELECT count(*), sum(NOT " POLICY_IS_THERE "), 0 "
				   "FROM st.policy s",
	[SQL_STAGE_RULE_COUNT] = "SELECT count(*), sum(NOT " RULE_IS_THERE "), 0 FROM st.rule s",
	[SQL_STAGE_CLIENT_COUNT] =
	    "SELECT count(*), sum(t.id IS NULL), sum(t.id IS NOT NULL AND " CLIENT_CHANGES ") "
	    "FROM st.client s LEFT JOIN st.client_match m ON m.staged_id = s.id "
	    "LEFT JOIN main.client t ON " SAME_CLIENT,
	[SQL_STAGE_TRIPLET_COUNT] =
	    "SELECT count(*), sum(t.id IS NULL), sum(t.id IS NOT NULL AND " TRIPLET_CHANGES ") "
	    "FROM st.triplet s LEFT JOIN st.triplet_match m ON m.staged_id = s.id "
	    "LEFT JOIN main.triplet t ON " SAME_TRIPLET,
	[SQL_STAGE_RULE_CONFLICTS] =
	    "SELECT s.place, r.id, s.action || ' ' || s.pattern || ' to ' || s.scope, r.action "
	    "FROM st.rule s JOIN main.rule r ON r.scope = s.scope AND r.pattern = s.pattern "
	    "WHERE r.action <> s.action ORDER BY s.id",
	[SQL_STAGE_POLICY_CONFLICTS] =
	    "SELECT s.place, p.id, s.scope || ' from ' || s.sender, 'something else' "
	    "FROM st.policy s JOIN main.policy p ON p.scope = s.scope AND p.sender = s.sender "
	    "WHERE p.greylist IS NOT s.greylist OR p.training IS NOT s.training "
	    "OR p.spf IS NOT s.spf OR p.delay_s IS NOT s.delay_s "
	    "OR p.window_s IS NOT s.window_s OR p.lifetime_s IS NOT s.lifetime_s ORDER BY s.id",

	[SQL_STAGE_DOMAIN_ADD] =
	    "INSERT INTO main.domain (name, comment, author, source, created_s) "
	    "SELECT name, comment, author, source, created_s FROM st.domain s "
	    "WHERE " STAGED_RANGE " AND NOT EXISTS "
	    "(SELECT 1 FROM main.domain d WHERE d.name = s.name) ORDER BY s.id",
	[SQL_STAGE_NETWORK_ADD] =
	    "INSERT OR IGNORE INTO main.network (domain_id, net, path) "
	    "SELECT d.id, s.net, s.path FROM st.network s JOIN main.domain d ON d.name = s.domain "
	    "WHERE " STAGED_RANGE " AND d.id IN " ADDED_BY_IMPORT("domain"),
	[SQL_STAGE_DONE] = "UPDATE main.change SET after = ? WHERE id = ?",
	[SQL_STAGE_NETWORK_SUM] =
	    "UPDATE domain SET networks = (SELECT count(*) FROM network n "
	    "WHERE n.domain_id = domain.id) WHERE id IN " ADDED_BY_IMPORT("domain"),
	[SQL_STAGE_POLICY_ADD] =
	    "INSERT INTO main.policy (scope, sender, greylist, training, spf, delay_s, window_s, "
	    "lifetime_s, " META_COLUMNS ") SELECT scope, sender, greylist, training, spf, "
	    "delay_s, window_s, lifetime_s, " META_COLUMNS " FROM st.policy s "
	    "WHERE " STAGED_RANGE " AND NOT " POLICY_IS_THERE " ORDER BY s.id",
	[SQL_STAGE_RULE_ADD] = "INSERT INTO main.rule (scope, pattern, action, " META_COLUMNS ") "
			       "SELECT scope, pattern, action, " META_COLUMNS " FROM st.rule s "
			       "WHERE " STAGED_RANGE " AND NOT " RULE_IS_THERE " ORDER BY s.id",
	[SQL_STAGE_CLIENT_SAVE] =
	    "INSERT INTO main.import_row (change_id, object, row_id, import_id, first_s, last_s, "
	    "passes, left_last_s, left_passes) SELECT ?1, 'client', t.id, t.import_id, "
	    "t.first_s, t.last_s, t.passes, max(t.last_s, s.last_s), max(t.passes, s.passes) "
	    "FROM " CLIENT_PAIRS " WHERE " STAGED_RANGE " AND " CLIENT_CHANGES,
	[SQL_STAGE_CLIENT_MERGE] =
	    "UPDATE main.client AS t SET first_s = min(t.first_s, s.first_s), "
	    "last_s = max(t.last_s, s.last_s), passes = max(t.passes, s.passes), import_id = ?1 "
	    "FROM st.client s JOIN st.client_match m ON m.staged_id = s.id "
	    "WHERE " SAME_CLIENT " AND " STAGED_RANGE " AND " CLIENT_CHANGES,
	[SQL_STAGE_CLIENT_ADD] =
	    "INSERT INTO main.client (id, " STAGED_CLIENT_COLUMNS ", import_id) "
	    "SELECT ?4 + row_number() OVER (ORDER BY s.id), s.address, s.name, s.first_s, "
	    "s.last_s, s.passes, ?1 FROM st.client s "
	    "LEFT JOIN st.client_match m ON m.staged_id = s.id "
	    "LEFT JOIN main.client t ON " SAME_CLIENT " WHERE " STAGED_RANGE " AND t.id IS NULL",
	[SQL_STAGE_CLIENT_BASE] = "SELECT " FRESH_CLIENT,
	[SQL_STAGE_TRIPLET_SAVE] =
	    "INSERT INTO main.import_row (change_id, object, row_id, import_id, first_s, last_s, "
	    "attempts, passes, passed_s, left_last_s, left_attempts, left_passes) "
	    "SELECT ?1, 'triplet', t.id, t.import_id, t.first_s, t.last_s, t.attempts, t.passes, "
	    "t.passed_s, max(t.last_s, s.last_s), max(t.attempts, s.attempts), "
	    "max(t.passes, s.passes) "
	    "FROM " TRIPLET_PAIRS " WHERE " STAGED_RANGE " AND " TRIPLET_CHANGES,
	[SQL_STAGE_TRIPLET_MERGE] =
	    "UPDATE main.triplet AS t SET first_s = min(t.first_s, s.first_s), "
	    "last_s = max(t.last_s, s.last_s), attempts = max(t.attempts, s.attempts), "
	    "passes = max(t.passes, s.passes), "
	    "passed_s = coalesce(min(t.passed_s, s.passed_s), t.passed_s, s.passed_s), "
	    "import_id = ?1 FROM st.triplet s JOIN st.triplet_match m ON m.staged_id = s.id "
	    "WHERE " SAME_TRIPLET " AND " STAGED_RANGE " AND " TRIPLET_CHANGES,
	[SQL_STAGE_TRIPLET_ADD] =
	    "INSERT INTO main.triplet (id, " STAGED_TRIPLET_COLUMNS ", import_id) "
	    "SELECT ?4 + row_number() OVER (ORDER BY s.id), s.net, s.sender_key, s.recipient_key, "
	    "s.sender, s.recipient, s.client_address, s.client_name, s.helo, s.first_s, s.last_s, "
	    "s.attempts, s.passes, s.passed_s, s.released_s, s.spf, s.spf_domain, ?1 "
	    "FROM st.triplet s LEFT JOIN st.triplet_match m ON m.staged_id = s.id "
	    "LEFT JOIN main.triplet t ON " SAME_TRIPLET " WHERE " STAGED_RANGE " AND t.id IS NULL",
	[SQL_STAGE_TRIPLET_BASE] = "SELECT " FRESH_TRIPLET,
	[SQL_STAGE_DOMAIN_MAX] = "SELECT max(id) FROM domain",
	[SQL_STAGE_POLICY_MAX] = "SELECT max(id) FROM policy",
	[SQL_STAGE_RULE_MAX] = "SELECT max(id) FROM rule",
	[SQL_STAGE_DOMAIN_NOTE] = "INSERT INTO import_row (change_id, object, row_id) "
				  "SELECT ?, 'domain', id FROM main.domain WHERE id > ?",
	[SQL_STAGE_POLICY_NOTE] = "INSERT INTO import_row (change_id, object, row_id) "
				  "SELECT ?, 'policy', id FROM main.policy WHERE id > ?",
	[SQL_STAGE_RULE_NOTE] = "INSERT INTO import_row (change_id, object, row_id) "
				"SELECT ?, 'rule', id FROM main.rule WHERE id > ?",

	[SQL_IMPORT_SAVED_END] = "SELECT max(row_id) FROM (SELECT row_id FROM import_row "
				 "WHERE change_id = ? AND object = ? AND row_id > ? "
				 "ORDER BY row_id LIMIT ?)",
	[SQL_IMPORT_TRIPLET_BACK] =
	    "UPDATE triplet AS t SET first_s = r.first_s, "
	    "last_s = CASE WHEN t.last_s > r.left_last_s THEN t.last_s ELSE r.last_s END, "
	    "attempts = " SINCE("attempts") ", passes = " SINCE(
		"passes") ", "
			  "passed_s = CASE WHEN r.passed_s IS NOT NULL THEN r.passed_s "
			  "WHEN t.passes > r.left_passes THEN t.last_s END, import_id = "
			  "r.import_id "
			  "FROM import_row r WHERE r.change_id = ?1 AND r.object = 'triplet' "
			  "AND r.row_id > ?2 AND r.row_id <= ?3 AND t.id = r.row_id AND "
			  "t.import_id = ?1",
	[SQL_IMPORT_CLIENT_BACK] =
	    "UPDATE client AS t SET first_s = r.first_s, "
	    "last_s = CASE WHEN t.last_s > r.left_last_s THEN t.last_s ELSE r.last_s END, "
	    "passes = " SINCE(
		"passes") ", import_id = r.import_id "
			  "FROM import_row r WHERE r.change_id = ?1 AND r.object = 'client' "
			  "AND r.row_id > ?2 AND r.row_id <= ?3 AND t.id = r.row_id AND "
			  "t.import_id = ?1",
	[SQL_IMPORT_FORGET] = "DELETE FROM import_row WHERE change_id = ? AND object = ? "
			      "AND row_id <= ?",
	[SQL_IMPORT_TRIPLET_END] = "SELECT max(id) FROM (SELECT id FROM triplet WHERE id > ? "
				   "ORDER BY id LIMIT ?)",
	[SQL_IMPORT_CLIENT_END] = "SELECT max(id) FROM (SELECT id FROM client WHERE id > ? "
				  "ORDER BY id LIMIT ?)",
	[SQL_IMPORT_TRIPLET_REMOVE] = "DELETE FROM triplet WHERE import_id = ?1 AND id > ?2 "
				      "AND id <= ?3",
	[SQL_IMPORT_CLIENT_REMOVE] = "DELETE FROM client WHERE import_id = ?1 AND id > ?2 "
				     "AND id <= ?3",
	[SQL_IMPORT_GONE] = "INSERT INTO meta (name, value) VALUES (?, ?) "
			    "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
	[SQL_IMPORT_RULE_REMOVE] = "DELETE FROM rule WHERE id IN " LEFT_BY_IMPORT("rule"),
	[SQL_IMPORT_POLICY_REMOVE] = "DELETE FROM policy WHERE id IN " LEFT_BY_IMPORT("policy"),
	[SQL_IMPORT_DOMAIN_REMOVE] = "DELETE FROM domain WHERE id IN " LEFT_BY_IMPORT("domain"),
	/* After the domains: whatever has none any more. */
	[SQL_IMPORT_NETWORK_REMOVE] = "DELETE FROM network WHERE domain_id NOT IN "
				      "(SELECT id FROM domain)",
	[SQL_IMPORT_DIFFERENCE_REMOVE] = "DELETE FROM difference WHERE domain_id NOT IN "
					 "(SELECT id FROM domain)",
	[SQL_IMPORT_FORGET_ALL] = "DELETE FROM import_row WHERE change_id = ?",
	[SQL_IMPORT_OLDEST] = "SELECT r.change_id, c.time_s FROM import_row r "
			      "LEFT JOIN change c ON c.id = r.change_id "
			      "ORDER BY r.change_id LIMIT 1",
	[SQL_IMPORT_TRIM] = "DELETE FROM import_row WHERE (change_id, object, row_id) IN "
			    "(SELECT change_id, object, row_id FROM import_row "
			    "WHERE change_id = ? LIMIT ?)",
};

const char *
sql_text(enum sql_id id)
{
	return texts[id];
}
