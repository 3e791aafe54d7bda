//! A receiver that asks for patience: throttling is flow control and no failure, until a job has
//! gone without any acknowledgement for too long.

use core::time::Duration;

use super::{
    api::failure,
    inside::{Inside, Settings, window},
    receiver::Receiver,
    say::Say,
};

#[tokio::test]
async fn throttling_uses_up_no_retry() {
    let server = Inside::start(Settings::default()).await;
    let lines = server.archive(25).await;
    // Twelve times too many, then as many errors as there are retries, then well.
    let receiver = Receiver::saying(|delivery| {
        Say::Status(match delivery.number % 17 {
            0..12 => 429,
            12..16 => 500,
            _ => 200,
        })
    })
    .await;
    let job = server.api.replay_to(&receiver, window()).await;
    assert_eq!(job["status"], "completed");
    assert_eq!(receiver.taken(), window().replayed(&lines));
    assert_eq!(receiver.ledger().len(), 51);
}

#[tokio::test]
async fn retry_after_is_honoured_as_seconds_and_as_a_date() {
    for headers in [
        "retry-after: 1\r\n",
        "retry-after: Mon, 23 Nov 2026 12:00:01 GMT\r\ndate: Mon, 23 Nov 2026 12:00:00 GMT\r\n",
    ] {
        for code in [429, 503] {
            let server = Inside::start(Settings::default()).await;
            server.archive(3).await;
            let receiver = Receiver::saying(move |delivery| match delivery.number {
                0 => Say::Answer(code, headers, ""),
                _ => Say::Status(200),
            })
            .await;
            let job = server.api.replay_to(&receiver, window()).await;
            assert_eq!(job["status"], "completed");
            let ledger = receiver.ledger();
            assert_eq!(ledger.len(), 2);
            assert!(ledger[1].at - ledger[0].at >= Duration::from_secs(1), "{code} {headers}");
        }
    }
}

#[tokio::test]
async fn a_retry_after_that_says_nothing_is_as_good_as_none() {
    let server = Inside::start(Settings::default()).await;
    server.archive(3).await;
    for headers in [
        "retry-after: soon\r\n",
        "retry-after: -1\r\n",
        "retry-after: 1.5\r\n",
        "retry-after: \r\n",
        "retry-after: Mon, 23 Nov 2026 12:00:00 GMT\r\n",
        "retry-after: Mon, 23 Nov 2026 12:00:00 GMT\r\ndate: never\r\n",
    ] {
        let receiver = Receiver::saying(move |delivery| match delivery.number {
            0..6 => Say::Answer(429, headers, ""),
            _ => Say::Status(200),
        })
        .await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert_eq!((&job["status"], receiver.ledger().len()), (&"completed".into(), 7));
    }
}

#[tokio::test]
async fn a_job_that_is_only_put_off_fails_in_the_end() {
    let settings = Settings { silence: Duration::from_millis(500), ..Settings::default() };
    let server = Inside::start(settings).await;
    server.archive(25).await;
    for headers in ["", "retry-after: 300\r\n"] {
        let receiver = Receiver::saying(move |delivery| match delivery.number {
            0 => Say::Status(200),
            _ => Say::Answer(429, headers, ""),
        })
        .await;
        let job = server.api.replay_to(&receiver, window()).await;
        assert!(failure(&job).starts_with("nothing was acknowledged for "), "{job}");
        let message = Some("Too Many Requests".to_owned());
        assert_eq!(server.api.health().await, ("inactive".to_owned(), Some(429), message));
    }
}
