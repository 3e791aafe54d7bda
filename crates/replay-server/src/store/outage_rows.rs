//! The rows of the table `outage`: each function reads or writes outages of one region. It decides
//! nothing and counts no lines.

use replay_core::{
    JobId, Outage, OutageId, Region, Timeframe,
    job::Amount,
    outage::{Healed, Hold, OutageCause, OutageReason, SeqRange},
};
use time_range::{Timestamp, write_timestamp};

use super::{
    StoreError, read_timestamp,
    sql::{Row, Sql, Value, values},
    write::Write,
};

/// An outage, and what of it only the store needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct StoredOutage {
    /// The order in which outages began.
    pub(super) number: i64,
    /// The outage. That of an open one has no undelivered lines yet.
    pub(super) outage: Outage,
    /// The highest sequence number of the undelivered lines; `None` while it is open or without lines.
    pub(super) last_seq: Option<i64>,
}

/// When an outage began, and when it ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct OutageTimes {
    pub(super) began_at: Timestamp,
    /// `None` while it is open.
    pub(super) ended_at: Option<Timestamp>,
}

/// Inserts an outage without undelivered lines: an open one, of which a region has one at most, or one
/// that has ended already.
pub(super) fn insert(
    tx: &Write<'_>,
    region: &Region,
    id: OutageId,
    cause: &OutageCause,
    times: OutageTimes,
) -> Result<(), StoreError> {
    let OutageTimes { began_at, ended_at } = times;
    tx.execute(
        "INSERT INTO outage (region, id, reason, detail, began_at, ended_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &values![
            region.as_str(),
            id.to_string(),
            cause.reason.as_str(),
            cause.detail.as_deref(),
            write_timestamp(began_at),
            ended_at.map(write_timestamp),
        ],
    )?;
    Ok(())
}

/// Updates an outage; its cause and its beginning never change.
pub(super) fn update(tx: &Write<'_>, stored: &StoredOutage) -> Result<(), StoreError> {
    let outage = &stored.outage;
    tx.execute(
        "UPDATE outage SET
             ended_at = ?2, first_at = ?3, last_at = ?4, last_seq = ?5, lines = ?6, bytes = ?7,
             lost_lines = ?8, healing_job = ?9, healed_at = ?10, healed_by = ?11
         WHERE number = ?1",
        &values![
            stored.number,
            outage.ended_at.map(write_timestamp),
            outage.span.map(|span| write_timestamp(span.start())),
            outage.span.map(|span| write_timestamp(span.end())),
            stored.last_seq,
            outage.undelivered.lines,
            outage.undelivered.bytes,
            outage.lost_lines,
            outage.healing_job.map(|job| job.to_string()),
            outage.healed.map(|healed| write_timestamp(healed.at)),
            outage.healed.and_then(|healed| healed.by).map(|job| job.to_string()),
        ],
    )?;
    Ok(())
}

/// The outage with that id; `None` if the region has none.
pub(super) fn load(
    db: &Sql<'_>,
    region: &Region,
    id: OutageId,
) -> Result<Option<StoredOutage>, StoreError> {
    let parameters = values![region.as_str(), id.to_string()];
    Ok(select(db, "region = ?1 AND id = ?2", &parameters)?.pop())
}

/// The open outage of a region.
pub(super) fn open(db: &Sql<'_>, region: &Region) -> Result<Option<StoredOutage>, StoreError> {
    Ok(select(db, "region = ?1 AND ended_at IS NULL", &values![region.as_str()])?.pop())
}

/// The outages that have ended with undelivered lines and are not healed, oldest first.
pub(super) fn unhealed(db: &Sql<'_>, region: &Region) -> Result<Vec<StoredOutage>, StoreError> {
    let condition = "region = ?1 AND healed_at IS NULL AND lines > 0 AND ended_at IS NOT NULL
                     ORDER BY number";
    select(db, condition, &values![region.as_str()])
}

/// Outages that are not healed, with or without undelivered lines, the latest first.
pub(super) fn latest_unhealed(
    db: &Sql<'_>,
    region: &Region,
    most: usize,
) -> Result<Vec<StoredOutage>, StoreError> {
    let condition = "region = ?1 AND healed_at IS NULL ORDER BY number DESC LIMIT ?2";
    select(db, condition, &values![region.as_str(), most])
}

/// The number of outages that are not healed, with or without undelivered lines.
pub(super) fn count_unhealed(db: &Sql<'_>, region: &Region) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM outage WHERE region = ?1 AND healed_at IS NULL";
    db.one(sql, &values![region.as_str()], |row| row.get(0))
}

/// The outages that are not healed and of which some undelivered lines have these sequence numbers.
pub(super) fn with_lines(
    db: &Sql<'_>,
    region: &Region,
    range: SeqRange,
) -> Result<Vec<StoredOutage>, StoreError> {
    let condition = "healed_at IS NULL AND number IN (
                         SELECT outage FROM outage_range
                         WHERE region = ?1 AND last_seq >= ?2 AND first_seq <= ?3)";
    select(db, condition, &values![region.as_str(), range.first, range.last])
}

/// The undelivered lines of the outages that have ended.
pub(super) fn undelivered(db: &Sql<'_>, region: &Region) -> Result<Amount, StoreError> {
    db.one(
        "SELECT CAST(coalesce(sum(lines), 0) AS BIGINT), CAST(coalesce(sum(bytes), 0) AS BIGINT)
         FROM outage WHERE region = ?1 AND healed_at IS NULL AND lines > 0",
        &values![region.as_str()],
        |row| Ok(Amount { lines: row.get(0)?, bytes: row.get(1)? }),
    )
}

/// Outages of a region that began before the one with number `before`, the latest first.
pub(super) fn page(
    db: &Sql<'_>,
    region: &Region,
    before: i64,
    most: usize,
) -> Result<Vec<StoredOutage>, StoreError> {
    let condition = "region = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3";
    select(db, condition, &values![region.as_str(), before, most])
}

/// The latest outage of a reason that has ended and for which no job was submitted.
pub(super) fn latest_untouched(
    db: &Sql<'_>,
    region: &Region,
    reason: OutageReason,
) -> Result<Option<StoredOutage>, StoreError> {
    let condition = "region = ?1 AND reason = ?2 AND ended_at IS NOT NULL AND healing_job IS NULL
                     AND healed_at IS NULL ORDER BY number DESC LIMIT 1";
    Ok(select(db, condition, &values![region.as_str(), reason.as_str()])?.pop())
}

/// Sets the hold of an outage; a cancellation is kept.
pub(super) fn set_hold(tx: &Write<'_>, id: OutageId, hold: Hold) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outage SET hold = ?1 WHERE id = ?2 AND hold IS DISTINCT FROM 'cancelled'",
        &values![hold.as_str(), id.to_string()],
    )?;
    Ok(())
}

/// Removes the holds of a region that a refusal has caused.
pub(super) fn lift_refusals(tx: &Write<'_>, region: &Region) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE outage SET hold = NULL
         WHERE region = ?1 AND healed_at IS NULL AND lines > 0 AND hold = 'refused'",
        &values![region.as_str()],
    )?;
    Ok(())
}

/// Deletes outages of a region that ended before `before`; returns their number.
pub(super) fn delete_ended(
    tx: &Write<'_>,
    region: &Region,
    before: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM outage WHERE number IN (
             SELECT number FROM outage
             WHERE region = ?1 AND unixepoch(ended_at, 'subsec') < unixepoch(?2, 'subsec')
             LIMIT 16)",
        &values![region.as_str(), write_timestamp(before)],
    )
}

fn select(
    db: &Sql<'_>,
    condition: &str,
    parameters: &[Value<'_>],
) -> Result<Vec<StoredOutage>, StoreError> {
    let sql = format!(
        "SELECT number, id, reason, detail, began_at, ended_at, first_at, last_at, last_seq, lines,
                bytes, lost_lines, healing_job, healed_at, healed_by, hold
         FROM outage WHERE {condition}"
    );
    db.all(&sql, parameters, |row| OutageRow::read(row)?.outage())
}

/// A row of `outage`.
struct OutageRow {
    number: i64,
    id: String,
    reason: String,
    detail: Option<String>,
    began_at: String,
    ended_at: Option<String>,
    first_at: Option<String>,
    last_at: Option<String>,
    last_seq: Option<i64>,
    undelivered: Amount,
    lost_lines: u64,
    healing_job: Option<String>,
    healed_at: Option<String>,
    healed_by: Option<String>,
    hold: Option<String>,
}

impl OutageRow {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.get(0)?,
            id: row.get(1)?,
            reason: row.get(2)?,
            detail: row.get(3)?,
            began_at: row.get(4)?,
            ended_at: row.get(5)?,
            first_at: row.get(6)?,
            last_at: row.get(7)?,
            last_seq: row.get(8)?,
            undelivered: Amount { lines: row.get(9)?, bytes: row.get(10)? },
            lost_lines: row.get(11)?,
            healing_job: row.get(12)?,
            healed_at: row.get(13)?,
            healed_by: row.get(14)?,
            hold: row.get(15)?,
        })
    }

    fn outage(self) -> Result<StoredOutage, StoreError> {
        let job = |id: &String| JobId::read(id).ok_or(StoreError::Corrupt("id of a healing job"));
        let reason = OutageReason::named(&self.reason).ok_or(StoreError::Corrupt("reason"))?;
        let span = match (&self.first_at, &self.last_at) {
            (Some(first), Some(last)) => {
                let span = Timeframe::new(read_timestamp(first)?, read_timestamp(last)?);
                Some(span.map_err(|_| StoreError::Corrupt("times of an outage"))?)
            }
            _ => None,
        };
        let healed_by = self.healed_by.as_ref().map(job).transpose()?;
        let healed_at = self.healed_at.as_deref().map(read_timestamp).transpose()?;
        let outage = Outage {
            id: OutageId::read(&self.id).ok_or(StoreError::Corrupt("outage id"))?,
            cause: OutageCause { reason, detail: self.detail },
            began_at: read_timestamp(&self.began_at)?,
            ended_at: self.ended_at.as_deref().map(read_timestamp).transpose()?,
            undelivered: self.undelivered,
            span,
            lost_lines: self.lost_lines,
            healing_job: self.healing_job.as_ref().map(job).transpose()?,
            healed: healed_at.map(|at| Healed { at, by: healed_by }),
            hold: self.hold.as_deref().map(read_hold).transpose()?,
        };
        Ok(StoredOutage { number: self.number, outage, last_seq: self.last_seq })
    }
}

fn read_hold(text: &str) -> Result<Hold, StoreError> {
    Hold::named(text).ok_or(StoreError::Corrupt("hold"))
}
