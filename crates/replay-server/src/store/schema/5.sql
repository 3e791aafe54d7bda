-- Version 5. Each region may have a live lane, whose undelivered lines are kept as outages. Jobs say
-- who requested them and what they replay.

-- `kinds` are names, separated by commas; NULL for all kinds. `heals` is the outage that a job heals.
-- A resumed job has the `delivery_id` of the job that it resumes, any other one its own id.
-- `lines_per_second` is the limit of the job's rate: 0 pauses it, NULL is no limit.
ALTER TABLE job ADD COLUMN kinds TEXT;
ALTER TABLE job ADD COLUMN heals TEXT;
ALTER TABLE job ADD COLUMN resumes TEXT;
ALTER TABLE job ADD COLUMN delivery_id TEXT;
ALTER TABLE job ADD COLUMN token_id TEXT;
ALTER TABLE job ADD COLUMN role TEXT;
ALTER TABLE job ADD COLUMN address TEXT;
ALTER TABLE job ADD COLUMN lines_per_second INTEGER;
ALTER TABLE job ADD COLUMN lost_lines INTEGER NOT NULL DEFAULT 0;

-- Times have as many decimals as they need, so their texts are not in the order of time.
CREATE INDEX job_created ON job (region, unixepoch(created_at, 'subsec'), id);

CREATE INDEX job_put ON job (put_id);

CREATE INDEX job_heals ON job (region, heals) WHERE heals IS NOT NULL;

-- A job that resumes another one divides its batches at the edges of the first job of this kind.
ALTER TABLE run ADD COLUMN edges_of TEXT;

-- Finds the parts with lines that arrived after a sequence number.
CREATE INDEX part_seq ON part (region, is_block, max_seq);

-- The live lane of a region. Lines up to `cursor_seq` were acknowledged, or belong to an outage that has
-- ended. The batch is sent until it is acknowledged; lines dated before `enabled_at` are not in it.
CREATE TABLE lane (
    region       TEXT    PRIMARY KEY,
    id           TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    cursor_seq   INTEGER NOT NULL,
    enabled_at   TEXT,
    first_seq    INTEGER,
    last_seq     INTEGER,
    is_forwarded INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The outages of the lanes. The one of a region without `ended_at` is open: its undelivered lines are
-- those after the lane's cursor. The lines, bytes and times of the others are counted when they end.
CREATE TABLE outage (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    region      TEXT    NOT NULL,
    id          TEXT    NOT NULL UNIQUE,
    reason      TEXT    NOT NULL,
    detail      TEXT,
    began_at    TEXT    NOT NULL,
    ended_at    TEXT,
    first_at    TEXT,
    last_at     TEXT,
    last_seq    INTEGER,
    lines       INTEGER NOT NULL DEFAULT 0,
    bytes       INTEGER NOT NULL DEFAULT 0,
    lost_lines  INTEGER NOT NULL DEFAULT 0,
    healing_job TEXT,
    healed_at   TEXT,
    healed_by   TEXT,
    -- Why the server does not heal the outage by itself: a healing job was `cancelled`, was `refused` by
    -- the receiver (until it acknowledges a line of the lane), or has a batch that is `batch-refused`.
    hold        TEXT
) STRICT;

CREATE INDEX outage_region ON outage (region, number);
CREATE UNIQUE INDEX outage_open ON outage (region) WHERE ended_at IS NULL;
CREATE INDEX outage_undelivered ON outage (region, number) WHERE healed_at IS NULL AND lines > 0;

-- The sequence numbers of the undelivered lines of outages that have ended. The ranges of a region do
-- not overlap.
CREATE TABLE outage_range (
    region    TEXT    NOT NULL,
    last_seq  INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    outage    INTEGER NOT NULL REFERENCES outage (number) ON DELETE CASCADE,
    PRIMARY KEY (region, last_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX outage_range_outage ON outage_range (outage);

-- The sequence numbers of samples, which are never forwarded.
CREATE TABLE sample_range (
    region    TEXT    NOT NULL,
    last_seq  INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    PRIMARY KEY (region, last_seq)
) STRICT, WITHOUT ROWID;

-- The PUTs with an idempotency key. `scope` is a region, or `global`.
CREATE TABLE idempotency_key (
    scope      TEXT NOT NULL,
    token_id   TEXT NOT NULL,
    key        TEXT NOT NULL,
    body       BLOB NOT NULL,
    put_id     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (scope, token_id, key)
) STRICT, WITHOUT ROWID;

-- Since when the attempts have failed, and whether the last one was of the live lane.
ALTER TABLE attempt ADD COLUMN failing_since TEXT;
ALTER TABLE attempt ADD COLUMN is_live INTEGER NOT NULL DEFAULT 0;

UPDATE attempt SET failing_since = at WHERE code IS NULL OR code NOT BETWEEN 200 AND 299;
