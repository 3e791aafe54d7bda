//! Both ends of the real program: sample lines of an archive, delivered to a sink that counts them.

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    client::ApiClient,
    lines::Window,
    process::{Process, ServerDir, program, window},
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_sink_counts_the_samples_delivered_to_it() {
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&["--batch-lines", "100", "--in-flight", "1"]).await;
    // The server runs while another process inserts the lines.
    let sample = data_dir.run(&["sample", "--days", "2", "--lines-per-day", "1500"]).await;
    assert!(sample.status.success(), "{sample:?}");
    let now = Clock::system().now();
    let window = Window { start: now - TimeDelta::days(3), end: now };

    let mut sink = sink(&["--authorization", "Splunk 1"]).await;
    let endpoint = format!("{}/logs", sink.base_url);
    let webhook = json!({ "endpoint": endpoint, "authorization": "Splunk 2", "enabled": true });
    assert_eq!(server.api.patch(webhook).await.code, 200);
    server.api.replay(window).await;
    assert_eq!(server.api.settled().await["reason"], "the webhook answered 401");
    assert_eq!(server.api.patch(json!({ "authorization": "Splunk 1" })).await.code, 200);
    server.api.replay(window).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    let seen = counts(&sink).await;
    assert_eq!((&seen["lines"], &seen["repeated"]), (&json!(3_000), &json!(0)), "{seen}");
    assert_eq!(seen["refused"], 1, "{seen}");
    let batches = seen["batches"].as_u64().unwrap();
    // Batches end at blocks and slices, too.
    assert!((30..60).contains(&batches) && seen["requests"] == batches + 1, "{seen}");
    let printed = sink.next_line().await.unwrap();
    assert!(printed.starts_with("401 "), "{printed}");
}

#[tokio::test]
async fn a_sink_keeps_running_when_its_stdout_is_closed() {
    let (data_dir, mut sink) = (ServerDir::new(), sink(&[]).await);
    sink.close_stdout();
    let server = data_dir.serve(&["--batch-lines", "10"]).await;
    let window = window();
    server.api.ingest(&window.filled(100)).await;
    server.api.point_at(&sink.base_url).await;
    for _ in 0..2 {
        server.api.replay(window).await;
        assert_eq!(server.api.settled().await["status"], "completed");
    }
    assert_eq!(counts(&sink).await["lines"], 200);
}

async fn sink(args: &[&str]) -> Process {
    let mut command = program();
    command.args(["sink", "--listen", "127.0.0.1:0"]).args(args);
    Process::start(command).await
}

/// The counts that the sink reports.
async fn counts(sink: &Process) -> Value {
    ApiClient::new(sink.base_url.clone(), "").get("").await.json()
}
