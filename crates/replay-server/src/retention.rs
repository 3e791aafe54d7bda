//! Deletes lines that no timeframe can reach any more, and settled jobs of the same age. What an
//! unsettled job still needs is spared by the store.

use core::time::Duration;

use chrono::TimeDelta;
use replay_core::{Policy, Region};
use tokio::{sync::watch, time::timeout};

use crate::{clock::Clock, store::Store};

/// Deletes lines and settled jobs past the retention of each region, now and every ten minutes, until `stop` turns
/// true. Each step of the store deletes a limited number of lines, so that others get their turn.
pub(crate) async fn trim(
    store: Store,
    regions: Vec<Region>,
    policy: Policy,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
) {
    // A timeframe that was accepted at the old edge may not be a stored job yet.
    let spared = TimeDelta::hours(1);
    while !*stop.borrow() {
        for region in &regions {
            let forgotten = policy.forgotten_before(clock.now());
            let before = forgotten.checked_sub_signed(spared).unwrap_or(forgotten);
            let mut lines = 0;
            let ended = loop {
                match store.trim(region, before).await {
                    Ok(0) => break Ok(()),
                    Ok(deleted) => lines += deleted,
                    Err(error) => break Err(error),
                }
            };
            let jobs = store.trim_jobs(region, before).await;
            if lines > 0 {
                tracing::info!(%region, lines, "deleted lines past retention");
            }
            if let Err(error) = ended.and(jobs) {
                tracing::error!(%region, %error, "the archive could not be trimmed");
            }
        }
        let _ = timeout(Duration::from_mins(10), stop.changed()).await;
    }
}
