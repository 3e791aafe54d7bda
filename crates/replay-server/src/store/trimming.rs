//! Deletes the lines that retention does not keep any more, part by part, and their counts. No
//! timeframe can select the older lines of a part that is kept, because of the retention.

use replay_core::{Region, decisions};
use time_range::Timestamp;

use super::{
    Store, StoreError, counts, job_rows, nanoseconds,
    parts::{self, Reach},
};

/// The maximum number of parts that one transaction deletes, so that other writers get their turn.
const PARTS: usize = 64;

impl Store {
    /// Deletes parts of which every line has an event time before `before`, except those that an
    /// unsettled job may still send. Deletes up to 64 parts; returns the number of their lines.
    ///
    /// # Errors
    /// The database fails, or the stored job is not readable; nothing is deleted.
    pub async fn trim(&self, region: &Region, before: Timestamp) -> Result<u64, StoreError> {
        let region = region.clone();
        let mut known = self.known_parts.clone().lock_owned().await;
        self.database
            .write_archive(move |tx| {
                let job = job_rows::current(tx, &region)?;
                let before_ns = nanoseconds(decisions::deletable_before(&job, before));
                let last_ns = before_ns.saturating_sub(1);
                let reach = Reach { first_ns: i64::MIN, last_ns, high_water_seq: i64::MAX };
                let mut parts = parts::reached(tx, &region, reach)?;
                parts.retain(|part| part.extent.last.event_ns < before_ns);
                parts.truncate(PARTS);
                let first = parts.iter().map(|part| part.extent.first.event_ns).min();
                let last = parts.iter().map(|part| part.extent.last.event_ns).max();
                let Some((first, last)) = first.zip(last) else { return Ok(0) };
                let version = known.begin(tx)?;
                for part in &parts {
                    parts::delete(tx, &region, part)?;
                    known.remove(&region, part);
                }
                counts::recount(tx, &region, first, last)?;
                tx.after_commit(move || known.finish(version));
                Ok(parts.iter().map(|part| part.extent.lines).sum())
            })
            .await
    }
}
