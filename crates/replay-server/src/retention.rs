//! The retention task: deletes lines that no timeframe can select any more, and jobs and outages that
//! ended long ago. The store keeps the lines that an unsettled job still needs.

use core::time::Duration;
use std::collections::HashMap;

use chrono::TimeDelta;
use replay_core::{Policy, Region, lease::WorkKind};
use time_range::Timestamp;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    leases::Leases,
    store::{Store, StoreError, Trimmed},
};

/// How often each region is trimmed.
const INTERVAL: Duration = Duration::from_mins(10);

/// How often the regions whose lease this node has got meanwhile are found.
const LEASES_INTERVAL: Duration = Duration::from_secs(10);

/// Deletes idempotency keys that are not known any more, and lines past the retention, old jobs and old
/// outages in each region of which this node has the lease, now and every ten minutes, until `shutdown`.
/// Each transaction deletes a limited number of lines, so that other writers get their turn.
pub(crate) async fn trim(
    store: Store,
    leases: Leases,
    regions: Vec<Region>,
    policy: Policy,
    clock: Clock,
    shutdown: CancellationToken,
) {
    let is_due = |at: Option<&Instant>| at.is_none_or(|at| at.elapsed() >= INTERVAL);
    let (mut keys_trimmed_at, mut days_kept_at, mut trimmed_at) = (None, None, HashMap::new());
    while !shutdown.is_cancelled() {
        if is_due(keys_trimmed_at.as_ref()) {
            keys_trimmed_at = Some(Instant::now());
            if let Err(error) = store.trim_idempotency_keys(clock.now()).await {
                tracing::error!(%error, "the idempotency keys could not be trimmed");
            }
        }
        for region in &regions {
            let Some(hold) = leases.current(WorkKind::Upkeep, region) else {
                trimmed_at.remove(region);
                continue;
            };
            if !is_due(trimmed_at.get(region)) {
                continue;
            }
            trimmed_at.insert(region, Instant::now());
            let (store, now) = (hold.store(&store), clock.now());
            let trimmed = trim_lines(&store, region, policy.deleted_before(now)).await;
            let history = trim_history(&store, region, policy.forgotten_before(now)).await;
            if trimmed.as_ref().is_ok_and(|lines| *lines > 0) {
                // Some days may have no lines any more, and their partitions can be dropped.
                days_kept_at = None;
            }
            if let Err(error) = trimmed.map(drop).and(history) {
                tracing::error!(%region, %error, "the archive could not be trimmed");
            }
        }
        if is_due(days_kept_at.as_ref()) {
            days_kept_at = Some(Instant::now());
            let now = clock.now();
            if let Err(error) = keep_days(&store, policy.deleted_before(now), now).await {
                // The next interval tries again.
                tracing::warn!(%error, "the partitions of the archive could not be kept up");
            }
        }
        let _ = timeout(LEASES_INTERVAL, shutdown.cancelled()).await;
    }
}

/// Deletes lines that are dated before `before`; returns their number.
async fn trim_lines(store: &Store, region: &Region, before: Timestamp) -> Result<u64, StoreError> {
    let mut lines = 0;
    let result = loop {
        match store.trim(region, before).await {
            Ok(Trimmed { lines: 0, .. }) => break Ok(lines),
            Ok(Trimmed { lines: deleted, .. }) => lines += deleted,
            Err(error) => break Err(error),
        }
    };
    if lines > 0 {
        tracing::info!(%region, lines, "deleted lines past retention");
    }
    result
}

/// Makes the partitions for lines of today and tomorrow, and drops those of days that were trimmed.
async fn keep_days(store: &Store, before: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    store.prepare_day(now).await?;
    store.prepare_day(now + TimeDelta::days(1)).await?;
    let days = store.drop_empty_days(before).await?;
    if days > 0 {
        tracing::info!(days, "dropped the partitions of days past retention");
    }
    Ok(())
}

/// Deletes jobs and outages that ended before `before`.
async fn trim_history(store: &Store, region: &Region, before: Timestamp) -> Result<(), StoreError> {
    while store.trim_jobs(region, before).await? > 0 {}
    while store.trim_outages(region, before).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use replay_core::{
        IdempotencyKey, JobId, OutageId, Scope, Timeframe,
        decisions::Submission,
        idempotency::BodyDigest,
        webhook::{Endpoint, Patch},
    };

    use crate::store::KeyedPut;

    #[tokio::test]
    async fn a_job_that_is_not_current_is_deleted_after_ninety_days() {
        let us = Region::named("us").unwrap();
        let store = store_with_webhook(&us).await;
        for (day, id) in [(0, 1), (1, 2), (91, 3)] {
            let timeframe = Timeframe::new(at(day), at(day)).unwrap();
            let submission = Submission::to_region(us.clone(), JobId(id), timeframe);
            store.submit(submission, at(day)).await.unwrap();
        }
        let exists = async |id| store.job_by_id(&us, JobId(id)).await.unwrap().is_some();
        trim_while(&store, &us, Clock::new(|| at(92)), async || exists(1).await).await;
        assert!(exists(2).await, "the job was replaced within ninety days");
        assert!(exists(3).await, "the job is current");
    }

    #[tokio::test]
    async fn an_idempotency_key_is_deleted_after_a_day() {
        let us = Region::named("us").unwrap();
        let store = store_with_webhook(&us).await;
        let put = KeyedPut {
            scope: Scope::One(us.clone()),
            token_id: "t1".to_owned(),
            key: IdempotencyKey::read(b"a").unwrap(),
            body: BodyDigest([0; 32]),
        };
        let timeframe = Timeframe::new(at(0), at(0)).unwrap();
        let submission = Submission::to_region(us.clone(), JobId(1), timeframe);
        store.submit_once(submission, Some(put.clone()), at(0)).await.unwrap();
        let is_known = async || store.repeated_put(put.clone(), at(0)).await.unwrap().is_some();
        assert!(is_known().await);
        trim_while(&store, &us, Clock::new(|| at(1)), is_known).await;
    }

    /// Runs the task at the time of `clock` while `is_left` finds something.
    async fn trim_while(
        store: &Store,
        region: &Region,
        clock: Clock,
        is_left: impl AsyncFn() -> bool,
    ) {
        let (regions, shutdown) = (vec![region.clone()], CancellationToken::new());
        let trimming =
            trim(store.clone(), Leases::all(), regions, Policy::DEFAULT, clock, shutdown);
        let deleted = async {
            while is_left().await {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = trimming => panic!("the task ended"),
            () = deleted => {}
        }
    }

    async fn store_with_webhook(region: &Region) -> Store {
        let store = Store::in_memory(None).unwrap();
        let url = "https://a.example".to_owned();
        let endpoint = Some(Endpoint { origin: url.clone(), url });
        let patch = Patch { endpoint, enabled: Some(true), ..Patch::default() };
        store.patch_webhook(region, patch, OutageId(0), at(0)).await.unwrap();
        store
    }

    fn at(day: i64) -> Timestamp {
        "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::days(day)
    }
}
