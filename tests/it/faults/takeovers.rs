//! Two servers on one database, one of which ends: what the receiver asked for, and the limit of a job's
//! rate, hold when the other one takes over.

use core::time::Duration;

use replay_tests::{
    polling::until,
    process::{Server, window},
    receiver::{Gate, Receiver, Reply},
};

use super::leases::{metric, two_servers};

#[tokio::test]
async fn a_server_that_takes_over_makes_no_request_before_the_end_of_a_pause() {
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&[]).await;
    let receiver = Receiver::replying(|request| match request.number {
        0 => Reply::Full(429, "retry-after: 8\r\n", ""),
        _ => Reply::Status(200),
    })
    .await;
    let window = window();
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(5)).await;
    one.api.replay(window).await;
    let [holder, other] = holder_first([one, other], "throttled").await;
    holder.stop().await;
    assert_eq!(other.api.settled().await["status"], "completed");
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    let pause = requests[1].at - requests[0].at;
    assert!(pause >= Duration::from_millis(7_900), "{pause:?}");
}

#[tokio::test]
async fn the_limit_of_a_jobs_rate_holds_when_another_server_takes_over() {
    let args = ["--batch-lines", "100", "--in-flight", "1"];
    let [(_one_dir, one), (_other_dir, other)] = two_servers(&args).await;
    let window = window();
    let gate = Gate::closed();
    let receiver = Receiver::holding_first(&gate).await;
    one.api.point_at(&receiver.url()).await;
    one.api.ingest(&window.filled(500)).await;
    one.api.replay(window).await;
    one.api.set_rate(Some(50)).await;
    gate.open();
    let [holder, other] = holder_first([one, other], "acknowledged").await;
    receiver.wait_for_requests(2).await;
    holder.stop().await;
    assert_eq!(other.api.settled().await["status"], "completed");
    let requests = receiver.requests();
    assert_eq!(receiver.line_counts(), [100; 5]);
    // The first request was made before the limit was set. A burst of 5 lines may be sent ahead.
    for pair in requests[1..].windows(2) {
        let wait = pair[1].at - pair[0].at;
        assert!(wait >= Duration::from_millis(1_800), "100 lines after {wait:?}");
    }
}

/// The servers, first the one that has made a request of a job with this result.
async fn holder_first(servers: [Server; 2], result: &str) -> [Server; 2] {
    let name = format!("replay_delivery_attempts_total{{lane=\"job\",result=\"{result}\"}}");
    let [one, other] = &servers;
    let is_first = until("a request is made", async || {
        if metric(one, &name).await > 0 {
            return Some(true);
        }
        (metric(other, &name).await > 0).then_some(false)
    });
    let is_first = is_first.await;
    let [one, other] = servers;
    if is_first { [one, other] } else { [other, one] }
}
