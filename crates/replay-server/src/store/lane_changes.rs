//! Stores the changes of a live lane together with those of the outages of its region.

use replay_core::{
    OutageId, Region,
    lane::{LaneChanges, OutageChange},
};
use time_range::Timestamp;

use super::{StoreError, lane_rows, outages, write::Write};

/// Inserts or updates a lane, and its outages. `new_outage` is the id of an outage that begins.
pub(super) fn save(
    tx: &Write<'_>,
    region: &Region,
    changes: LaneChanges,
    new_outage: OutageId,
    now: Timestamp,
) -> Result<(), StoreError> {
    if changes.outage != OutageChange::None {
        tx.require_sync();
    }
    outages::apply(tx, region, changes.outage, new_outage, now)?;
    lane_rows::save(tx, region, &changes.lane)
}
