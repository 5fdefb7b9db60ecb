-- What an import brought, and how the rows were that it touched: what undo reads.
ALTER TABLE triplet ADD COLUMN import_id INTEGER;
ALTER TABLE client ADD COLUMN import_id INTEGER;

CREATE TABLE import_row (
	change_id     INTEGER NOT NULL,
	object        TEXT NOT NULL,
	row_id        INTEGER NOT NULL,
	import_id     INTEGER,
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

-- Which domain is due next is asked after each refresh.
CREATE INDEX domain_due ON domain (next_s, id);
