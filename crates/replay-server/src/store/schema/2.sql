-- Version 2. A job shows where it delivers to and how much it has delivered, from its start on.
ALTER TABLE job ADD COLUMN endpoint TEXT;
ALTER TABLE job ADD COLUMN delivered_lines INTEGER NOT NULL DEFAULT 0;

UPDATE job SET
    endpoint = (
        SELECT substr(endpoint, 1, min(instr(endpoint || '?', '?'), instr(endpoint || '#', '#')) - 1)
        FROM webhook
        WHERE webhook.region = job.region AND revision = run.webhook_revision),
    delivered_lines = (
        SELECT count(*) FROM line
        WHERE line.region = job.region AND seq <= run.mark
          AND event_ns <= run.acked_event_ns AND (event_ns, seq) <= (run.acked_event_ns, run.acked_seq)
          AND event_ns >= CAST(unixepoch(job.start_at, 'subsec') * 1e9 AS INTEGER))
FROM run
WHERE run.region = job.region AND run.job_id = job.id AND job.status = 'running';

-- Tokens may expire, and show when they were last used.
ALTER TABLE token ADD COLUMN expires_at TEXT;
ALTER TABLE token ADD COLUMN last_used_at TEXT;

-- The regions that the last `serve` on this data directory had, in their order.
CREATE TABLE served_region (
    place INTEGER PRIMARY KEY,
    label TEXT NOT NULL UNIQUE
) STRICT;
