//! The page that Prometheus reads: who may read it, what it says while lines are ingested and a job
//! runs, and that Prometheus' own check accepts it.

use std::process::Stdio;

use replay_server::auth::Role;
use replay_tests::{
    in_process::{InProcessServer, Settings, window},
    polling::until,
    receiver::{Gate, Receiver, Reply},
};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{
    request::{INGEST, get, line, post, request_with_method},
    server::Api,
};

#[tokio::test]
async fn the_page_counts_lines_requests_and_jobs_and_prometheus_accepts_it() {
    let gate = Gate::closed();
    let held = gate.clone();
    let receiver = Receiver::replying(move |request| match request.number {
        0 => Reply::Status(200),
        1 => Reply::Status(429),
        _ => held.hold(Reply::Status(200)),
    })
    .await;
    let server = InProcessServer::start(Settings { in_flight: 1, ..Settings::default() }).await;
    let lines = window().filled(30);
    server.api.ingest(&lines).await;
    let again = server.api.try_ingest(&lines[..5]).await.unwrap();
    assert_eq!(again.json()["duplicates"], 5);
    server.api.ingest_gzip(vec![0]).await;
    server.api.point_at(&receiver.url()).await;
    server.api.replay(window()).await;
    receiver.wait_for_requests(3).await;

    let running = page(&server).await;
    check(&running).await;
    for series in [
        "replay_ingested_lines_total{region=\"us\",result=\"accepted\"} 30",
        "replay_ingested_lines_total{region=\"us\",result=\"duplicate\"} 5",
        "replay_ingested_lines_total{region=\"eu\",result=\"accepted\"} 0",
        "replay_archive_oldest_line_age_seconds{region=\"us\"} ",
        "replay_archive_lines{region=\"eu\"} 0",
        "replay_delivery_attempts_total{lane=\"job\",result=\"acknowledged\"} 1",
        "replay_delivery_attempts_total{lane=\"job\",result=\"throttled\"} 1",
        "replay_delivery_attempt_duration_seconds_count{lane=\"job\"} 2",
        "replay_requests_in_flight{lane=\"job\",region=\"us\"} 1",
        "replay_delivered_lines_total{lane=\"job\",region=\"us\"} 10",
        "replay_job_status{region=\"us\",status=\"running\"} 1",
        "replay_job_status{region=\"us\",status=\"accepted\"} 0",
        "replay_job_status{region=\"eu\",status=\"unconfigured\"} 1",
        "replay_job_delivered_lines{region=\"us\"} 10",
        "replay_job_lines{region=\"us\"} 30",
        "replay_jobs_settled_total{region=\"us\",status=\"completed\"} 0",
    ] {
        assert!(running.lines().any(|line| line.starts_with(series)), "{series}: {running}");
    }
    assert!(!running.contains("replay_lane_lag"), "the server does not forward: {running}");
    for (archived, least) in [("lines", 30), ("recent_lines", 30), ("bytes", 3_000)] {
        let series = format!("replay_archive_{archived}{{region=\"us\"}} ");
        let value = running.lines().find_map(|line| line.strip_prefix(&series));
        assert!(value.unwrap().parse::<u64>().unwrap() >= least, "{series}: {running}");
    }

    gate.open();
    server.api.settled().await;
    let settled = until("the request is counted", async || {
        Some(page(&server).await).filter(|page| {
            page.contains("replay_requests_in_flight{lane=\"job\",region=\"us\"} 0\n")
        })
    })
    .await;
    check(&settled).await;
    for series in [
        "replay_delivered_lines_total{lane=\"job\",region=\"us\"} 30",
        "replay_delivery_attempts_total{lane=\"job\",result=\"acknowledged\"} 3",
        "replay_jobs_settled_total{region=\"us\",status=\"completed\"} 1",
        "replay_job_status{region=\"us\",status=\"completed\"} 1",
    ] {
        assert!(settled.lines().any(|line| line == series), "{series}: {settled}");
    }
}

#[tokio::test]
async fn rejected_lines_are_counted_also_where_no_line_was_archived() {
    let api = Api::new();
    let some = format!("nonsense\n{}", line(1));
    api.send(post(INGEST).body(some)).await.expect(202);
    api.send(post(INGEST).body("more\nnonsense")).await.expect(400);
    let page = api.send(get("/metrics")).await.expect(200).body;
    assert!(page.contains("lines_total{region=\"us\",result=\"rejected\"} 3\n"), "{page}");
    assert!(page.contains("lines_total{region=\"us\",result=\"accepted\"} 1\n"), "{page}");
}

#[tokio::test]
async fn the_page_needs_no_token_on_loopback_and_has_the_type_of_its_format() {
    let api = Api::new();
    let page = api.send(get("/metrics").without_token()).await.expect(200);
    assert_eq!(page.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    api.send(get("/metrics").with_token("alr_nobody's")).await.expect(200);
    api.send(request_with_method(axum::http::Method::POST, "/metrics")).await.expect(405);
}

#[tokio::test]
async fn the_page_needs_a_token_that_may_read_behind_a_proxy() {
    let api = Api::set_up(|app| app.behind_tls_proxy = true);
    api.send(get("/metrics").without_token()).await.expect(401);
    api.send(get("/metrics").with_token("alr_nobody's")).await.expect(401);
    let ingest = api.token(Role::Ingest, &[]).await;
    api.send(get("/metrics").with_token(&ingest)).await.expect(403);
    for (role, regions, covered) in [
        (Role::OrgAdmin, &[][..], "us eu au"),
        (Role::ReadOnly, &[], "us eu au"),
        (Role::ReadOnly, &["eu", "au"], "eu au"),
        (Role::AuditLogsAdmin, &["us"], "us"),
    ] {
        let token = api.token(role, regions).await;
        let page = api.send(get("/metrics").with_token(&token)).await.expect(200).body;
        let is_shown = |label: &&str| page.contains(&format!("region=\"{label}\""));
        let shown: Vec<_> = ["us", "eu", "au"].into_iter().filter(is_shown).collect();
        assert_eq!(shown.join(" "), covered, "{role:?} {regions:?}");
        assert!(page.contains("replay_database_file_bytes "), "{page}");
    }
}

/// The page, which is read without a token.
async fn page(server: &InProcessServer) -> String {
    let response = server.api.get_root("/metrics").await;
    assert_eq!(response.code, 200, "{response:?}");
    response.text
}

/// Asserts that promtool, from Debian's package `prometheus`, has nothing to say about the page.
async fn check(page: &str) {
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]).stdin(Stdio::piped());
    let mut promtool = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is needed on PATH: `cargo xtask test` installs it");
    promtool.stdin.take().unwrap().write_all(page.as_bytes()).await.unwrap();
    let output = promtool.wait_with_output().await.unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
    assert!(output.status.success() && said.concat().is_empty(), "{said:?}\n{page}");
}
