//! How long reads of the API take while something else goes on.

use core::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::Instant,
};

use super::{api::Api, number::milliseconds};
use crate::Failure;

/// Reads one path again and again, over a connection of its own.
#[derive(Debug)]
pub(super) struct Poller {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Duration>, String>>,
}

impl Poller {
    /// Starts to read a path every 10 ms.
    pub(super) fn start(api: &Api, path: String) -> Self {
        let (api, ended) = (api.another_connection(), Arc::new(AtomicBool::new(false)));
        let seen = Arc::clone(&ended);
        let thread = thread::spawn(move || {
            let mut times = Vec::new();
            while !seen.load(Ordering::Relaxed) {
                let asked = Instant::now();
                match api.get(&path).map_err(|error| error.to_string())? {
                    (200, _) => times.push(asked.elapsed()),
                    (404, _) => return Ok(Vec::new()),
                    (status, body) => return Err(format!("GET {path}: {status} {body}")),
                }
                thread::sleep(INTERVAL.saturating_sub(asked.elapsed()));
            }
            Ok(times)
        });
        Self { ended, thread }
    }

    /// Ends, and returns the 99th percentile in milliseconds; `None` where the server does not have
    /// this path.
    ///
    /// # Errors
    /// A read was answered with anything but 200 and 404.
    pub(super) fn p99_ms(self) -> Result<Option<f64>, Failure> {
        self.ended.store(true, Ordering::Relaxed);
        let mut times = self.thread.join().map_err(|_| "a poller ended in a panic")??;
        times.sort_unstable();
        Ok(percentile(&times, 99).map(milliseconds))
    }
}

const INTERVAL: Duration = Duration::from_millis(10);

/// The smallest of the sorted times that `percent` of them do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 99), Some(Duration::from_millis(198)));
        assert_eq!(percentile(&times, 50), Some(Duration::from_millis(100)));
        assert_eq!(percentile(&times[..1], 99), Some(Duration::from_millis(1)));
        assert_eq!(percentile(&[], 99), None);
    }
}
