-- Whitelisted domains, and what SPF said of the clients of triplets.
ALTER TABLE triplet ADD COLUMN spf TEXT;
ALTER TABLE triplet ADD COLUMN spf_domain TEXT;
ALTER TABLE policy ADD COLUMN spf INTEGER;

CREATE TABLE domain (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	name        TEXT NOT NULL UNIQUE,
	comment     TEXT NOT NULL DEFAULT '',
	author      TEXT NOT NULL DEFAULT '',
	source      TEXT NOT NULL DEFAULT 'manual',
	created_s   INTEGER NOT NULL,
	status      TEXT NOT NULL DEFAULT 'new',
	origin      TEXT NOT NULL DEFAULT 'none',
	error       TEXT NOT NULL DEFAULT '',
	skipped     TEXT NOT NULL DEFAULT '[]',
	refreshed_s INTEGER,
	good_s      INTEGER,
	next_s      INTEGER NOT NULL DEFAULT 0,
	failures    INTEGER NOT NULL DEFAULT 0,
	lookups     INTEGER NOT NULL DEFAULT 0,
	min_ttl_s   INTEGER,
	networks    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE network (
	domain_id INTEGER NOT NULL,
	net       TEXT NOT NULL,
	path      TEXT NOT NULL,
	PRIMARY KEY (domain_id, net)
) STRICT, WITHOUT ROWID;

CREATE TABLE difference (
	id        INTEGER PRIMARY KEY,
	domain_id INTEGER NOT NULL,
	time_s    INTEGER NOT NULL,
	status    TEXT NOT NULL,
	before_n  INTEGER NOT NULL,
	after_n   INTEGER NOT NULL,
	added     TEXT NOT NULL,
	removed   TEXT NOT NULL
) STRICT;
CREATE INDEX difference_domain ON difference (domain_id, id);
