//! Ingests whose sender falls silent in the middle, as one does whose machine went down.

use core::{future::pending, time::Duration};
use std::{io, sync::Arc};

use axum::body::Body;
use http_body_util::{BodyExt, Full};
use tokio::{sync::Notify, time::timeout};

use super::{
    api::Api,
    ask::{INGEST, line, post},
};

#[tokio::test(start_paused = true)]
async fn silent_senders_do_not_keep_others_from_ingesting_for_ever() {
    let api = Arc::new(Api::new());
    for second in 0..4 {
        let (api, woken) = (Arc::clone(&api), Arc::new(Notify::new()));
        let silent = falls_silent_after(line(second), Arc::clone(&woken));
        tokio::spawn(async move { api.answer(post(INGEST).body(silent)).await });
        // Where only so many are taken up at once, the later ones are not heard.
        let _ = timeout(Duration::from_secs(1), woken.notified()).await;
    }
    let other = timeout(Duration::from_hours(1), api.answer(post(INGEST).body(line(9)))).await;
    assert!(other.is_ok(), "nobody could ingest for an hour");
    assert_eq!(api.archived("us").await, [line(9).into_bytes()]);
}

#[tokio::test(start_paused = true)]
async fn silent_senders_keep_nobody_waiting() {
    let api = Arc::new(Api::new());
    for second in 0..20 {
        let (api, woken) = (Arc::clone(&api), Arc::new(Notify::new()));
        let silent = falls_silent_after(line(second), Arc::clone(&woken));
        tokio::spawn(async move { api.answer(post(INGEST).body(silent)).await });
        timeout(Duration::from_secs(1), woken.notified()).await.expect("its body is not read");
    }
    for path in [INGEST, "/api/eu/x/ingest"] {
        let other = timeout(Duration::from_secs(1), api.answer(post(path).body(line(30)))).await;
        other.expect("it waits for others").expect(202);
    }
    assert_eq!(api.archived("us").await, [line(30).into_bytes()]);
}

/// A body that has been read up to `text` when `heard` is notified, and never ends.
pub(super) fn falls_silent_after(text: String, woken: Arc<Notify>) -> Body {
    let never = async move {
        woken.notify_one();
        pending::<Option<Result<_, io::Error>>>().await
    };
    Body::new(Full::from(text).map_err(|never| match never {}).with_trailers(never))
}
