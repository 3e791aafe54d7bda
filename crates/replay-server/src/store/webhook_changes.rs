//! The change of a region's webhook, and its effect on the region's job and live lane. All are decided
//! by `replay-core`.

use replay_core::{
    OutageId, Region, Webhook,
    decisions::{self, WebhookChanges},
    outage::{OutageCause, OutageReason},
    webhook::Patch,
};
use time_range::Timestamp;

use super::{
    ChangeError, Notice, Store, StoreError, job_changes::save, job_rows::current, lane_changes,
    lane_rows, line_numbers::last_seq, webhooks, write::Write,
};

impl Store {
    /// Changes the region's webhook. A change that disables it stops the region's job, and the outage
    /// `new_outage` of the live lane begins. A change that enables it starts the lane.
    ///
    /// # Errors
    /// The refusal of [`decisions::change_webhook`], or the database fails; nothing is changed.
    pub async fn patch_webhook(
        &self,
        region: &Region,
        patch: Patch,
        new_outage: OutageId,
        now: Timestamp,
    ) -> Result<Webhook, ChangeError> {
        let region = region.clone();
        let cause = OutageCause::plain(OutageReason::Disabled);
        self.database
            .of(&region)
            .write(move |tx| {
                let webhook = change(tx, &region, patch, (new_outage, cause), now)?;
                Notice::Webhook(region).tell(tx)?;
                Ok(webhook)
            })
            .await
    }
}

/// Disables a webhook whose receiver wants no more deliveries. The lane has stopped for this reason, or
/// the outage `new_outage` begins.
pub(super) fn disable(
    tx: &Write<'_>,
    region: &Region,
    new_outage: OutageId,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.require_sync();
    let reason = OutageReason::Disabled;
    let cause = OutageCause { reason, detail: Some(detail.to_owned()) };
    let patch = Patch { enabled: Some(false), ..Patch::default() };
    match change(tx, region, patch, (new_outage, cause), now) {
        // Nothing refuses to disable a webhook.
        Ok(_) | Err(ChangeError::Refused(_)) => Ok(()),
        Err(ChangeError::Store(error)) => Err(error),
    }
}

fn change(
    tx: &Write<'_>,
    region: &Region,
    patch: Patch,
    (new_outage, cause): (OutageId, OutageCause),
    now: Timestamp,
) -> Result<Webhook, ChangeError> {
    let before = webhooks::current(tx, region)?;
    let changes = decisions::change_webhook(&before, &current(tx, region)?, patch, now)?;
    let WebhookChanges { webhook, is_changed, stopped_job } = changes;
    if is_changed {
        webhooks::insert(tx, region, &webhook)?;
    }
    if let Some(job) = stopped_job {
        save(tx, region, &job)?;
    }
    let lane = lane_rows::load(tx, region)?;
    if let Some(lane) = lane.filter(|_| before.is_enabled() != webhook.is_enabled()) {
        let changes = if webhook.is_enabled() {
            lane.enabled(last_seq(tx, region)?, now)
        } else {
            lane.stopped(cause)
        };
        lane_changes::save(tx, region, changes, new_outage, now)?;
    }
    Ok(webhook)
}
