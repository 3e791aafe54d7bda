//! Many ingests at the same time, and more of them than there is room for.

use std::{env, sync::Arc};

use replay_server::ingest::{Ingests, Spool};
use tokio::{sync::Notify, task::yield_now};

use super::{
    api::Api,
    ask::{INGEST, line, post},
    stalled::falls_silent_after,
};

#[tokio::test]
async fn a_one_line_ingest_is_answered_while_large_ones_are_archived() {
    let api = Arc::new(Api::new());
    let large: Vec<_> = (0..8)
        .map(|number| {
            let api = Arc::clone(&api);
            tokio::spawn(async move { api.answer(post(INGEST).body(text(number))).await })
        })
        .collect();
    while api.archived("us").await.is_empty() {
        yield_now().await;
    }
    api.answer(post(INGEST).body(line(3_600))).await.expect(202);
    let under_way = large.iter().filter(|answer| !answer.is_finished()).count();
    assert!(under_way >= 4, "it was answered after {} large ones", 8 - under_way);
    for answer in large {
        assert_eq!(answer.await.unwrap().expect(202).json()["accepted"], LINES);
    }
}

#[tokio::test]
async fn a_body_above_the_quota_is_503_and_a_small_one_is_still_archived() {
    let api = with_quota(100_000);
    let answer = api.answer(post(INGEST).body(text(0))).await.expect(503);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(answer.text("title"), "Service Unavailable");
    assert_eq!(
        answer.text("detail"),
        "Too much data is waiting to be archived; try again in [5] seconds"
    );
    assert!(api.archived("us").await.is_empty());
    api.answer(post(INGEST).body(line(1))).await.expect(202);
}

#[tokio::test(start_paused = true)]
async fn bodies_on_their_way_use_up_the_quota_together() {
    let api = Arc::new(with_quota(text(0).len() + 100_000));
    let woken = Arc::new(Notify::new());
    let silent = post(INGEST).body(falls_silent_after(text(0), Arc::clone(&woken)));
    let sending = tokio::spawn({
        let api = Arc::clone(&api);
        async move { api.answer(silent).await }
    });
    woken.notified().await;
    api.answer(post(INGEST).body(text(1))).await.expect(503);
    // Until its time is up.
    sending.await.unwrap().expect(400);
    api.answer(post(INGEST).body(text(1))).await.expect(202);
}

/// How many lines a large body has.
const LINES: u32 = 3_600;

/// A large body, unlike those of other numbers.
fn text(number: u32) -> String {
    let filler = "~".repeat(500);
    let lines: Vec<_> =
        (0..LINES).map(|second| format!("{}{number}{filler}", line(second))).collect();
    lines.join("\n")
}

/// A server whose spool has room for so many bytes.
fn with_quota(bytes: usize) -> Api {
    Api::set_up(|app| {
        app.ingests = Ingests::new(Spool::new(env::temp_dir(), bytes), &app.regions);
    })
}
