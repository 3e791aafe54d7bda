//! A database file with damaged pages: the server says so at its start, and a job whose lines cannot
//! be read fails with a reason.

use std::{fs, path::Path};

use serde_json::json;

use super::{
    api::{failure, until},
    process::{Place, refused, window},
    receiver::Receiver,
};

#[tokio::test]
async fn a_job_whose_lines_are_damaged_fails_at_once_with_a_reason() {
    let (place, window, receiver) = (Place::new(), window(), Receiver::taking().await);
    let lines = window.filled(1_000);
    let server = place.serve(&[]).await;
    server.api.ingest(&lines).await;
    server.stop().await;
    damage(&place.data(), &lines[500].text);

    let server = place.serve(&["--batch-lines", "10"]).await;
    let job = server.api.replay_to(&receiver, window).await;
    let reason = "its lines could not be read: database disk image is malformed";
    assert_eq!(failure(&job), reason);
    let sent = receiver.taken();
    assert!(!sent.is_empty() && window.replayed(&lines[..500]).starts_with(&sent), "{sent}");
    server.stop().await;
    let log = place.log();
    assert!(!log.contains("could not be moved"), "{log}");
}

#[tokio::test]
async fn a_job_that_cannot_start_on_a_damaged_archive_fails_with_a_reason() {
    let (place, window, receiver) = (Place::new(), window(), Receiver::taking().await);
    let lines = window.filled(1_000);
    let server = place.serve(&[]).await;
    server.api.ingest(&lines).await;
    server.stop().await;
    damage(&place.data(), &lines[999].text);

    let server = place.serve(&[]).await;
    let job = server.api.replay_to(&receiver, window).await;
    assert!(failure(&job).starts_with("its lines could not be read: "), "{job}");
}

#[tokio::test]
async fn damage_that_opening_does_not_see_is_reported_at_the_start() {
    let (place, window) = (Place::new(), window());
    let lines = window.filled(1_000);
    let server = place.serve(&[]).await;
    server.api.ingest(&lines).await;
    server.stop().await;
    damage(&place.data(), &lines[500].text);

    let server = place.serve(&[]).await;
    let report = until("the damage is reported", async || {
        let answered = server.api.get_root("/readyz").await;
        (answered.code == 503).then(|| answered.json())
    })
    .await;
    assert_eq!(report["database"], "the database file is damaged", "{report}");
    assert_eq!((&report["disk"], &report["engine"]), (&json!("ok"), &json!("ok")));
    assert_eq!(server.api.get_root("/healthz").await.text, "ok\n");
    let log = place.log();
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(errors.len() == 1 && errors[0].contains("the database file is damaged"), "{log}");
}

#[tokio::test]
async fn damage_that_a_job_finds_is_reported() {
    let (place, window, receiver) = (Place::new(), window(), Receiver::taking().await);
    let lines = window.filled(1_000);
    let server = place.serve(&[]).await;
    server.api.ingest(&lines).await;
    server.stop().await;

    // Damaged after the search at the start has found nothing.
    let server = place.serve(&[]).await;
    assert_eq!(server.api.get_root("/readyz").await.code, 200);
    damage(&place.data(), &lines[500].text);
    let job = server.api.replay_to(&receiver, window).await;
    assert!(failure(&job).starts_with("its lines could not be read: "), "{job}");
    let report = until("the damage is reported", async || {
        let answered = server.api.get_root("/readyz").await;
        (answered.code == 503).then(|| answered.json())
    })
    .await;
    assert_eq!(report["database"], "the database file is damaged", "{report}");
}

#[tokio::test]
async fn a_damaged_database_answers_health_and_readiness_to_a_client_with_a_token() {
    let (place, window) = (Place::new(), window());
    let server = place.serve(&[]).await;
    server.api.ingest(&window.filled(1)).await;
    fs::write(place.data().join("replay.db"), [0xff; 8_192]).unwrap();
    let stranger = server.api.with_token("a token that has to be looked up");
    assert_eq!(stranger.get("v2/audit-log-webhook").await.code, 500);
    assert_eq!(stranger.get_root_with_token("/healthz").await.text, "ok\n");
    until("the damage is reported", async || {
        let answered = stranger.get_root_with_token("/readyz").await;
        (answered.code == 503).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_server_does_not_start_on_a_damaged_header_and_says_what_to_do() {
    let place = Place::new();
    place.serve(&[]).await.stop().await;
    let path = place.data().join("replay.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..100].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let said = refused(place.serving(&[])).await;
    assert!(said.contains("replay.db: the database file is damaged"), "{said}");
    assert!(said.contains("restore it from a backup"), "{said}");
}

/// Overwrites every page of the database that holds `text`.
fn damage(data: &Path, text: &str) {
    const PAGE: usize = 4_096;
    let path = data.join("replay.db");
    let mut bytes = fs::read(&path).unwrap();
    let mut damaged = 0;
    for page in bytes.chunks_exact_mut(PAGE) {
        if page.windows(text.len()).any(|window| window == text.as_bytes()) {
            page.fill(0xff);
            damaged += 1;
        }
    }
    assert_eq!(damaged, 1, "pages that hold the line");
    fs::write(&path, bytes).unwrap();
}
