//! The retention task: deletes lines that no timeframe can select any more, and settled jobs of the
//! same age. The store keeps the lines that an unsettled job still needs.

use core::time::Duration;

use replay_core::{Policy, Region};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{clock::Clock, store::Store};

/// Deletes lines and settled jobs past the retention in each region, now and every ten minutes, until
/// `shutdown`. Each transaction deletes a limited number of lines, so that other writers get their
/// turn.
pub(crate) async fn trim(
    store: Store,
    regions: Vec<Region>,
    policy: Policy,
    clock: Clock,
    shutdown: CancellationToken,
) {
    while !shutdown.is_cancelled() {
        for region in &regions {
            let before = policy.deleted_before(clock.now());
            let mut lines = 0;
            let ended = loop {
                match store.trim(region, before).await {
                    Ok(0) => break Ok(()),
                    Ok(deleted) => lines += deleted,
                    Err(error) => break Err(error),
                }
            };
            let jobs = loop {
                match store.trim_jobs(region, before).await {
                    Ok(0) => break Ok(()),
                    Ok(_) => {}
                    Err(error) => break Err(error),
                }
            };
            if lines > 0 {
                tracing::info!(%region, lines, "deleted lines past retention");
            }
            if let Err(error) = ended.and(jobs) {
                tracing::error!(%region, %error, "the archive could not be trimmed");
            }
        }
        let _ = timeout(Duration::from_mins(10), shutdown.cancelled()).await;
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use replay_core::{
        JobId, Timeframe,
        decisions::Submission,
        webhook::{Endpoint, Patch},
    };
    use time_range::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_job_that_is_not_current_is_deleted_after_the_retention() {
        let store = Store::in_memory(None).unwrap();
        let us = Region::named("us").unwrap();
        let url = "https://a.example".to_owned();
        let endpoint = Some(Endpoint { origin: url.clone(), url });
        let patch = Patch { endpoint, enabled: Some(true), ..Patch::default() };
        store.patch_webhook(&us, patch, at(0)).await.unwrap();
        for (day, id) in [(0, 1), (1, 2), (8, 3)] {
            let timeframe = Timeframe::new(at(day), at(day)).unwrap();
            let submission = Submission::to_region(us.clone(), JobId(id), timeframe);
            store.submit(submission, at(day)).await.unwrap();
        }
        let exists = async |id| store.job_by_id(&us, JobId(id)).await.unwrap().is_some();
        let (regions, clock) = (vec![us.clone()], Clock::new(|| at(9)));
        let trimming =
            trim(store.clone(), regions, Policy::DEFAULT, clock, CancellationToken::new());
        let deleted = async {
            while exists(1).await {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = trimming => panic!("the task ended"),
            () = deleted => {}
        }
        assert!(exists(2).await, "the job was replaced within the retention");
        assert!(exists(3).await, "the job is current");
    }

    fn at(day: i64) -> Timestamp {
        "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::days(day)
    }
}
