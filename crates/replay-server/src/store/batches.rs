//! What goes into one request: the next lines of a running job's frozen order, cut by fixed limits.
//! The same job always cuts the same batches, also after a crash; nothing outside its frozen window
//! is ever in one.

use replay_core::{Configured, JobId, Region, delivery::Position, webhook::Target};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::{StoreError, nanoseconds, webhooks};

/// How much goes into one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BatchLimits {
    /// At most so many lines.
    pub lines: usize,
    /// At most so many bytes, line feeds included, before compression; a longer line goes alone.
    pub bytes: usize,
}

/// An archived line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub position: Position,
    /// Its bytes, as they came.
    pub text: Vec<u8>,
}

/// One request's worth of a job, and where it goes; only the store makes one.
///
/// Invariant: it has at least one line, and `end` is the last one's place.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// Whose job it is part of.
    pub job: JobId,
    /// Where it goes, as frozen when the job started.
    pub target: Target,
    /// Whether any certificate of the receiver will do.
    pub skip_ssl_verification: bool,
    /// Its lines in order.
    pub lines: Vec<Line>,
    /// Where it ends.
    pub end: Position,
}

impl Batch {
    /// The name under which a receiver may drop a repeated batch: the same name always stands for
    /// the same bytes.
    #[must_use]
    pub fn webhook_id(&self) -> String {
        let first = self.lines.first().map_or(self.end, |line| line.position);
        format!("{}-{}-{}", self.job, first.seq, self.end.seq)
    }

    /// Where its first half ends, if it has two.
    #[must_use]
    pub fn middle(&self) -> Option<Position> {
        let half = self.lines.len() / 2;
        self.lines[..half].last().map(|line| line.position)
    }
}

/// The first lines of a running job that were not acknowledged; `None` when all were.
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

struct Run {
    high_water_seq: i64,
    webhook_revision: i64,
    limits: BatchLimits,
    acked: Position,
}

impl Run {
    fn of(db: &Connection, region: &Region, id: JobId) -> Result<Self, StoreError> {
        db.prepare_cached(
            "SELECT high_water_seq, webhook_revision, batch_lines, batch_bytes, acked_event_ns, acked_seq
             FROM run WHERE region = ? AND job_id = ?",
        )?
        .query_row([region.as_str(), &id.to_string()], |row| {
            Ok(Self {
                high_water_seq: row.get(0)?,
                webhook_revision: row.get(1)?,
                limits: BatchLimits { lines: row.get(2)?, bytes: row.get(3)? },
                acked: Position { event_ns: row.get(4)?, seq: row.get(5)? },
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
    let split = next_split(db, region, job.id, run.acked)?;
    let mut statement = db.prepare_cached(NEXT_LINES)?;
    let mut rows = statement.query(named_params! {
        ":region": region.as_str(),
        ":acked_event_ns": run.acked.event_ns,
        ":acked_seq": run.acked.seq,
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

fn next_split(
    db: &Connection,
    region: &Region,
    id: JobId,
    acked: Position,
) -> Result<Option<Position>, StoreError> {
    let split = db
        .prepare_cached(
            "SELECT event_ns, seq FROM batch_split
             WHERE region = ? AND job_id = ? AND (event_ns, seq) > (?, ?)
             ORDER BY event_ns, seq LIMIT 1",
        )?
        .query_row((region.as_str(), id.to_string(), acked.event_ns, acked.seq), |row| {
            Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? })
        })
        .optional()?;
    Ok(split)
}

/// The frozen order after the last acknowledged line: what is left of its moment, then what comes
/// after. One comparison of both columns would say it shorter, but SQLite looks for the event time
/// alone then, and reads again what was acknowledged of that moment.
pub(super) const NEXT_LINES: &str = "
    SELECT event_ns, seq, text FROM line
    WHERE region = :region AND event_ns = :acked_event_ns AND seq > :acked_seq
      AND event_ns <= :end_ns AND seq <= :high_water_seq
    UNION ALL
    SELECT event_ns, seq, text FROM line
    WHERE region = :region AND event_ns > :acked_event_ns
      AND event_ns <= :end_ns AND seq <= :high_water_seq
    ORDER BY event_ns, seq";
