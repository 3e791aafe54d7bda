//! Repeated refusals are counted, so that a client without a token cannot fill the archive; every
//! change is still recorded.

use core::time::Duration;
use std::sync::Arc;

use audit_log::Entry;
use replay_server::{
    auth::Role,
    self_audit::{write_summaries, write_summaries_every_minute},
};
use serde_json::json;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    request::{ApiRequest, GLOBAL, JOB, WEBHOOK, get, last_hour, patch, put},
    server::{Api, NOW, REGIONS, at},
};

#[tokio::test]
async fn thousands_of_anonymous_requests_add_at_most_200_kb() {
    for (log_format, filler) in [("cef", "="), ("json", "\""), ("cps", "\\")] {
        let api = audited();
        for label in REGIONS {
            let path = format!("/api/{label}/v2/audit-log-webhook");
            let body = json!({ "log_format": log_format });
            api.send(patch(&path).json(&body)).await.expect(200);
        }
        let before = sizes(&api).await;
        for number in 0..3_000 {
            let path = [GLOBAL, JOB, "/api/eu/v2/audit-log-webhook"][number % 3];
            let request = get(&format!("{path}?x={}", "=".repeat(4_000)))
                .without_token()
                .with("user-agent", filler.repeat(8_000))
                .with("x-forwarded-for", format!("192.0.2.{}", number % 250));
            api.send(request).await.expect(401);
            if number % 1_000 == 999 {
                write_summaries(&api.app).await;
            }
        }
        let after = sizes(&api).await;
        let (lines, bytes) = (after.0 - before.0, after.1 - before.1);
        // Three minutes: counts that start in the first are summed up in the others.
        assert!(lines <= 43, "{lines} lines of {log_format}");
        assert!(bytes <= 200_000, "{bytes} bytes of {log_format}");
    }
}

#[tokio::test]
async fn a_first_refusal_is_recorded_at_once_and_its_repetitions_in_one_summary() {
    let api = audited();
    for _ in 0..5 {
        api.send(from("2001:db8::1", get(JOB))).await.expect(401);
        api.send(from("2001:db8::2", get(JOB))).await.expect(401);
    }
    assert_eq!(recorded(&api, "us").await, [[JOB, "401", "2001:db8::1", ""]]);
    write_summaries(&api.app).await;
    let summary = ["/api/us", "401", "2001:db8::/64", "9"];
    assert_eq!(recorded(&api, "us").await, [summary, [JOB, "401", "2001:db8::1", ""]]);
    assert!(recorded(&api, "eu").await.is_empty());
    write_summaries(&api.app).await;
    assert_eq!(recorded(&api, "us").await.len(), 2);
}

#[tokio::test]
async fn two_summaries_of_one_caller_are_distinct_lines() {
    let api = audited();
    api.send(from("192.0.2.1", get(JOB))).await.expect(401);
    for second in ["01", "02"] {
        api.turn_clock_to(&format!("2026-11-23T12:00:{second}Z"));
        api.send(from("192.0.2.1", get(JOB))).await.expect(401);
        write_summaries(&api.app).await;
    }
    let counted = recorded(&api, "us").await.into_iter().filter(|line| line[3] == "1");
    assert_eq!(counted.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn repeated_refusals_are_summarized_after_a_minute() {
    let api = audited();
    let shutdown = CancellationToken::new();
    tokio::spawn(write_summaries_every_minute(Arc::clone(&api.app), shutdown));
    for _ in 0..4 {
        api.send(from("192.0.2.1", get(GLOBAL))).await.expect(401);
    }
    sleep(Duration::from_secs(50)).await;
    let first = [GLOBAL, "401", "192.0.2.1", ""];
    assert_eq!(recorded(&api, "us").await, [first]);
    sleep(Duration::from_secs(20)).await;
    assert_eq!(recorded(&api, "us").await, [["/api/global", "401", "192.0.2.1", "3"], first]);
}

#[tokio::test]
async fn refusals_of_a_token_are_counted_by_token_and_status() {
    let api = audited();
    let [one, other] = [api.token(Role::ReadOnly, &[]).await, api.token(Role::Ingest, &[]).await];
    let ids: Vec<_> = api.store.tokens().await.unwrap().into_iter().map(|token| token.id).collect();
    for _ in 0..3 {
        api.send(put(JOB).with_token(&one).json(&last_hour())).await.expect(403);
        api.send(put(JOB).with_token(&other).json(&last_hour())).await.expect(403);
        api.send(put(JOB).json(&last_hour())).await.expect(400);
    }
    assert_eq!(recorded(&api, "us").await.len(), 3);
    write_summaries(&api.app).await;
    let mut summaries = Vec::new();
    for line in api.archived("us").await {
        let entry = Entry::read(&line, at(NOW)).unwrap();
        if entry.field("count").as_deref() == Some("2") {
            assert_eq!(entry.field("act").unwrap(), "refused");
            let fields = ["status", "principal_id"].map(|field| entry.field(field).unwrap());
            summaries.push(fields.join(" "));
        }
    }
    summaries.sort_unstable();
    let [first, second] = [0, 1].map(|index: usize| format!("403 {}", ids[index]));
    let mut expected = ["400 environment".to_owned(), first, second];
    expected.sort_unstable();
    assert_eq!(summaries, expected);
}

#[tokio::test]
async fn every_change_is_recorded_however_many_there_are() {
    let api = audited();
    for _ in 0..50 {
        api.send(patch(WEBHOOK).json(&json!({}))).await.expect(200);
    }
    assert_eq!(recorded(&api, "us").await.len(), 50);
}

/// A server with self-audit, behind a proxy that names the client.
fn audited() -> Api {
    Api::set_up(|app| {
        app.self_audit = true;
        app.behind_tls_proxy = true;
    })
}

fn from(address: &str, request: ApiRequest) -> ApiRequest {
    request.without_token().with("x-forwarded-for", address)
}

/// The number of archived lines of all regions, and their bytes.
async fn sizes(api: &Api) -> (usize, usize) {
    let (mut lines, mut bytes) = (0, 0);
    for label in REGIONS {
        for line in api.archived(label).await {
            lines += 1;
            bytes += line.len();
        }
    }
    (lines, bytes)
}

/// Address, status, client and count of each of the region's self-audit lines, sorted.
async fn recorded(api: &Api, label: &str) -> Vec<[String; 4]> {
    let mut records = Vec::new();
    for line in api.archived(label).await {
        let entry = Entry::read(&line, at(NOW)).unwrap();
        let field = |name| entry.field(name).unwrap_or_default().into_owned();
        records.push(["request", "status", "src", "count"].map(field));
    }
    records.sort_unstable();
    records
}
