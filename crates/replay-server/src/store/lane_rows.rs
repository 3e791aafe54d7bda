//! The rows of the table `lane`: each function reads or writes the live lane of one region.

use replay_core::{
    LaneId, Region,
    lane::{Lane, LaneState},
    outage::SeqRange,
};
use time_range::write_timestamp;

use super::{
    StoreError, read_timestamp,
    sql::{Row, Sql, values},
    write::Write,
};

/// The lane of a region; `None` if the server never forwarded there.
pub(super) fn load(db: &Sql<'_>, region: &Region) -> Result<Option<Lane>, StoreError> {
    let row = db.optional(
        "SELECT id, state, cursor_seq, enabled_at, first_seq, last_seq, is_forwarded FROM lane
         WHERE region = ?1",
        &values![region.as_str()],
        LaneRow::read,
    )?;
    row.map(LaneRow::lane).transpose()
}

/// Inserts or updates the lane of a region.
pub(super) fn save(tx: &Write<'_>, region: &Region, lane: &Lane) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO lane (region, id, state, cursor_seq, enabled_at, first_seq, last_seq,
                           is_forwarded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (region) DO UPDATE SET
             state = excluded.state, cursor_seq = excluded.cursor_seq,
             enabled_at = excluded.enabled_at, first_seq = excluded.first_seq,
             last_seq = excluded.last_seq, is_forwarded = excluded.is_forwarded",
        &values![
            region.as_str(),
            lane.id.to_string(),
            write_state(lane.state),
            lane.cursor_seq,
            lane.enabled_at.map(write_timestamp),
            lane.batch.map(|batch| batch.first),
            lane.batch.map(|batch| batch.last),
            lane.is_forwarded,
        ],
    )?;
    Ok(())
}

/// A row of `lane`.
struct LaneRow {
    id: String,
    state: String,
    cursor_seq: i64,
    enabled_at: Option<String>,
    batch: Option<SeqRange>,
    is_forwarded: bool,
}

impl LaneRow {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get(0)?,
            state: row.get(1)?,
            cursor_seq: row.get(2)?,
            enabled_at: row.get(3)?,
            batch: match (row.get(4)?, row.get(5)?) {
                (Some(first), Some(last)) => Some(SeqRange { first, last }),
                _ => None,
            },
            is_forwarded: row.get(6)?,
        })
    }

    fn lane(self) -> Result<Lane, StoreError> {
        let lane = Lane {
            id: LaneId::read(&self.id).ok_or(StoreError::Corrupt("lane id"))?,
            cursor_seq: self.cursor_seq,
            enabled_at: self.enabled_at.as_deref().map(read_timestamp).transpose()?,
            batch: self.batch,
            is_forwarded: self.is_forwarded,
            state: read_state(&self.state).ok_or(StoreError::Corrupt("lane state"))?,
        };
        lane.checked().ok_or(StoreError::Corrupt("lane"))
    }
}

const fn write_state(state: LaneState) -> &'static str {
    match state {
        LaneState::Off => "off",
        LaneState::Delivering => "delivering",
        LaneState::Interrupted => "interrupted",
    }
}

fn read_state(text: &str) -> Option<LaneState> {
    let states = [LaneState::Off, LaneState::Delivering, LaneState::Interrupted];
    states.into_iter().find(|state| write_state(*state) == text)
}
