//! How long a step on PostgreSQL may take, with the wait for a connection. A database that hangs answers
//! nothing, not even that a timeout has passed.

use core::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::super::{
    StoreError,
    error::{DatabaseError, FailureKind},
};

/// When a step ends, answered or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// The step may take this time.
    pub(super) fn after(limit: Duration) -> Self {
        Self(Some(Instant::now() + limit))
    }

    /// The step takes as long as it takes.
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// Fails after the deadline: the step is not awaited any more, and must not be committed.
    pub(super) fn check(self) -> Result<(), StoreError> {
        if self.0.is_some_and(|end| end <= Instant::now()) { Err(unanswered()) } else { Ok(()) }
    }

    /// Waits for `step` until the end.
    pub(super) async fn limit<T, E: From<StoreError>>(
        self,
        step: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match self.0 {
            Some(end) => timeout_at(end, step).await.unwrap_or_else(|_| Err(unanswered().into())),
            None => step.await,
        }
    }
}

fn unanswered() -> StoreError {
    let summary = "the database does not answer".to_owned();
    let cause = summary.clone().into();
    StoreError::Database(DatabaseError { kind: FailureKind::Unavailable, summary, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_step_that_is_not_answered_in_time_fails_and_is_not_committed() {
        let deadline = Deadline::after(Duration::from_secs(3));
        assert!(deadline.check().is_ok());
        let step = core::future::pending::<Result<(), StoreError>>();
        assert!(deadline.limit(step).await.unwrap_err().is_unavailable());
        assert!(deadline.check().unwrap_err().is_unavailable());
        assert!(Deadline::none().check().is_ok());
    }
}
