//! Waits that may have no end: the loops of jobs and live lanes wait for other events beside them.

use core::{future::pending, time::Duration};

use tokio::time::{Instant, sleep, sleep_until};

/// Completes after the time, if there is one.
pub(super) async fn after(time: Option<Duration>) {
    match time {
        Some(time) => sleep(time).await,
        None => pending().await,
    }
}

/// Completes at the time, if there is one.
pub(super) async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}
