//! Waiting for a condition that only polling can observe.

use core::time::Duration;

use tokio::time::{sleep, timeout};

/// Polls `look` until it returns a value; panics with `what` after a minute.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let polling = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let seen = timeout(Duration::from_mins(1), polling).await;
    seen.unwrap_or_else(|_| panic!("this did not happen in time: {what}"))
}
