//! Healing by the server itself, step by step.

use replay_server::engine::{LiveDeliveries, NextLive};

use super::{forwarded::Forwarded, stepped_job::SteppedJob};

#[tokio::test]
async fn an_outage_is_healed_by_the_server_while_lines_keep_waiting() {
    let forwarded = Forwarded::new().await;
    let outage = forwarded.outage_with([1, 2]).await;
    forwarded.ingest([3_700]).await;
    let run = SteppedJob::over(forwarded.api, &[]).healing();
    let next = run.step_lane(&mut LiveDeliveries::default()).await;
    assert!(matches!(next, NextLive::Send(_)), "{next:?}");
    let job = run.api.store.job(&super::server::region("us")).await.unwrap();
    let heals = job.configured().and_then(|job| job.request.heals).map(|id| id.to_string());
    assert_eq!(heals, Some(outage));
}
