//! The batches of a running job: its lines in order, divided by the limits of its snapshot. A job
//! always has the same batches, also after a crash, and only lines of its snapshot.

use replay_core::{Configured, JobId, Region, delivery::Position, webhook::Target};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::{StoreError, nanoseconds, webhooks};

/// The limits of a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BatchLimits {
    /// The maximum number of lines.
    pub lines: usize,
    /// The maximum number of bytes with line feeds, before compression. A longer line is a batch of
    /// its own.
    pub bytes: usize,
}

/// An archived line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// The line's position in the job's order.
    pub position: Position,
    /// The line's original bytes, without the line feed.
    pub text: Vec<u8>,
}

/// The lines of one request of a job, and the request's receiver. Made by the store only.
///
/// Invariant: there is at least one line, and `end` is the position of the last one.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// The job.
    pub job: JobId,
    /// The receiver, from the job's snapshot.
    pub target: Target,
    /// Whether every TLS certificate of the receiver is accepted.
    pub skip_ssl_verification: bool,
    /// The lines in the job's order.
    pub lines: Vec<Line>,
    /// The position of the last line.
    pub end: Position,
}

impl Batch {
    /// The `webhook-id` of the request: `{job id}-{first seq}-{last seq}`. The same id always has the
    /// same lines, so that a receiver can drop repeated batches.
    #[must_use]
    pub fn webhook_id(&self) -> String {
        let first = self.lines.first().map_or(self.end, |line| line.position);
        format!("{}-{}-{}", self.job, first.seq, self.end.seq)
    }

    /// The position of the last line of the first half; `None` for a single line.
    #[must_use]
    pub fn middle(&self) -> Option<Position> {
        let half = self.lines.len() / 2;
        self.lines[..half].last().map(|line| line.position)
    }
}

/// The next unacknowledged batch of a running job; `None` if every line was acknowledged.
pub(super) fn next_batch(
    db: &Connection,
    region: &Region,
    job: &Configured,
) -> Result<Option<Batch>, StoreError> {
    let run = Run::of(db, region, job.id)?;
    let lines = next_lines(db, region, job, &run)?;
    let Some(end) = lines.last().map(|line| line.position) else { return Ok(None) };
    let webhook = webhooks::revision(db, region, run.webhook_revision)?;
    let target = webhook.target.ok_or(StoreError::Corrupt("endpoint of a running job"))?;
    let skip_ssl_verification = webhook.skip_ssl_verification;
    Ok(Some(Batch { job: job.id, target, skip_ssl_verification, lines, end }))
}

/// A job's snapshot and cursor.
struct Run {
    high_water_seq: i64,
    webhook_revision: i64,
    limits: BatchLimits,
    cursor: Position,
}

impl Run {
    fn of(db: &Connection, region: &Region, id: JobId) -> Result<Self, StoreError> {
        db.prepare_cached(
            "SELECT high_water_seq, webhook_revision, batch_lines, batch_bytes,
                    cursor_event_ns, cursor_seq
             FROM run WHERE region = ? AND job_id = ?",
        )?
        .query_row([region.as_str(), &id.to_string()], |row| {
            Ok(Self {
                high_water_seq: row.get(0)?,
                webhook_revision: row.get(1)?,
                limits: BatchLimits { lines: row.get(2)?, bytes: row.get(3)? },
                cursor: Position { event_ns: row.get(4)?, seq: row.get(5)? },
            })
        })
        .optional()?
        .ok_or(StoreError::Corrupt("run of a running job"))
    }
}

fn next_lines(
    db: &Connection,
    region: &Region,
    job: &Configured,
    run: &Run,
) -> Result<Vec<Line>, StoreError> {
    let split = next_split(db, region, job.id, run.cursor)?;
    let mut statement = db.prepare_cached(NEXT_LINES)?;
    let mut rows = statement.query(named_params! {
        ":region": region.as_str(),
        ":cursor_event_ns": run.cursor.event_ns,
        ":cursor_seq": run.cursor.seq,
        ":end_ns": nanoseconds(job.timeframe.end()),
        ":high_water_seq": run.high_water_seq,
    })?;
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let position = Position { event_ns: row.get(0)?, seq: row.get(1)? };
        let text: Vec<u8> = row.get(2)?;
        bytes += text.len() + 1;
        if bytes > run.limits.bytes && !lines.is_empty() {
            break;
        }
        lines.push(Line { position, text });
        if lines.len() >= run.limits.lines || split.is_some_and(|split| position >= split) {
            break;
        }
    }
    Ok(lines)
}

/// The first batch split after the cursor.
fn next_split(
    db: &Connection,
    region: &Region,
    id: JobId,
    cursor: Position,
) -> Result<Option<Position>, StoreError> {
    let split = db
        .prepare_cached(
            "SELECT event_ns, seq FROM batch_split
             WHERE region = ? AND job_id = ? AND (event_ns, seq) > (?, ?)
             ORDER BY event_ns, seq LIMIT 1",
        )?
        .query_row((region.as_str(), id.to_string(), cursor.event_ns, cursor.seq), |row| {
            Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? })
        })
        .optional()?;
    Ok(split)
}

/// The lines of the snapshot after the cursor: first those with the cursor's event time, then the
/// later ones. A comparison of both columns at once would be shorter, but SQLite would then search by
/// the event time alone and read acknowledged lines again.
pub(super) const NEXT_LINES: &str = "
    SELECT event_ns, seq, text FROM line
    WHERE region = :region AND event_ns = :cursor_event_ns AND seq > :cursor_seq
      AND event_ns <= :end_ns AND seq <= :high_water_seq
    UNION ALL
    SELECT event_ns, seq, text FROM line
    WHERE region = :region AND event_ns > :cursor_event_ns
      AND event_ns <= :end_ns AND seq <= :high_water_seq
    ORDER BY event_ns, seq";
