-- The database of greygate, version 1. Times are Unix seconds. Text from the network is stored as
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
	client_name    TEXT,                       -- NULL: unknown
	helo           TEXT,
	first_s        INTEGER NOT NULL,
	last_s         INTEGER NOT NULL,
	attempts       INTEGER NOT NULL,           -- deferred tries
	passes         INTEGER NOT NULL DEFAULT 0, -- accepted tries written
	passed_s       INTEGER,                    -- first time accepted
	released_s     INTEGER                     -- an operator let it pass
) STRICT;

-- Clients that earn or have the automatic whitelist.
CREATE TABLE client (
	id      INTEGER PRIMARY KEY,
	address TEXT NOT NULL,
	name    TEXT,
	first_s INTEGER NOT NULL,
	last_s  INTEGER NOT NULL,
	passes  INTEGER NOT NULL
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
	UNIQUE (scope, sender)
) STRICT;

CREATE TABLE stat (
	minute_s INTEGER NOT NULL,
	reason   TEXT NOT NULL,
	count    INTEGER NOT NULL,
	delay_s  INTEGER NOT NULL,
	PRIMARY KEY (minute_s, reason)
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

-- What operators did, with the row before and after: the audit, and what undo reads.
CREATE TABLE change (
	id        INTEGER PRIMARY KEY,
	time_s    INTEGER NOT NULL,
	author    TEXT NOT NULL,
	verb      TEXT NOT NULL,
	object    TEXT NOT NULL,
	object_id INTEGER NOT NULL,
	before    TEXT,
	after     TEXT
) STRICT;

-- Single values: generation (of rules and policies), hash_key, running (no clean stop since).
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
