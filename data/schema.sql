-- The database of greygate, version 4. Times are Unix seconds. Text from the network is stored as
-- it came and escaped where it is shown. common/store/ is the only code that knows these tables.

-- Who called for whom. Appended in order of first contact and found through an index in memory;
-- an index on the key here would cost a page for each new triplet.
CREATE TABLE triplet (
	id             INTEGER PRIMARY KEY,
	net            TEXT NOT NULL,              -- client network: 192.0.2.0/24
	sender_key     TEXT NOT NULL,              -- normalised envelope sender
	recipient_key  TEXT NOT NULL,              -- normalised envelope recipient
	sender         TEXT,                       -- as first seen; NULL: equal to sender_key
	recipient      TEXT,                       -- as first seen; NULL: equal to recipient_key
	client_address TEXT NOT NULL,              -- of the last contact written
	client_name    TEXT,                       -- of that client; NULL: unknown
	helo           TEXT,                       -- what that client said
	first_s        INTEGER NOT NULL,
	last_s         INTEGER NOT NULL,
	attempts       INTEGER NOT NULL,           -- deferred tries
	passes         INTEGER NOT NULL DEFAULT 0, -- accepted tries written
	passed_s       INTEGER,                    -- first time accepted
	released_s     INTEGER,                    -- an operator let it pass
	spf            TEXT,                       -- what SPF said of the client; NULL: not asked
	spf_domain     TEXT,                       -- of whom it was asked
	import_id      INTEGER                     -- the change that imported it or into it
) STRICT;

-- Clients that earn or have the automatic whitelist.
CREATE TABLE client (
	id      INTEGER PRIMARY KEY,
	address TEXT NOT NULL,
	name    TEXT,
	first_s INTEGER NOT NULL,
	last_s  INTEGER NOT NULL,
	passes  INTEGER NOT NULL,
	import_id INTEGER            -- as of triplet
) STRICT;

-- Ids of rules and policies are never given again: events and the audit name them.
CREATE TABLE rule (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	scope      TEXT NOT NULL,    -- recipient form: @example.org
	pattern    TEXT NOT NULL,    -- sender, client address or client name form
	action     TEXT NOT NULL CHECK (action IN ('allow', 'block', 'expect')),
	comment    TEXT NOT NULL DEFAULT '',
	author     TEXT NOT NULL DEFAULT '',
	source     TEXT NOT NULL DEFAULT 'manual',
	created_s  INTEGER NOT NULL,
	expires_s  INTEGER,          -- NULL: never
	hits       INTEGER NOT NULL DEFAULT 0,
	last_hit_s INTEGER,
	UNIQUE (scope, pattern)
) STRICT;

CREATE TABLE policy (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	scope      TEXT NOT NULL,
	sender     TEXT NOT NULL,
	greylist   INTEGER,          -- NULL here and below: as configured
	training   INTEGER,
	delay_s    INTEGER,
	window_s   INTEGER,
	lifetime_s INTEGER,
	comment    TEXT NOT NULL DEFAULT '',
	author     TEXT NOT NULL DEFAULT '',
	source     TEXT NOT NULL DEFAULT 'manual',
	created_s  INTEGER NOT NULL,
	expires_s  INTEGER,
	hits       INTEGER NOT NULL DEFAULT 0,
	last_hit_s INTEGER,
	spf        INTEGER,          -- 0 key, 1 bypass, 2 ignore
	UNIQUE (scope, sender)
) STRICT;

-- Whitelisted domains: what the last refresh found, when the next one is due.
CREATE TABLE domain (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	name        TEXT NOT NULL UNIQUE,            -- lower case, A-labels
	comment     TEXT NOT NULL DEFAULT '',
	author      TEXT NOT NULL DEFAULT '',
	source      TEXT NOT NULL DEFAULT 'manual',
	created_s   INTEGER NOT NULL,
	status      TEXT NOT NULL DEFAULT 'new',     -- of the last refresh
	origin      TEXT NOT NULL DEFAULT 'none',    -- of the networks: spf, mx, none
	error       TEXT NOT NULL DEFAULT '',
	skipped     TEXT NOT NULL DEFAULT '[]',      -- JSON: [[domain, term, reason], ...]
	refreshed_s INTEGER,                         -- the last refresh that ended
	good_s      INTEGER,                         -- the last one that was complete
	next_s      INTEGER NOT NULL DEFAULT 0,      -- due then; an operator's wish is 0
	failures    INTEGER NOT NULL DEFAULT 0,      -- in a row
	lookups     INTEGER NOT NULL DEFAULT 0,
	min_ttl_s   INTEGER,
	networks    INTEGER NOT NULL DEFAULT 0       -- rows of network
) STRICT;
CREATE INDEX domain_due ON domain (next_s, id); -- asked for after each refresh

-- Networks that are let pass for a domain, each with the terms of the record that led to it.
CREATE TABLE network (
	domain_id INTEGER NOT NULL,
	net       TEXT NOT NULL,
	path      TEXT NOT NULL,
	PRIMARY KEY (domain_id, net)
) STRICT, WITHOUT ROWID;

-- How the networks of a domain changed; the last few of each.
CREATE TABLE difference (
	id        INTEGER PRIMARY KEY,
	domain_id INTEGER NOT NULL,
	time_s    INTEGER NOT NULL,
	status    TEXT NOT NULL,
	before_n  INTEGER NOT NULL,
	after_n   INTEGER NOT NULL,
	added     TEXT NOT NULL,       -- JSON arrays
	removed   TEXT NOT NULL
) STRICT;
CREATE INDEX difference_domain ON difference (domain_id, id);

CREATE TABLE stat (
	minute_s INTEGER NOT NULL,
	reason   TEXT NOT NULL,
	count    INTEGER NOT NULL,
	delay_s  INTEGER NOT NULL,
	PRIMARY KEY (minute_s, reason)
) STRICT, WITHOUT ROWID;

-- Counted since the database was made, however few minutes are left of stat: what monitoring reads.
CREATE TABLE total (
	reason  TEXT PRIMARY KEY,
	count   INTEGER NOT NULL,
	delay_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The decisions as they were made, bounded by rows and age.
CREATE TABLE event (
	id             INTEGER PRIMARY KEY,
	time_s         INTEGER NOT NULL,
	action         TEXT NOT NULL,
	reason         TEXT NOT NULL,
	delay_s        INTEGER NOT NULL,
	client_address TEXT NOT NULL,
	client_name    TEXT NOT NULL,
	helo           TEXT NOT NULL,
	sender         TEXT NOT NULL,
	recipient      TEXT NOT NULL,
	triplet_id     INTEGER,
	rule_id        INTEGER
) STRICT;

-- What operators did, with the row before and after: the audit, and what undo reads. The newest
-- 10^6 are kept. An undo has the object 'change', and the id of the change that it took back.
CREATE TABLE change (
	id         INTEGER PRIMARY KEY,
	time_s     INTEGER NOT NULL,
	author     TEXT NOT NULL,
	verb       TEXT NOT NULL,
	object     TEXT NOT NULL,
	object_id  INTEGER NOT NULL,
	before     TEXT,
	after      TEXT,
	command_id INTEGER           -- the first change of the same command; NULL: this is it
) STRICT;
CREATE INDEX change_command ON change (coalesce(command_id, id));
CREATE INDEX change_object ON change (object, object_id);

-- How rows were before the import that is change change_id, and how it left them: triplets and
-- clients that were there. Of rules, policies and domains, which were added: their times are NULL.
-- Kept for as long as a triplet lives.
CREATE TABLE import_row (
	change_id     INTEGER NOT NULL,
	object        TEXT NOT NULL,     -- triplet, client, rule, policy, domain
	row_id        INTEGER NOT NULL,
	import_id     INTEGER,           -- of an import before
	first_s       INTEGER,
	last_s        INTEGER,
	attempts      INTEGER,
	passes        INTEGER,
	passed_s      INTEGER,
	left_last_s   INTEGER,
	left_attempts INTEGER,
	left_passes   INTEGER,
	PRIMARY KEY (change_id, object, row_id)
) STRICT, WITHOUT ROWID;

-- Single values: generation (of rules and policies), hash_key, running (no clean stop since),
-- restored (changed by every restore), import_trimmed (of imports up to that change import_row is
-- not kept any more), triplet_gone and client_gone (the greatest ids that undone imports had: a
-- server has seen them), backup_failed and backup_error (of the server's last try).
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE heartbeat (
	id        INTEGER PRIMARY KEY CHECK (id = 1),
	pid       INTEGER NOT NULL,
	started_s INTEGER NOT NULL,
	beat_s    INTEGER NOT NULL,
	version   TEXT NOT NULL,
	status    TEXT NOT NULL
) STRICT;

INSERT INTO meta (name, value) VALUES ('generation', 1), ('running', 0), ('hash_key', randomblob(16));
