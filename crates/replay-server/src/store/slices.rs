//! The slices of a job in the table `slice`: their bounds, owners and cursors.

use replay_core::{
    JobId, Region,
    snapshot::{Position, SliceBounds},
};

use super::{
    StoreError,
    sql::{Row, Sql, values},
    write::Write,
};

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

/// What a change of a slice is based on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Claim {
    /// The slice's number.
    pub number: u32,
    /// The fencing token.
    pub token: i64,
    /// Every line of the slice before this position was acknowledged.
    pub cursor: Position,
}

/// The slices of a job in order.
pub(super) fn load(db: &Sql<'_>, region: &Region, id: JobId) -> Result<Vec<Slice>, StoreError> {
    let sql = format!("{SELECT_SLICE} ORDER BY number");
    db.all(&sql, &values![region.as_str(), id.to_string()], Slice::read)
}

/// How far the slices of a job are.
pub(super) fn counts(db: &Sql<'_>, region: &Region, id: JobId) -> Result<SliceCounts, StoreError> {
    db.one(
        "SELECT count(*), count(*) FILTER (WHERE (cursor_ns, cursor_seq) >= (end_ns, end_seq))
         FROM slice WHERE region = ?1 AND job_id = ?2",
        &values![region.as_str(), id.to_string()],
        |row| Ok(SliceCounts { total: row.get(0)?, completed: row.get(1)? }),
    )
}

/// Whether every line of a job was acknowledged.
pub(super) fn is_acknowledged(
    db: &Sql<'_>,
    region: &Region,
    id: JobId,
) -> Result<bool, StoreError> {
    let SliceCounts { total, completed } = counts(db, region, id)?;
    Ok(total == completed)
}

/// Whether every line of every other slice of a job was acknowledged.
pub(super) fn are_others_completed(
    db: &Sql<'_>,
    region: &Region,
    id: JobId,
    number: u32,
) -> Result<bool, StoreError> {
    let slices = load(db, region, id)?;
    Ok(slices.iter().all(|slice| slice.number == number || slice.is_completed()))
}

/// Makes `owner` the owner of every slice of a job, with new fencing tokens.
pub(super) fn claim(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    owner: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE slice SET owner = ?3, token = token + 1 WHERE region = ?1 AND job_id = ?2",
        &values![region.as_str(), id.to_string(), owner],
    )?;
    Ok(())
}

/// The part of a slice from its cursor on; `None` if the claim is not the last one, or the database has lost
/// the acknowledgements that it is based on: a crash loses the last commits that were not synced.
pub(super) fn left(
    db: &Sql<'_>,
    region: &Region,
    id: JobId,
    claim: Claim,
) -> Result<Option<SliceBounds>, StoreError> {
    let left = db.optional(
        "SELECT cursor_ns, cursor_seq, end_ns, end_seq FROM slice
         WHERE region = ?1 AND job_id = ?2 AND number = ?3 AND token = ?4",
        &values![region.as_str(), id.to_string(), claim.number, claim.token],
        |row| {
            let start = Position { event_ns: row.get(0)?, seq: row.get(1)? };
            let end = Position { event_ns: row.get(2)?, seq: row.get(3)? };
            Ok(SliceBounds { start, end })
        },
    )?;
    Ok(left.filter(|left| left.start >= claim.cursor))
}

/// Moves the cursor of a slice.
pub(super) fn move_cursor(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    number: u32,
    cursor: Position,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE slice SET cursor_ns = ?4, cursor_seq = ?5
         WHERE region = ?1 AND job_id = ?2 AND number = ?3",
        &values![region.as_str(), id.to_string(), number, cursor.event_ns, cursor.seq],
    )?;
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
        Claim { number: self.number, token: self.token, cursor: self.cursor }
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
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
    FROM slice WHERE region = ?1 AND job_id = ?2";

/// Inserts the slices of a job that starts.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    id: JobId,
    slices: impl IntoIterator<Item = (u32, SliceBounds)>,
) -> Result<(), StoreError> {
    let id = id.to_string();
    tx.execute_each(
        "INSERT INTO slice (region, job_id, number, start_ns, start_seq, end_ns, end_seq, cursor_ns,
                            cursor_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?4, ?5)",
        slices.into_iter().map(|(number, SliceBounds { start, end })| {
            values![
                region.as_str(),
                id.as_str(),
                number,
                start.event_ns,
                start.seq,
                end.event_ns,
                end.seq,
            ]
        }),
    )
}
