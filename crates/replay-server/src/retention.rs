//! The retention task: deletes lines that no timeframe can select any more. The store keeps the lines
//! that an unsettled job still needs.

use core::time::Duration;

use chrono::TimeDelta;
use replay_core::{Policy, Region};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{clock::Clock, store::Store};

/// Deletes lines past the retention in each region, now and every ten minutes, until `shutdown`. Each
/// transaction deletes a limited number of lines, so that other writers get their turn.
pub(crate) async fn trim(
    store: Store,
    regions: Vec<Region>,
    policy: Policy,
    clock: Clock,
    shutdown: CancellationToken,
) {
    // A timeframe at the edge of the retention may be accepted and its job not be stored yet.
    let margin = TimeDelta::hours(1);
    while !shutdown.is_cancelled() {
        for region in &regions {
            let expired = policy.expired_before(clock.now());
            let before = expired.checked_sub_signed(margin).unwrap_or(expired);
            let mut lines = 0;
            let ended = loop {
                match store.trim(region, before).await {
                    Ok(0) => break Ok(()),
                    Ok(deleted) => lines += deleted,
                    Err(error) => break Err(error),
                }
            };
            if lines > 0 {
                tracing::info!(%region, lines, "deleted lines past retention");
            }
            if let Err(error) = ended {
                tracing::error!(%region, %error, "the archive could not be trimmed");
            }
        }
        let _ = timeout(Duration::from_mins(10), shutdown.cancelled()).await;
    }
}
