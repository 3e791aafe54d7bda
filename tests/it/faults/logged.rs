//! What the program logs on stderr: one line for each change of a job's status and of a webhook's
//! health, and one for each trim; as text or as JSON, and never with a secret.

use replay_tests::{
    client::ApiClient,
    polling::until,
    process::{Process, Server, ServerDir, TOKEN, program, stderr_of_failure, window},
    receiver::{Receiver, Reply},
};
use serde_json::{Value, json};

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

#[tokio::test]
async fn neither_the_log_nor_the_page_of_metrics_has_a_secret_whatever_is_logged() {
    let (data_dir, window) = (ServerDir::new(), window());
    let receiver = Receiver::replying(|request| match request.number {
        2 => Reply::Full(404, "", "words of the receiver"),
        _ => Reply::Status(200),
    })
    .await;
    let mut command = data_dir.serve_command(&[
        "--allow-net",
        "127.0.0.0/8",
        "--batch-lines",
        "10",
        "--log-format",
        "json",
    ]);
    command.env("RUST_LOG", "trace");
    let server = Server::start(command).await;
    let added = data_dir.stdout_of(&["token", "add", "--role", "read-only"]).await;
    let reader = added.lines().last().unwrap();
    server.api.ingest(&window.filled(30)).await;
    let endpoint = format!("http://{}/logs?key=s3cret-of-the-query", receiver.address);
    let authorization = "Bearer s3cret-of-the-siem";
    let webhook = json!({"endpoint": endpoint, "authorization": authorization, "enabled": true});
    assert_eq!(server.api.patch(webhook).await.code, 200);
    for status in ["failed", "completed"] {
        server.api.replay(window).await;
        assert_eq!(server.api.settled().await["status"], status);
    }
    assert_eq!(receiver.requests()[0].header("authorization"), authorization);
    let elsewhere = json!({"endpoint": "http://s3cret@127.0.0.1:1/", "authorization": 5});
    assert_eq!(server.api.patch(elsewhere).await.code, 400);
    assert_eq!(server.api.with_token(reader).put(window).await.code, 403);
    let metrics = server.api.with_token(reader).get_root_with_token("/metrics").await.text;
    assert!(metrics.contains("replay_jobs_settled_total{region=\"us\",status=\"failed\"} 1"));
    server.stop().await;

    let log = data_dir.log();
    for (what, text) in [("log", &log), ("page of metrics", &metrics)] {
        for secret in ["s3cret", TOKEN, "Bearer ", reader, "words of the receiver", "alr_"] {
            assert!(!text.contains(secret), "{secret} is in the {what}: {text}");
        }
    }
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(lines.iter().any(|line| line["level"] == "TRACE"), "{log}");
    let changes = lines.iter().filter(|line| line["message"] == "the job's status changed");
    let statuses: Vec<_> = changes.clone().map(|line| line["status"].as_str().unwrap()).collect();
    let expected = "accepted pending running failed accepted pending running completed";
    assert_eq!(statuses.join(" "), expected);
    let failed = changes.clone().nth(3).unwrap();
    assert_eq!((&failed["region"], &failed["level"]), (&json!("us"), &json!("INFO")));
    assert_eq!(failed["reason"], "the webhook answered 404");
    assert_eq!(failed["delivered_lines"], 20);
}

#[tokio::test]
async fn the_error_that_ends_the_program_is_logged_in_the_chosen_format() {
    let data_dir = ServerDir::new();
    for (filter, words) in [
        ("info", &["--log-format", "json", "serve", "--data"][..]),
        ("off", &["serve", "--log-format=json", "--listen", "0.0.0.0:0", "--data"]),
    ] {
        let mut command = program();
        command.args(words).arg(data_dir.file("in-the-way", "")).env("RUST_LOG", filter);
        let stderr = stderr_of_failure(command).await;
        let line: Value = serde_json::from_str(&stderr).unwrap();
        assert_eq!(line["level"], "ERROR", "{stderr}");
        assert!(!line["message"].as_str().unwrap().is_empty(), "{stderr}");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{stderr}");
    }
}

#[tokio::test]
async fn a_gateway_takes_the_log_format_and_has_no_metrics() {
    let mut command = program();
    command.args(["--log-format", "json", "serve", "--listen", "127.0.0.1:0"]);
    command.args(["--upstream", "http://127.0.0.1:1/{region}"]);
    let gateway = Process::start(command).await;
    let client = ApiClient::new(gateway.base_url.clone(), "any");
    let response = client.get_root_with_token("/metrics").await;
    assert_eq!((response.code, &response.json()["status"]), (404, &json!(404)));
}

fn lines_with(log: &str, text: &str) -> Vec<String> {
    log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}
