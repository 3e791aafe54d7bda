-- Version 1. Moments are RFC 3339 text, exact as they came; a line's event time is in
-- nanoseconds since 1970, since lines are ordered by it.

-- The archive. `seq` is the order of arrival and is never given twice.
CREATE TABLE line (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    region   TEXT    NOT NULL,
    event_ns INTEGER NOT NULL,
    digest   BLOB    NOT NULL,
    text     BLOB    NOT NULL
) STRICT;

-- The event time stands before the digest so that new lines land at the end of the index.
CREATE UNIQUE INDEX line_once ON line (region, event_ns, digest);
CREATE INDEX line_in_order ON line (region, event_ns); -- and, as in every index, seq

-- The one job of each region.
CREATE TABLE job (
    region     TEXT PRIMARY KEY,
    id         TEXT NOT NULL,
    start_at   TEXT NOT NULL,
    end_at     TEXT NOT NULL,
    status     TEXT NOT NULL,
    reason     TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a job froze when it started, and the last line that was acknowledged.
CREATE TABLE run (
    region           TEXT    PRIMARY KEY REFERENCES job ON DELETE CASCADE,
    job_id           TEXT    NOT NULL,
    mark             INTEGER NOT NULL,
    webhook_revision INTEGER NOT NULL,
    batch_lines      INTEGER NOT NULL,
    batch_bytes      INTEGER NOT NULL,
    acked_event_ns   INTEGER NOT NULL,
    acked_seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where a batch has to end because a larger one was refused.
CREATE TABLE cut (
    region   TEXT    NOT NULL REFERENCES run ON DELETE CASCADE,
    event_ns INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (region, event_ns, seq)
) STRICT, WITHOUT ROWID;

-- The webhook of each region: its highest revision, and an older one while a running job needs it.
CREATE TABLE webhook (
    region                TEXT    NOT NULL,
    revision              INTEGER NOT NULL,
    endpoint              TEXT,
    origin                TEXT,
    authorization         TEXT,
    enabled               INTEGER NOT NULL,
    log_format            TEXT    NOT NULL,
    skip_ssl_verification INTEGER NOT NULL,
    updated_at            TEXT,
    PRIMARY KEY (region, revision)
) STRICT, WITHOUT ROWID;

-- The last delivery to each region's webhook.
CREATE TABLE attempt (
    region  TEXT PRIMARY KEY,
    at      TEXT NOT NULL,
    code    INTEGER,
    message TEXT
) STRICT, WITHOUT ROWID;

-- The last PUT to `global`.
CREATE TABLE global_put (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    job_id TEXT NOT NULL
) STRICT;

-- Tokens, by the SHA-256 of their text.
CREATE TABLE token (
    id         TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    regions    TEXT NOT NULL,
    sha256     BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
