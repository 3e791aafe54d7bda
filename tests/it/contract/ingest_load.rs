//! Concurrent ingests, and ingests above the quota of the spool.

use std::{env, sync::Arc};

use replay_server::ingest::{Ingests, Spool};
use tokio::{sync::Notify, task::yield_now};

use super::{
    request::{INGEST, line, post},
    server::Api,
    stalled::stalled_body,
};

#[tokio::test]
async fn a_one_line_ingest_is_answered_while_large_ones_are_archived() {
    let api = Arc::new(Api::new());
    let large: Vec<_> = (0..8)
        .map(|number| {
            let api = Arc::clone(&api);
            tokio::spawn(async move { api.send(post(INGEST).body(text(number))).await })
        })
        .collect();
    while api.archived("us").await.is_empty() {
        yield_now().await;
    }
    api.send(post(INGEST).body(line(3_600))).await.expect(202);
    let under_way = large.iter().filter(|answer| !answer.is_finished()).count();
    assert!(under_way >= 4, "the response came after {} large ingests", 8 - under_way);
    for answer in large {
        assert_eq!(answer.await.unwrap().expect(202).json()["accepted"], LINES);
    }
}

#[tokio::test]
async fn a_body_above_the_quota_is_503_and_a_small_one_is_still_archived() {
    let api = with_quota(100_000);
    let answer = api.send(post(INGEST).body(text(0))).await.expect(503);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(answer.text("title"), "Service Unavailable");
    assert_eq!(
        answer.text("detail"),
        "Too much data is waiting to be archived; try again in [5] seconds"
    );
    assert!(api.archived("us").await.is_empty());
    api.send(post(INGEST).body(line(1))).await.expect(202);
}

#[tokio::test(start_paused = true)]
async fn concurrent_bodies_share_the_quota() {
    let api = Arc::new(with_quota(text(0).len() + 100_000));
    let woken = Arc::new(Notify::new());
    let silent = post(INGEST).body(stalled_body(text(0), Arc::clone(&woken)));
    let sending = tokio::spawn({
        let api = Arc::clone(&api);
        async move { api.send(silent).await }
    });
    woken.notified().await;
    api.send(post(INGEST).body(text(1))).await.expect(503);
    // Until the timeout of the stalled body.
    sending.await.unwrap().expect(400);
    api.send(post(INGEST).body(text(1))).await.expect(202);
}

/// The number of lines of a large body.
const LINES: u32 = 3_600;

/// A large body that differs from those with other numbers.
fn text(number: u32) -> String {
    let filler = "~".repeat(500);
    let lines: Vec<_> =
        (0..LINES).map(|second| format!("{}{number}{filler}", line(second))).collect();
    lines.join("\n")
}

/// A server with this quota of the spool.
fn with_quota(bytes: usize) -> Api {
    Api::set_up(|app| {
        app.ingests = Ingests::new(Spool::new(env::temp_dir(), bytes), &app.regions);
    })
}
