//! A running job: what it froze when it started, how far it was acknowledged, and its next batch.
//! The same job always cuts the same batches, also after a crash; nothing outside its frozen window
//! is ever in one.

use replay_core::{
    Configured, Instant, Job, JobId, Region,
    job::Step,
    webhook::{Attempt, Target},
};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{
    Store, StoreError,
    jobs::{advanced, save},
    nanoseconds, webhooks,
};

/// How much goes into one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BatchLimits {
    /// At most so many lines.
    pub lines: usize,
    /// At most so many bytes, line feeds included, before compression; a longer line goes alone.
    pub bytes: usize,
}

/// A place in the frozen order: by event time, then by arrival.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The event's time, in nanoseconds since 1970.
    pub event_ns: i64,
    /// The order of arrival.
    pub seq: i64,
}

/// An archived line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub position: Position,
    /// Its bytes, as they came.
    pub text: Vec<u8>,
}

/// One request's worth of a job, and where it goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Batch {
    /// Whose job it is part of.
    pub job: JobId,
    /// Where it goes, as frozen when the job started.
    pub target: Target,
    /// Whether any certificate of the receiver will do.
    pub skip_ssl_verification: bool,
    /// Its lines in order; never empty.
    pub lines: Vec<Line>,
}

impl Batch {
    /// The name under which a receiver may drop a repeated batch: the same name always stands for
    /// the same bytes.
    #[must_use]
    pub fn webhook_id(&self) -> String {
        let seq = |line: Option<&Line>| line.map_or(0, |line| line.position.seq);
        let (first, last) = (seq(self.lines.first()), seq(self.lines.last()));
        format!("{}-{first}-{last}", self.job)
    }

    /// Where it ends.
    #[must_use]
    pub fn end(&self) -> Option<Position> {
        self.lines.last().map(|line| line.position)
    }

    /// Where its first half ends, if it has two.
    #[must_use]
    pub fn middle(&self) -> Option<Position> {
        let half = self.lines.len() / 2;
        self.lines[..half].last().map(|line| line.position)
    }
}

impl Store {
    /// Starts the job `id`: freezes its window, the archive's end, the webhook and the limits. A
    /// job whose webhook cannot be sent to any more fails instead.
    ///
    /// # Errors
    /// When the database fails; the job is as it was then.
    pub async fn start(
        &self,
        region: &Region,
        id: JobId,
        limits: BatchLimits,
        now: Instant,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .write(move |tx| {
                let Some(job) = advanced(tx, &region, id, Step::Start, now)? else { return Ok(()) };
                if webhooks::current(tx, &region)?.is_enabled() {
                    save(tx, &region, &job)?;
                    return freeze(tx, &region, &job, limits);
                }
                let reason = "the webhook is not enabled".to_owned();
                match advanced(tx, &region, id, Step::Fail(reason), now)? {
                    Some(failed) => save(tx, &region, &failed),
                    None => Ok(()),
                }
            })
            .await
    }

    /// The first lines of the running job `id` that were not acknowledged; `None` when all were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_batch(
        &self,
        region: &Region,
        job: &Configured,
    ) -> Result<Option<Batch>, StoreError> {
        let (region, job) = (region.clone(), job.clone());
        self.database.read(move |db| next_batch(db, &region, &job)).await
    }

    /// Remembers that everything up to `end` was acknowledged by `attempt`.
    ///
    /// # Errors
    /// When the database fails; the batch will then be sent again under the same name.
    pub async fn acknowledge(
        &self,
        region: &Region,
        id: JobId,
        end: Position,
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .write_lazily(move |tx| {
                tx.prepare_cached(
                    "UPDATE run SET acked_event_ns = :event_ns, acked_seq = :seq
                     WHERE region = :region AND job_id = :id",
                )?
                .execute(named_params! {
                    ":region": region.as_str(),
                    ":id": id.to_string(),
                    ":event_ns": end.event_ns,
                    ":seq": end.seq,
                })?;
                webhooks::note(tx, &region, &attempt)
            })
            .await
    }

    /// Remembers that a batch was too large, so that batches have to end at these places.
    ///
    /// # Errors
    /// When the database fails; the batch will then be found too large again.
    pub async fn cut(
        &self,
        region: &Region,
        places: [Position; 2],
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .write(move |tx| {
                for place in places {
                    tx.prepare_cached("INSERT OR IGNORE INTO cut VALUES (?, ?, ?)")?.execute((
                        region.as_str(),
                        place.event_ns,
                        place.seq,
                    ))?;
                }
                webhooks::note(tx, &region, &attempt)
            })
            .await
    }
}

fn freeze(
    tx: &Transaction<'_>,
    region: &Region,
    job: &Job,
    limits: BatchLimits,
) -> Result<(), StoreError> {
    let Some(job) = job.configured() else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO run
         SELECT :region, :id, (SELECT ifnull(max(seq), 0) FROM line),
                (SELECT max(revision) FROM webhook WHERE region = :region),
                :lines, :bytes, :start_ns, 0",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": job.id.to_string(),
        ":lines": limits.lines,
        ":bytes": limits.bytes,
        ":start_ns": nanoseconds(job.timeframe.start()),
    })?;
    Ok(())
}

struct Run {
    mark: i64,
    webhook_revision: i64,
    limits: BatchLimits,
    acked: Position,
}

fn next_batch(
    db: &Connection,
    region: &Region,
    job: &Configured,
) -> Result<Option<Batch>, StoreError> {
    let tx = db.unchecked_transaction()?;
    let run = tx
        .prepare_cached(
            "SELECT mark, webhook_revision, batch_lines, batch_bytes, acked_event_ns, acked_seq
             FROM run WHERE region = ? AND job_id = ?",
        )?
        .query_row([region.as_str(), &job.id.to_string()], |row| {
            Ok(Run {
                mark: row.get(0)?,
                webhook_revision: row.get(1)?,
                limits: BatchLimits { lines: row.get(2)?, bytes: row.get(3)? },
                acked: Position { event_ns: row.get(4)?, seq: row.get(5)? },
            })
        })
        .optional()?
        .ok_or(StoreError::Corrupt("run of a running job"))?;
    let lines = next_lines(&tx, region, job, &run)?;
    if lines.is_empty() {
        return Ok(None);
    }
    let webhook = webhooks::revision(&tx, region, run.webhook_revision)?;
    let target = webhook.target.ok_or(StoreError::Corrupt("endpoint of a running job"))?;
    let skip_ssl_verification = webhook.skip_ssl_verification;
    Ok(Some(Batch { job: job.id, target, skip_ssl_verification, lines }))
}

fn next_lines(
    db: &Connection,
    region: &Region,
    job: &Configured,
    run: &Run,
) -> Result<Vec<Line>, StoreError> {
    let cut = db
        .prepare_cached(
            "SELECT event_ns, seq FROM cut WHERE region = ? AND (event_ns, seq) > (?, ?)
             ORDER BY event_ns, seq LIMIT 1",
        )?
        .query_row((region.as_str(), run.acked.event_ns, run.acked.seq), |row| {
            Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? })
        })
        .optional()?;
    let mut statement = db.prepare_cached(NEXT_LINES)?;
    let mut rows = statement.query(named_params! {
        ":region": region.as_str(),
        ":acked_event_ns": run.acked.event_ns,
        ":acked_seq": run.acked.seq,
        ":end_ns": nanoseconds(job.timeframe.end()),
        ":mark": run.mark,
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
        if lines.len() >= run.limits.lines || cut.is_some_and(|cut| position >= cut) {
            break;
        }
    }
    Ok(lines)
}

/// The frozen order after the last acknowledged line: what is left of its moment, then what comes
/// after. One comparison of both columns would say it shorter, but SQLite looks for the event time
/// alone then, and reads again what was acknowledged of that moment.
pub(super) const NEXT_LINES: &str = "
    SELECT event_ns, seq, text FROM line
    WHERE region = :region AND event_ns = :acked_event_ns AND seq > :acked_seq
      AND event_ns <= :end_ns AND seq <= :mark
    UNION ALL
    SELECT event_ns, seq, text FROM line
    WHERE region = :region AND event_ns > :acked_event_ns
      AND event_ns <= :end_ns AND seq <= :mark
    ORDER BY event_ns, seq";
