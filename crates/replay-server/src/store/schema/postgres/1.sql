-- Version 1. Moments are RFC 3339 text, exact as they came; a line's event time is in nanoseconds since
-- 1970, since lines are ordered by it. Booleans are 0 or 1. Text is compared by its bytes.

-- The version of the schema.
CREATE TABLE schema_version (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);

INSERT INTO schema_version VALUES (1, 0);

-- Tables without rows that are only locked: `archive_lock` by transactions that change lines, `state_lock`
-- by those that change anything else but tokens and renewed leases. The server creates two more for each
-- region, as `archive_lock_us` and `state_lock_us`.
CREATE TABLE archive_lock ();
CREATE TABLE state_lock ();

-- Which node does what: `work` is a kind of work for a region. `token` is the fencing token of the
-- holder; it is raised by each claim. Times are milliseconds since 1970 by the clock of the database.
CREATE TABLE lease (
    region     TEXT COLLATE "C" NOT NULL,
    work       TEXT COLLATE "C" NOT NULL,
    token      BIGINT NOT NULL,
    owner      TEXT COLLATE "C",
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (region, work)
);

-- The nodes that share the leases.
CREATE TABLE node (
    id      TEXT COLLATE "C" PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- What a node that takes the deliveries of a region over has to know of the receiver: for `wait`
-- milliseconds after `stored_at`, no request may be made (`is_requested`: the receiver has asked for it),
-- how many requests have failed in a row, and the lines that were sent ahead of the job's limit. `sender`
-- is the job or the live lane.
CREATE TABLE handover (
    region           TEXT COLLATE "C" NOT NULL,
    sender           TEXT COLLATE "C" NOT NULL,
    webhook_revision BIGINT NOT NULL,
    stored_at        BIGINT NOT NULL,
    wait             BIGINT NOT NULL,
    is_requested     BIGINT NOT NULL,
    failures         BIGINT NOT NULL,
    ahead_lines      BIGINT NOT NULL,
    PRIMARY KEY (region, sender)
);

-- The number of transactions that have changed parts of the region, and of those that have deleted some.
CREATE TABLE parts_version (
    region    TEXT COLLATE "C" PRIMARY KEY,
    changes   BIGINT NOT NULL,
    deletions BIGINT NOT NULL
);

-- The seconds since 1970 of a timestamp, as SQLite's function of this name. The text has an offset, so
-- that the result does not depend on the session.
CREATE FUNCTION unixepoch(at TEXT, modifier TEXT) RETURNS DOUBLE PRECISION
LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CAST(extract(epoch FROM CAST(at AS TIMESTAMPTZ)) AS DOUBLE PRECISION) $$;

-- The webhook of each region: its highest revision, and an older one while a running job needs it.
CREATE TABLE webhook (
    region                TEXT COLLATE "C" NOT NULL,
    revision              BIGINT NOT NULL,
    endpoint              TEXT COLLATE "C",
    origin                TEXT COLLATE "C",
    "authorization"       TEXT COLLATE "C",
    enabled               BIGINT NOT NULL,
    log_format            TEXT COLLATE "C" NOT NULL,
    skip_ssl_verification BIGINT NOT NULL,
    updated_at            TEXT COLLATE "C",
    PRIMARY KEY (region, revision)
);

-- The last delivery to each region's webhook, since when the attempts have failed, and whether the
-- last one was of the live lane.
CREATE TABLE attempt (
    region        TEXT COLLATE "C" PRIMARY KEY,
    at            TEXT COLLATE "C" NOT NULL,
    code          BIGINT,
    message       TEXT COLLATE "C",
    failing_since TEXT COLLATE "C",
    is_live       BIGINT NOT NULL DEFAULT 0
);

-- The last PUT to `global`.
CREATE TABLE global_put (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    put_id TEXT COLLATE "C" NOT NULL
);

-- Tokens, by the SHA-256 of their text.
CREATE TABLE token (
    id           TEXT COLLATE "C" PRIMARY KEY,
    role         TEXT COLLATE "C" NOT NULL,
    regions      TEXT COLLATE "C" NOT NULL,
    sha256       BYTEA NOT NULL UNIQUE,
    created_at   TEXT COLLATE "C" NOT NULL,
    expires_at   TEXT COLLATE "C",
    last_used_at TEXT COLLATE "C"
);

-- The regions of the last `serve`, in their order.
CREATE TABLE served_region (
    place BIGINT PRIMARY KEY,
    label TEXT COLLATE "C" NOT NULL UNIQUE
);

-- Every job has a row of its own and is kept until it is trimmed. The jobs of a PUT share `put_id`.
-- `stop_requested` is the reason with which a running job has to fail. `kinds` are names, separated by
-- commas; NULL for all kinds. `heals` is the outage that a job heals. A resumed job has the
-- `delivery_id` of the job that it resumes, any other one its own id. `lines_per_second` is the limit
-- of the job's rate: 0 pauses it, NULL is no limit.
CREATE TABLE job (
    region           TEXT COLLATE "C" NOT NULL,
    id               TEXT COLLATE "C" NOT NULL,
    put_id           TEXT COLLATE "C" NOT NULL,
    start_at         TEXT COLLATE "C" NOT NULL,
    end_at           TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL,
    stop_requested   TEXT COLLATE "C",
    reason           TEXT COLLATE "C",
    created_at       TEXT COLLATE "C" NOT NULL,
    updated_at       TEXT COLLATE "C" NOT NULL,
    endpoint         TEXT COLLATE "C",
    delivered_lines  BIGINT NOT NULL,
    delivered_bytes  BIGINT NOT NULL DEFAULT 0,
    total_lines      BIGINT,
    total_bytes      BIGINT,
    retries          BIGINT NOT NULL DEFAULT 0,
    kinds            TEXT COLLATE "C",
    heals            TEXT COLLATE "C",
    resumes          TEXT COLLATE "C",
    delivery_id      TEXT COLLATE "C",
    token_id         TEXT COLLATE "C",
    role             TEXT COLLATE "C",
    address          TEXT COLLATE "C",
    lines_per_second BIGINT,
    lost_lines       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (region, id)
);

CREATE INDEX job_created ON job (region, unixepoch(created_at, 'subsec'), id);
CREATE INDEX job_put ON job (put_id);
CREATE INDEX job_heals ON job (region, heals) WHERE heals IS NOT NULL;

-- Each region points at its current job.
CREATE TABLE current_job (
    region TEXT COLLATE "C" PRIMARY KEY,
    job_id TEXT COLLATE "C" NOT NULL,
    FOREIGN KEY (region, job_id) REFERENCES job (region, id)
);

-- The snapshot that a job took when it started. A job that resumes another one divides its batches at
-- the edges of the first job of this kind.
CREATE TABLE run (
    region           TEXT COLLATE "C" NOT NULL,
    job_id           TEXT COLLATE "C" NOT NULL,
    started_at       TEXT COLLATE "C",
    high_water_seq   BIGINT NOT NULL,
    webhook_revision BIGINT NOT NULL,
    batch_lines      BIGINT NOT NULL,
    batch_bytes      BIGINT NOT NULL,
    edges_of         TEXT COLLATE "C",
    PRIMARY KEY (region, job_id),
    FOREIGN KEY (region, job_id) REFERENCES job (region, id) ON DELETE CASCADE
);

-- A slice has the lines from `start` up to `end`, without `end`; those before the cursor were
-- acknowledged. `token` is the fencing token of the owner: results with another one are not stored.
CREATE TABLE slice (
    region     TEXT COLLATE "C" NOT NULL,
    job_id     TEXT COLLATE "C" NOT NULL,
    number     BIGINT NOT NULL,
    start_ns   BIGINT NOT NULL,
    start_seq  BIGINT NOT NULL,
    end_ns     BIGINT NOT NULL,
    end_seq    BIGINT NOT NULL,
    cursor_ns  BIGINT NOT NULL,
    cursor_seq BIGINT NOT NULL,
    owner      TEXT COLLATE "C",
    token      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (region, job_id, number),
    FOREIGN KEY (region, job_id) REFERENCES run (region, job_id) ON DELETE CASCADE
);

-- No batch of the job has lines on both sides of one of these positions: it ends before them.
CREATE TABLE batch_edge (
    region   TEXT COLLATE "C" NOT NULL,
    job_id   TEXT COLLATE "C" NOT NULL,
    event_ns BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    PRIMARY KEY (region, job_id, event_ns, seq),
    FOREIGN KEY (region, job_id) REFERENCES run (region, job_id) ON DELETE CASCADE
);

-- What is known of a part without its lines. A part has lines of one region and one UTC day, sorted
-- by event time and sequence number. The key finds the parts that end after an event time. The server
-- attaches a partition of this table and of `part_data` for each day that has lines, as `part_2026_11_26`,
-- and drops both once the day has no part any more.
CREATE TABLE part (
    region        TEXT COLLATE "C" NOT NULL,
    last_ns       BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    last_seq      BIGINT NOT NULL,
    first_ns      BIGINT NOT NULL,
    first_seq     BIGINT NOT NULL,
    min_seq       BIGINT NOT NULL,
    max_seq       BIGINT NOT NULL,
    lines         BIGINT NOT NULL,
    bytes         BIGINT NOT NULL,
    is_block      BIGINT NOT NULL,
    text_checksum BIGINT NOT NULL,
    PRIMARY KEY (region, last_ns, id)
) PARTITION BY RANGE (last_ns);

CREATE INDEX part_recent ON part (region, lines, bytes) WHERE is_block = 0;
CREATE INDEX part_seq ON part (region, is_block, max_seq);
CREATE INDEX part_later ON part (region, id);

-- The lines of a part: positions, fingerprints, and the text, which is gzip in a block. `day` is the UTC
-- day of the lines since 1970. Rows of parts that the retention has removed stay until their partition
-- is dropped.
CREATE TABLE part_data (
    id             BIGINT NOT NULL,
    day            BIGINT NOT NULL,
    index_checksum BIGINT NOT NULL,
    positions      BYTEA NOT NULL,
    fingerprints   BYTEA NOT NULL,
    text           BYTEA NOT NULL,
    PRIMARY KEY (id, day)
) PARTITION BY LIST (day);

-- Not compressed by PostgreSQL: blocks are gzip already, and recent lines are sealed soon.
ALTER TABLE part_data
    ALTER COLUMN positions SET STORAGE EXTERNAL,
    ALTER COLUMN fingerprints SET STORAGE EXTERNAL,
    ALTER COLUMN text SET STORAGE EXTERNAL;

-- An id is never given twice.
CREATE SEQUENCE part_id OWNED BY part_data.id;

-- The sequence numbers of new lines. The highest one of the lines of a region is the `last_seq` of the
-- region, or that of `sequence` if this is higher: a copy sets it to the highest one of its source.
CREATE SEQUENCE line_seq;

CREATE TABLE region_sequence (
    region   TEXT COLLATE "C" PRIMARY KEY,
    last_seq BIGINT NOT NULL
);

CREATE TABLE sequence (
    one      BIGINT PRIMARY KEY CHECK (one = 1),
    last_seq BIGINT NOT NULL
);

INSERT INTO sequence VALUES (1, 0);

-- The lines of each minute since 1970 and each kind of event.
CREATE TABLE minute_count (
    region TEXT COLLATE "C" NOT NULL,
    minute BIGINT NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    lines  BIGINT NOT NULL,
    bytes  BIGINT NOT NULL,
    PRIMARY KEY (region, minute, kind)
);

-- The live lane of a region. Lines up to `cursor_seq` were acknowledged, or belong to an outage that has
-- ended. The batch is sent until it is acknowledged; lines dated before `enabled_at` are not in it.
CREATE TABLE lane (
    region       TEXT COLLATE "C" PRIMARY KEY,
    id           TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    cursor_seq   BIGINT NOT NULL,
    enabled_at   TEXT COLLATE "C",
    first_seq    BIGINT,
    last_seq     BIGINT,
    is_forwarded BIGINT NOT NULL
);

-- The outages of the lanes. The one of a region without `ended_at` is open: its undelivered lines are
-- those after the lane's cursor. The lines, bytes and times of the others are counted when they end.
CREATE TABLE outage (
    number      BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    region      TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    reason      TEXT COLLATE "C" NOT NULL,
    detail      TEXT COLLATE "C",
    began_at    TEXT COLLATE "C" NOT NULL,
    ended_at    TEXT COLLATE "C",
    first_at    TEXT COLLATE "C",
    last_at     TEXT COLLATE "C",
    last_seq    BIGINT,
    lines       BIGINT NOT NULL DEFAULT 0,
    bytes       BIGINT NOT NULL DEFAULT 0,
    lost_lines  BIGINT NOT NULL DEFAULT 0,
    healing_job TEXT COLLATE "C",
    healed_at   TEXT COLLATE "C",
    healed_by   TEXT COLLATE "C",
    -- Why the server does not heal the outage by itself: a healing job was `cancelled`, was `refused` by
    -- the receiver (until it acknowledges a line of the lane), or has a batch that is `batch-refused`.
    hold        TEXT COLLATE "C"
);

CREATE INDEX outage_region ON outage (region, number);
CREATE UNIQUE INDEX outage_open ON outage (region) WHERE ended_at IS NULL;
CREATE INDEX outage_undelivered ON outage (region, number) WHERE healed_at IS NULL AND lines > 0;

-- The sequence numbers of the undelivered lines of outages that have ended. The ranges of a region do
-- not overlap.
CREATE TABLE outage_range (
    region    TEXT COLLATE "C" NOT NULL,
    last_seq  BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    outage    BIGINT NOT NULL REFERENCES outage (number) ON DELETE CASCADE,
    PRIMARY KEY (region, last_seq)
);

CREATE INDEX outage_range_outage ON outage_range (outage);

-- The sequence numbers of samples, which are never forwarded.
CREATE TABLE sample_range (
    region    TEXT COLLATE "C" NOT NULL,
    last_seq  BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    PRIMARY KEY (region, last_seq)
);

-- The PUTs with an idempotency key. `scope` is a region, or `global`.
CREATE TABLE idempotency_key (
    scope      TEXT COLLATE "C" NOT NULL,
    token_id   TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    body       BYTEA NOT NULL,
    put_id     TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (scope, token_id, key)
);
