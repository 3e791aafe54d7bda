//! The steps that have a connection to PostgreSQL at the moment, and whether one of them is overdue: then
//! the database hangs, and other steps fail after a short time.

use core::time::Duration;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::deadline::Deadline;

/// The steps of a process, shared between its pools.
#[derive(Clone, Debug, Default)]
pub(super) struct RunningSteps(Arc<Mutex<Running>>);

#[derive(Debug, Default)]
struct Running {
    next_number: u64,
    deadlines: HashMap<u64, Deadline>,
}

/// A step, until this is dropped.
#[derive(Debug)]
pub(super) struct RunningStep {
    number: u64,
    steps: RunningSteps,
}

/// How long a step may take while the database hangs.
const WHILE_IT_HANGS: Duration = Duration::from_secs(1);

impl RunningSteps {
    /// The deadline of a step that may take this time.
    pub(super) fn deadline(&self, limit: Duration) -> Deadline {
        let is_overdue = |deadline: &Deadline| deadline.check().is_err();
        let hangs = self.lock().deadlines.values().any(is_overdue);
        Deadline::after(if hangs { limit.min(WHILE_IT_HANGS) } else { limit })
    }

    /// Takes note of a step that begins.
    pub(super) fn begin(&self, deadline: Deadline) -> RunningStep {
        let mut running = self.lock();
        running.next_number += 1;
        let number = running.next_number;
        running.deadlines.insert(number, deadline);
        RunningStep { number, steps: self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningStep {
    fn drop(&mut self) {
        self.steps.lock().deadlines.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::future::pending;

    use tokio::time::Instant;

    use crate::store::StoreError;

    #[tokio::test(start_paused = true)]
    async fn steps_fail_soon_while_one_is_overdue() {
        let steps = RunningSteps::default();
        let limit = Duration::from_secs(10);
        let took = async || {
            let began_at = Instant::now();
            let step = steps.deadline(limit).limit(pending::<Result<(), StoreError>>());
            step.await.unwrap_err();
            began_at.elapsed().as_secs()
        };
        let (_long, first) = (steps.begin(Deadline::none()), steps.begin(steps.deadline(limit)));
        assert_eq!(took().await, 10);
        assert_eq!(took().await, 1, "the first one is overdue");
        drop(first);
        assert_eq!(took().await, 10);
    }
}
