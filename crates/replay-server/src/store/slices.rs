//! The slices of a job in the table `slice`: their bounds, owners and cursors.

use replay_core::{
    JobId, Region,
    snapshot::{Position, SliceBounds},
};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use time_range::{Timestamp, write_timestamp};

use super::{StoreError, write::Write};

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

/// The slices of a job in order.
pub(super) fn load(db: &Connection, region: &Region, id: JobId) -> Result<Vec<Slice>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{SELECT_SLICE} ORDER BY number"))?;
    let rows = statement.query_map([region.as_str(), &id.to_string()], Slice::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How far the slices of a job are.
pub(super) fn counts(
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
    let SliceCounts { total, completed } = counts(db, region, id)?;
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
    // Most batches are not the last one of their slice, and there may be hundreds of slices.
    let key = (region.as_str(), id.to_string(), number);
    let end: Option<Position> = db
        .prepare_cached(
            "SELECT end_ns, end_seq FROM slice WHERE region = ? AND job_id = ? AND number = ?",
        )?
        .query_row(key, |row| Ok(Position { event_ns: row.get(0)?, seq: row.get(1)? }))
        .optional()?;
    if end.is_none_or(|end| cursor < end) {
        return Ok(false);
    }
    let slices = load(db, region, id)?;
    Ok(slices.iter().all(|slice| slice.number == number || slice.is_completed()))
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

/// Inserts a slice of a job that starts.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    number: u32,
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
