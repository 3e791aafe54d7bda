-- Version 3. Every job has a row of its own and is kept until it is trimmed; each region points at
-- its current job.
ALTER TABLE cut RENAME TO old_cut;
ALTER TABLE run RENAME TO old_run;
ALTER TABLE job RENAME TO old_job;

-- The jobs of a PUT share `put_id`. Before version 3 they shared `id`, too, so that `id` is unique
-- in its region only. `stop_requested` is the reason with which a running job has to fail.
CREATE TABLE job (
    region          TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    put_id          TEXT    NOT NULL,
    start_at        TEXT    NOT NULL,
    end_at          TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    stop_requested  TEXT,
    reason          TEXT,
    created_at      TEXT    NOT NULL,
    updated_at      TEXT    NOT NULL,
    endpoint        TEXT,
    delivered_lines INTEGER NOT NULL,
    PRIMARY KEY (region, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE current_job (
    region TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    FOREIGN KEY (region, job_id) REFERENCES job (region, id)
) STRICT, WITHOUT ROWID;

-- The snapshot that a job took when it started, and its cursor: the last acknowledged line.
CREATE TABLE run (
    region           TEXT    NOT NULL,
    job_id           TEXT    NOT NULL,
    high_water_seq   INTEGER NOT NULL,
    webhook_revision INTEGER NOT NULL,
    batch_lines      INTEGER NOT NULL,
    batch_bytes      INTEGER NOT NULL,
    cursor_event_ns  INTEGER NOT NULL,
    cursor_seq       INTEGER NOT NULL,
    PRIMARY KEY (region, job_id),
    FOREIGN KEY (region, job_id) REFERENCES job (region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The positions at which a batch of the job has to end, because a larger one was answered 413.
CREATE TABLE batch_split (
    region   TEXT    NOT NULL,
    job_id   TEXT    NOT NULL,
    event_ns INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (region, job_id, event_ns, seq),
    FOREIGN KEY (region, job_id) REFERENCES run (region, job_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The reason of a running job was that of a requested stop.
INSERT INTO job
SELECT region, id, id, start_at, end_at, status,
       CASE status WHEN 'running' THEN reason END,
       CASE status WHEN 'running' THEN NULL ELSE reason END,
       created_at, updated_at, endpoint, delivered_lines
FROM old_job;

INSERT INTO current_job SELECT region, id FROM old_job;

INSERT INTO run
SELECT region, job_id, mark, webhook_revision, batch_lines, batch_bytes, acked_event_ns, acked_seq
FROM old_run JOIN old_job USING (region) WHERE old_run.job_id = old_job.id;

INSERT INTO batch_split
SELECT region, job_id, event_ns, seq FROM old_cut JOIN run USING (region);

DROP TABLE old_cut;
DROP TABLE old_run;
DROP TABLE old_job;

ALTER TABLE global_put RENAME COLUMN job_id TO put_id;
