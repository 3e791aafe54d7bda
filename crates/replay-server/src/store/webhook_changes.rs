//! The change of a region's webhook, and its effect on the region's job. Both are decided by
//! `replay-core`.

use replay_core::{
    Job, Region, Webhook,
    decisions::{self, WebhookChanges},
    webhook::Patch,
};
use time_range::Timestamp;

use super::{
    ChangeError, Store, StoreError,
    job_rows::{current, save},
    webhooks,
    write::Write,
};

impl Store {
    /// Changes the region's webhook; a change that disables it stops the region's job.
    ///
    /// # Errors
    /// The refusal of [`decisions::change_webhook`], or the database fails; nothing is changed.
    pub async fn patch_webhook(
        &self,
        region: &Region,
        patch: Patch,
        now: Timestamp,
    ) -> Result<Webhook, ChangeError> {
        let region = region.clone();
        self.database
            .write(move |tx| {
                let before = webhooks::current(tx, &region)?;
                let changes =
                    decisions::change_webhook(&before, &current(tx, &region)?, patch, now)?;
                let WebhookChanges { webhook, is_changed, stopped_job } = changes;
                if is_changed {
                    webhooks::insert(tx, &region, &webhook)?;
                }
                if let Some(job) = stopped_job {
                    save(tx, &region, &job)?;
                }
                Ok(webhook)
            })
            .await
    }
}

/// Disables the region's webhook, whose receiver wants no more deliveries, and stops the region's job
/// for `detail`.
pub(super) fn disable(
    tx: &Write<'_>,
    region: &Region,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut job = current(tx, region)?;
    if let Ok(stopped) = decisions::stop(&job, detail, now) {
        save(tx, region, &stopped)?;
        job = Job::Configured(stopped);
    }
    let patch = Patch { enabled: Some(false), ..Patch::default() };
    // Disabling alone has no faults.
    let webhook = webhooks::current(tx, region)?;
    if let Ok(changes) = decisions::change_webhook(&webhook, &job, patch, now)
        && changes.is_changed
    {
        webhooks::insert(tx, region, &changes.webhook)?;
    }
    Ok(())
}
