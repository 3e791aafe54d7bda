//! Deletes the lines that retention does not keep any more, part by part, and their counts. No
//! timeframe can select the older lines of a part that is kept, because of the retention.

use replay_core::{Region, decisions};
use time_range::Timestamp;

use super::{
    Store, StoreError,
    changes::Change,
    counts, job_rows, lane_rows, nanoseconds, outage_losses, outage_rows,
    parts::{self, Reach},
    sql::PartsChange,
};

/// Deleted lines.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Trimmed {
    /// The number of lines.
    pub lines: u64,
    /// The number of undelivered lines among them: they are lost.
    pub lost_lines: u64,
}

/// The maximum number of parts that one transaction deletes, so that other writers get their turn.
const PARTS: usize = 64;

impl Store {
    /// Deletes some outages that ended before `before`; returns their number.
    ///
    /// # Errors
    /// The database fails; nothing is deleted.
    pub async fn trim_outages(
        &self,
        region: &Region,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write(move |tx| outage_rows::delete_ended(tx, &region, before))
            .await
    }

    /// Deletes parts of which every line has an event time before `before`, except those that an
    /// unsettled job may still send and those that the live lane has not passed. Deletes up to 64 parts.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable; nothing is deleted.
    pub async fn trim(&self, region: &Region, before: Timestamp) -> Result<Trimmed, StoreError> {
        let region = region.clone();
        let mut known = self.known_parts.lock(&region).await;
        self.database
            .of(&region)
            .write_all(move |tx| {
                let job = job_rows::current(tx, &region)?;
                let before_ns = nanoseconds(decisions::deletable_before(&job, before));
                let last_ns = before_ns.saturating_sub(1);
                let reach = Reach { first_ns: i64::MIN, last_ns, high_water_seq: i64::MAX };
                let mut parts = parts::reached(tx, &region, reach)?;
                let lane = lane_rows::load(tx, &region)?;
                parts.retain(|part| {
                    let is_old = part.extent.last.event_ns < before_ns;
                    is_old && !outage_losses::is_needed(lane.as_ref(), part)
                });
                parts.truncate(PARTS);
                let first = parts.iter().map(|part| part.extent.first.event_ns).min();
                let last = parts.iter().map(|part| part.extent.last.event_ns).max();
                let Some((first, last)) = first.zip(last) else {
                    return Ok(Trimmed::default());
                };
                let version = known.begin(tx, PartsChange::Deletes)?;
                let mut trimmed = Trimmed::default();
                for part in &parts {
                    trimmed.lines += part.extent.lines;
                    known.remove(part);
                }
                trimmed.lost_lines = outage_losses::note_deleted(tx, &region, &parts)?;
                parts::delete_expired(tx, &region, &parts)?;
                if trimmed.lost_lines > 0 {
                    let lines = trimmed.lost_lines;
                    tx.log_after_commit(Change::LinesLost { region: region.clone(), lines });
                }
                counts::recount(tx, &region, first, last)?;
                tx.after_commit(move || known.finish(version));
                Ok(trimmed)
            })
            .await
    }
}
