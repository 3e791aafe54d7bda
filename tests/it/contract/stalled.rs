//! Ingests whose sender stops in the middle without closing the connection.

use core::{future::pending, time::Duration};
use std::{io, sync::Arc};

use axum::body::Body;
use http_body_util::{BodyExt, Full};
use tokio::{sync::Notify, time::timeout};

use super::{
    request::{INGEST, line, post},
    server::Api,
};

#[tokio::test(start_paused = true)]
async fn stalled_senders_do_not_block_ingests_for_ever() {
    let api = Arc::new(Api::new());
    for second in 0..4 {
        let (api, woken) = (Arc::clone(&api), Arc::new(Notify::new()));
        let silent = stalled_body(line(second), Arc::clone(&woken));
        tokio::spawn(async move { api.send(post(INGEST).body(silent)).await });
        // More senders than the server reads at the same time.
        let _ = timeout(Duration::from_secs(1), woken.notified()).await;
    }
    let other = timeout(Duration::from_hours(1), api.send(post(INGEST).body(line(9)))).await;
    assert!(other.is_ok(), "no ingest succeeded for an hour");
    assert_eq!(api.archived("us").await, [line(9).into_bytes()]);
}

#[tokio::test(start_paused = true)]
async fn stalled_senders_do_not_delay_other_requests() {
    let api = Arc::new(Api::new());
    for second in 0..20 {
        let (api, woken) = (Arc::clone(&api), Arc::new(Notify::new()));
        let silent = stalled_body(line(second), Arc::clone(&woken));
        tokio::spawn(async move { api.send(post(INGEST).body(silent)).await });
        timeout(Duration::from_secs(1), woken.notified()).await.expect("its body is not read");
    }
    for path in [INGEST, "/api/eu/x/ingest"] {
        let other = timeout(Duration::from_secs(1), api.send(post(path).body(line(30)))).await;
        other.expect("it waits for others").expect(202);
    }
    assert_eq!(api.archived("us").await, [line(30).into_bytes()]);
}

/// A body that notifies `woken` when it has been read up to `text`, and never ends.
pub(super) fn stalled_body(text: String, woken: Arc<Notify>) -> Body {
    let never = async move {
        woken.notify_one();
        pending::<Option<Result<_, io::Error>>>().await
    };
    Body::new(Full::from(text).map_err(|never| match never {}).with_trailers(never))
}
