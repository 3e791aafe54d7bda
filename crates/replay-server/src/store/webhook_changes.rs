//! A change of a region's webhook, with what it does to the region's job. What a change may be is the
//! core's decision.

use replay_core::{Fault, Region, Webhook, webhook::Patch};
use time_range::Timestamp;

use super::{Store, StoreError, jobs, webhooks};

impl Store {
    /// Changes the region's webhook; a change that disables it stops the region's job.
    ///
    /// # Errors
    /// Outside, when the database fails; inside, what is wrong with the change. Nothing has
    /// changed then.
    pub async fn patch_webhook(
        &self,
        region: &Region,
        patch: Patch,
        now: Timestamp,
    ) -> Result<Result<Webhook, Vec<Fault>>, StoreError> {
        let region = region.clone();
        self.database
            .write(move |tx| {
                let before = webhooks::current(tx, &region)?;
                let after = match before.patched(patch, now) {
                    Ok(after) => after,
                    Err(faults) => return Ok(Err(faults)),
                };
                if after != before {
                    webhooks::insert(tx, &region, &after)?;
                }
                if before.is_enabled() && !after.is_enabled() {
                    // A job that ended already has nothing to stop.
                    let _ = jobs::stop(tx, &region, "the webhook was disabled", now)?;
                }
                Ok(Ok(after))
            })
            .await
    }
}
