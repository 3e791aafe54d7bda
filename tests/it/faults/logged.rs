//! What the program logs on stderr: one line for each change of a job's status and of a webhook's
//! health, and one for each trim.

use replay_tests::{
    polling::until,
    process::{Server, ServerDir, window},
    receiver::{Receiver, Reply},
};

#[tokio::test]
async fn each_change_of_status_is_logged_as_one_line() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    let receiver = Receiver::replying(|one| match one.number {
        2 => Reply::Full(404, "", "words of the receiver"),
        _ => Reply::Status(200),
    })
    .await;
    server.api.ingest(&window.filled(30)).await;
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "failed");
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    server.stop().await;

    let log = data_dir.log();
    let jobs = lines_with(&log, "the job's status changed");
    let statuses = ["accepted", "pending", "running", "failed"].into_iter().chain([
        "accepted",
        "pending",
        "running",
        "completed",
    ]);
    for (line, status) in jobs.iter().zip(statuses) {
        assert!(line.contains(&format!(" status={status}")), "{status}: {line}");
        assert!(line.contains(" INFO ") && line.contains("region=us job="), "{line}");
    }
    assert_eq!(jobs.len(), 8, "{log}");
    assert!(jobs[3].contains("reason=\"the webhook answered 404\" delivered_lines=20"), "{log}");
    assert!(jobs[7].contains("delivered_lines=30"), "{log}");

    let health = lines_with(&log, "the webhook's health changed");
    assert_eq!(health.len(), 2, "{log}");
    assert!(health[0].contains("status=inactive code=404 reason=\"Not Found\""), "{log}");
    assert!(health[1].contains("status=active"), "{log}");
    assert!(!log.contains("words of the receiver"), "{log}");
}

#[tokio::test]
async fn the_environment_sets_the_log_filter() {
    let (data_dir, window, receiver) = (ServerDir::new(), window(), Receiver::accepting().await);
    let mut command = data_dir.serve_command(&["--allow-net", "127.0.0.0/8"]);
    command.env("RUST_LOG", "error");
    let server = Server::start(command).await;
    server.api.ingest(&window.filled(1)).await;
    server.api.replay_to(&receiver, window).await;
    assert_eq!(data_dir.log(), "");
}

#[tokio::test]
async fn a_trim_is_logged_as_one_line_with_its_total() {
    let (data_dir, window) = (ServerDir::new(), window());
    let server = data_dir.serve(&[]).await;
    server.api.ingest(&window.filled(12_000)).await;
    server.kill().await;
    let _server = data_dir.serve(&["--retention", "1s", "--grace", "0s"]).await;
    let trims = until("a trim is logged", async || {
        let trims = lines_with(&data_dir.log(), "past retention");
        (!trims.is_empty()).then_some(trims)
    })
    .await;
    assert!(trims.len() == 1 && trims[0].contains("region=us lines=12000"), "{trims:?}");
}

fn lines_with(log: &str, text: &str) -> Vec<String> {
    log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}
