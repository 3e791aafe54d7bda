//! A database file with damaged pages: a job whose lines cannot be read fails with a reason.

use std::{fs, path::Path};

use super::{
    api::failure,
    process::{Place, Server, window},
    receiver::Receiver,
};

#[tokio::test]
async fn a_job_whose_lines_are_damaged_fails_at_once_with_a_reason() {
    let (place, window, receiver) = (Place::new(), window(), Receiver::taking().await);
    let lines = window.filled(1_000);
    let server = place.serve(&[]).await;
    server.api.ingest(&lines).await;
    stopped(server).await;
    damage(&place.data(), &lines[500].text);

    let server = place.serve(&["--batch-lines", "10"]).await;
    let job = server.api.replay_to(&receiver, window).await;
    let reason = "its lines could not be read: database disk image is malformed";
    assert_eq!(failure(&job), reason);
    let sent = receiver.taken();
    assert!(!sent.is_empty() && window.replayed(&lines[..500]).starts_with(&sent), "{sent}");
    stopped(server).await;
    let log = place.log();
    assert!(!log.contains("could not be moved"), "{log}");
}

#[tokio::test]
async fn a_job_that_cannot_start_on_a_damaged_archive_fails_with_a_reason() {
    let (place, window, receiver) = (Place::new(), window(), Receiver::taking().await);
    let lines = window.filled(1_000);
    let server = place.serve(&[]).await;
    server.api.ingest(&lines).await;
    stopped(server).await;
    damage(&place.data(), &lines[999].text);

    let server = place.serve(&[]).await;
    let job = server.api.replay_to(&receiver, window).await;
    assert!(failure(&job).starts_with("its lines could not be read: "), "{job}");
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

/// Ends the server in good order, so that the database file holds everything.
async fn stopped(server: Server) {
    server.process.signal("TERM").await;
    assert_eq!(server.process.ended().await.code(), Some(0));
}
