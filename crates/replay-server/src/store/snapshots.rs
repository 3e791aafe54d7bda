//! The snapshots of jobs: what a job fixes when it starts, in the tables `run`, `slice` and
//! `batch_edge`, and the owner and the cursor of each slice.

use replay_core::{
    JobId, Region, Timeframe,
    snapshot::{BatchLimits, Extent, Limits, Plan, Position, SliceBounds},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use time_range::{Timestamp, write_timestamp};

use super::{
    StoreError, counts,
    lines::last_seq,
    nanoseconds,
    parts::{self, Reach},
    write::Write,
};

/// The snapshot of a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Snapshot {
    pub(super) high_water_seq: i64,
    pub(super) webhook_revision: i64,
    pub(super) limits: BatchLimits,
    /// `None` for a job that started before this was stored.
    pub(super) started_at: Option<Timestamp>,
}

/// A slice of a job, as it was last read.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Slice {
    /// Its number in the order of the job.
    pub number: u32,
    /// The first position.
    pub start: Position,
    /// The position after the last one.
    pub end: Position,
    /// Every line of the slice before this position was acknowledged.
    pub cursor: Position,
    /// The fencing token: results are stored only with the token of the last owner.
    pub token: i64,
}

/// How far the slices of a job are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SliceCounts {
    /// The number of slices.
    pub total: u64,
    /// The number of slices of which every line was acknowledged.
    pub completed: u64,
}

/// Whose claim on a slice a change is based on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Claim {
    /// The slice's number.
    pub number: u32,
    /// The fencing token.
    pub token: i64,
}

/// The lines that a job of the timeframe has if it starts now: the archive at this moment.
pub(super) fn selection(
    db: &Connection,
    region: &Region,
    timeframe: Timeframe,
) -> Result<Reach, StoreError> {
    Ok(Reach {
        first_ns: nanoseconds(timeframe.start()).max(counts::trimmed_before(db, region)?),
        last_ns: nanoseconds(timeframe.end()),
        high_water_seq: last_seq(db)?,
    })
}

/// Takes the snapshot of a job that starts.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    selection: Reach,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO run (region, job_id, started_at, high_water_seq, webhook_revision, batch_lines,
                          batch_bytes)
         SELECT :region, :id, :now, :seq,
                (SELECT max(revision) FROM webhook WHERE region = :region), :lines, :bytes",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":now": write_timestamp(now),
        ":seq": selection.high_water_seq,
        ":lines": limits.batch.lines,
        ":bytes": limits.batch.bytes,
    })?;
    let start = Position::first_at(selection.first_ns);
    let end = Position::first_at(selection.last_ns.saturating_add(1));
    let parts = parts::reached(tx, region, selection)?;
    let extents: Vec<Extent> = parts.iter().map(|part| part.extent).collect();
    let plan = Plan::of(&extents, start, end, limits);
    for (number, bounds) in plan.slices.iter().enumerate() {
        insert_slice(tx, region, id, number, bounds)?;
    }
    for edge in plan.edges {
        insert_edge(tx, region, id, edge)?;
    }
    Ok(())
}

/// The snapshot of a job; `None` if it has not started.
pub(super) fn load(
    db: &Connection,
    region: &Region,
    id: JobId,
) -> Result<Option<Snapshot>, StoreError> {
    let row = db
        .prepare_cached(
            "SELECT high_water_seq, webhook_revision, batch_lines, batch_bytes, started_at
             FROM run WHERE region = ? AND job_id = ?",
        )?
        .query_row([region.as_str(), &id.to_string()], |row| {
            let limits = BatchLimits { lines: row.get(2)?, bytes: row.get(3)? };
            Ok((row.get(0)?, row.get(1)?, limits, row.get::<_, Option<String>>(4)?))
        })
        .optional()?;
    let Some((high_water_seq, webhook_revision, limits, started_at)) = row else { return Ok(None) };
    let started_at = started_at.as_deref().map(super::read_timestamp).transpose()?;
    Ok(Some(Snapshot { high_water_seq, webhook_revision, limits, started_at }))
}

/// The slices of a job in order.
pub(super) fn slices(
    db: &Connection,
    region: &Region,
    id: JobId,
) -> Result<Vec<Slice>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{SELECT_SLICE} ORDER BY number"))?;
    let rows = statement.query_map([region.as_str(), &id.to_string()], Slice::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How far the slices of a job are.
pub(super) fn slice_counts(
    db: &Connection,
    region: &Region,
    id: JobId,
) -> Result<SliceCounts, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE (cursor_ns, cursor_seq) >= (end_ns, end_seq))
             FROM slice WHERE region = ? AND job_id = ?",
        )?
        .query_row([region.as_str(), &id.to_string()], |row| {
            Ok(SliceCounts { total: row.get(0)?, completed: row.get(1)? })
        })?)
}

/// Whether every line of a job was acknowledged.
pub(super) fn is_acknowledged(
    db: &Connection,
    region: &Region,
    id: JobId,
) -> Result<bool, StoreError> {
    let SliceCounts { total, completed } = slice_counts(db, region, id)?;
    Ok(total == completed)
}

/// Whether every line of a job is acknowledged once the cursor of this slice is at `cursor`.
pub(super) fn is_last(
    db: &Connection,
    region: &Region,
    id: JobId,
    number: u32,
    cursor: Position,
) -> Result<bool, StoreError> {
    let slices = slices(db, region, id)?;
    Ok(slices.iter().all(|slice| {
        let cursor = if slice.number == number { cursor } else { slice.cursor };
        cursor >= slice.end
    }))
}

/// Makes `owner` the owner of every slice of a job, with new fencing tokens.
pub(super) fn claim(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    owner: &str,
    lease_expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE slice SET owner = :owner, lease_expires_at = :lease, token = token + 1
         WHERE region = :region AND job_id = :id",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":lease": write_timestamp(lease_expires_at),
        ":region": region.as_str(),
        ":id": id.to_string(),
    })?;
    Ok(())
}

/// Whether the claim is still the last one.
pub(super) fn is_owned(
    db: &Connection,
    region: &Region,
    id: JobId,
    claim: Claim,
) -> Result<bool, StoreError> {
    let token: Option<i64> = db
        .prepare_cached("SELECT token FROM slice WHERE region = ? AND job_id = ? AND number = ?")?
        .query_row((region.as_str(), id.to_string(), claim.number), |row| row.get(0))
        .optional()?;
    Ok(token == Some(claim.token))
}

/// Moves the cursor of a slice.
pub(super) fn move_cursor(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    number: u32,
    cursor: Position,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE slice SET cursor_ns = :event_ns, cursor_seq = :seq
         WHERE region = :region AND job_id = :id AND number = :number",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":number": number,
        ":event_ns": cursor.event_ns,
        ":seq": cursor.seq,
    })?;
    Ok(())
}

/// Inserts a position before which a batch of the job ends.
pub(super) fn insert_edge(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    edge: Position,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO batch_edge (region, job_id, event_ns, seq)
         VALUES (:region, :id, :event_ns, :seq)",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":event_ns": edge.event_ns,
        ":seq": edge.seq,
    })?;
    Ok(())
}

/// The edges after `after` and up to `end`, in ascending order, `most` of them at most.
pub(super) fn edges(
    db: &Connection,
    region: &Region,
    id: JobId,
    (after, end): (Position, Position),
    most: usize,
) -> Result<Vec<Position>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT event_ns, seq FROM batch_edge
         WHERE region = :region AND job_id = :id AND (event_ns, seq) > (:after_ns, :after_seq)
           AND (event_ns, seq) <= (:end_ns, :end_seq)
         ORDER BY event_ns, seq LIMIT :most",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":region": region.as_str(),
            ":id": id.to_string(),
            ":after_ns": after.event_ns,
            ":after_seq": after.seq,
            ":end_ns": end.event_ns,
            ":end_seq": end.seq,
            ":most": most,
        },
        |row| Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? }),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Slice {
    /// Whether every line of the slice was acknowledged.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.cursor >= self.end
    }

    /// The claim on the slice.
    #[must_use]
    pub const fn claim(&self) -> Claim {
        Claim { number: self.number, token: self.token }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            start: Position { event_ns: row.get(1)?, seq: row.get(2)? },
            end: Position { event_ns: row.get(3)?, seq: row.get(4)? },
            cursor: Position { event_ns: row.get(5)?, seq: row.get(6)? },
            token: row.get(7)?,
        })
    }
}

const SELECT_SLICE: &str = "
    SELECT number, start_ns, start_seq, end_ns, end_seq, cursor_ns, cursor_seq, token
    FROM slice WHERE region = ? AND job_id = ?";

fn insert_slice(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    number: usize,
    bounds: &SliceBounds,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO slice (region, job_id, number, start_ns, start_seq, end_ns, end_seq, cursor_ns,
                            cursor_seq)
         VALUES (:region, :id, :number, :start_ns, :start_seq, :end_ns, :end_seq, :start_ns,
                 :start_seq)",
    )?
    .execute(named_params! {
        ":region": region.as_str(),
        ":id": id.to_string(),
        ":number": number,
        ":start_ns": bounds.start.event_ns,
        ":start_seq": bounds.start.seq,
        ":end_ns": bounds.end.event_ns,
        ":end_seq": bounds.end.seq,
    })?;
    Ok(())
}
