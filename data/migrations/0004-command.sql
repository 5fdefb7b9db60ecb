-- Which changes one command made, so that undo takes them back as one. Those of before are NULL:
-- commands of one change each.
ALTER TABLE change ADD COLUMN command_id INTEGER;
CREATE INDEX change_command ON change (coalesce(command_id, id));

-- Whether a change was taken back is asked for each that is shown.
CREATE INDEX change_object ON change (object, object_id);

-- Counts that only grow begin with what is left of stat.
CREATE TABLE total (
	reason  TEXT PRIMARY KEY,
	count   INTEGER NOT NULL,
	delay_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO total SELECT reason, sum(count), sum(delay_s) FROM stat GROUP BY reason;
