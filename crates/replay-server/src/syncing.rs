//! The syncing task: results of deliveries are committed without waiting for the disk; this syncs them
//! soon after. A power failure repeats the requests of this time, with the same webhook-ids.

use core::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// How long commits are not synced.
const INTERVAL: Duration = Duration::from_secs(1);

/// Syncs unsynced commits every second until `shutdown`. A failure is met again by the next step that
/// writes, which reports it.
pub(crate) async fn sync_every_second(store: Store, shutdown: CancellationToken) {
    let mut interval = interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = shutdown.cancelled() => return,
        }
        if let Err(error) = store.sync().await {
            tracing::debug!(%error, "commits could not be synced");
        }
    }
}
