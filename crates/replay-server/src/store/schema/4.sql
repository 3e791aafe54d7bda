-- Version 4. The archive consists of parts: blocks, and the recent lines of each append. A job is
-- delivered in slices.

-- What is known of a part without its lines. A part has lines of one region and one UTC day, sorted
-- by event time and sequence number. The key finds the parts that end after an event time.
CREATE TABLE part (
    region        TEXT    NOT NULL,
    last_ns       INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL,
    first_ns      INTEGER NOT NULL,
    first_seq     INTEGER NOT NULL,
    min_seq       INTEGER NOT NULL,
    max_seq       INTEGER NOT NULL,
    lines         INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    is_block      INTEGER NOT NULL,
    text_checksum INTEGER NOT NULL,
    PRIMARY KEY (region, last_ns, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX part_recent ON part (region, lines, bytes) WHERE is_block = 0;

-- The lines of a part: positions, fingerprints, and the text, which is gzip in a block. An id is
-- never given twice.
CREATE TABLE part_data (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    index_checksum INTEGER NOT NULL,
    positions      BLOB    NOT NULL,
    fingerprints   BLOB    NOT NULL,
    text           BLOB    NOT NULL
) STRICT;

-- The highest sequence number that was given to a line.
CREATE TABLE sequence (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    last_seq INTEGER NOT NULL
) STRICT;

INSERT INTO sequence
SELECT 1, ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'line';

-- The lines of each minute since 1970 and each kind of event.
CREATE TABLE minute_count (
    region TEXT    NOT NULL,
    minute INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    lines  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (region, minute, kind)
) STRICT, WITHOUT ROWID;

ALTER TABLE job ADD COLUMN delivered_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN total_lines INTEGER;
ALTER TABLE job ADD COLUMN total_bytes INTEGER;
ALTER TABLE job ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;

ALTER TABLE batch_split RENAME TO old_batch_split;
ALTER TABLE run RENAME TO old_run;

-- The snapshot that a job took when it started.
CREATE TABLE run (
    region           TEXT    NOT NULL,
    job_id           TEXT    NOT NULL,
    started_at       TEXT,
    high_water_seq   INTEGER NOT NULL,
    webhook_revision INTEGER NOT NULL,
    batch_lines      INTEGER NOT NULL,
    batch_bytes      INTEGER NOT NULL,
    PRIMARY KEY (region, job_id),
    FOREIGN KEY (region, job_id) REFERENCES job (region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A slice has the lines from `start` up to `end`, without `end`; those before the cursor were
-- acknowledged. `token` is the fencing token of the owner: results with another one are not stored.
-- There is one owner for now, so that the lease is not checked.
CREATE TABLE slice (
    region           TEXT    NOT NULL,
    job_id           TEXT    NOT NULL,
    number           INTEGER NOT NULL,
    start_ns         INTEGER NOT NULL,
    start_seq        INTEGER NOT NULL,
    end_ns           INTEGER NOT NULL,
    end_seq          INTEGER NOT NULL,
    cursor_ns        INTEGER NOT NULL,
    cursor_seq       INTEGER NOT NULL,
    owner            TEXT,
    lease_expires_at TEXT,
    token            INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (region, job_id, number),
    FOREIGN KEY (region, job_id) REFERENCES run (region, job_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- No batch of the job has lines on both sides of one of these positions: it ends before them.
CREATE TABLE batch_edge (
    region   TEXT    NOT NULL,
    job_id   TEXT    NOT NULL,
    event_ns INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (region, job_id, event_ns, seq),
    FOREIGN KEY (region, job_id) REFERENCES run (region, job_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO run
SELECT region, job_id, NULL, high_water_seq, webhook_revision, batch_lines, batch_bytes FROM old_run;

-- A job that started before version 4 is one slice. Its start and end are those of its timeframe.
INSERT INTO slice (region, job_id, number, start_ns, start_seq, end_ns, end_seq, cursor_ns, cursor_seq)
SELECT old_run.region, job_id, 0, nanoseconds(job.start_at), 0, nanoseconds(job.end_at) + 1, 0,
       iif(status = 'completed', nanoseconds(job.end_at) + 1, cursor_event_ns),
       iif(status = 'completed', 0, cursor_seq + 1)
FROM old_run JOIN job ON job.region = old_run.region AND job.id = old_run.job_id;

INSERT INTO batch_edge SELECT region, job_id, event_ns, seq + 1 FROM old_batch_split;

DROP TABLE old_batch_split;
DROP TABLE old_run;
