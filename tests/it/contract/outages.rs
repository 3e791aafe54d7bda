//! The list of outages: their times and counts, and its pages.

use chrono::TimeDelta;
use replay_core::{
    lane::LaneOutcome,
    outage::OutageReason::{Refused, Unreachable},
};
use replay_server::auth::Role;
use serde_json::{Value, json};

use super::{
    forwarded::{Forwarded, given_up},
    request::{INGEST, OUTAGES, get, line, post},
    server::{Api, NOW, at, region},
};

#[tokio::test]
async fn a_server_without_outages_has_an_empty_page() {
    let empty = json!({"outages": [], "next_cursor": null});
    assert_eq!(Api::new().send(get(OUTAGES)).await.expect(200).json(), empty);
    let run = Forwarded::new().await;
    run.ingest([1]).await;
    assert_eq!(run.api.send(get(OUTAGES)).await.expect(200).json(), empty);
}

#[tokio::test]
async fn an_outage_of_a_disabled_webhook_counts_the_lines_that_arrived_meanwhile() {
    let run = Forwarded::new().await;
    run.ingest([0]).await;
    run.api.turn_clock_to("2026-11-23T12:01:00Z");
    run.set_enabled(false).await;
    let open = run.latest().await;
    run.ingest([30, 10, 20]).await;
    let expected = json!({
        "id": open["id"],
        "began_at": "2026-11-23T12:01:00Z",
        "ended_at": null,
        "reason": "disabled",
        "undelivered_lines": 4,
        "undelivered_bytes": bytes([0, 10, 20, 30]),
        "lost_lines": 0,
        "first_at": null,
        "last_at": null,
        "healing_job": null,
        "healed_at": null,
        "healed_by": null,
    });
    assert_eq!(run.latest().await, expected);

    run.api.turn_clock_to("2026-11-23T12:02:00.5Z");
    run.set_enabled(true).await;
    run.ingest([40]).await;
    let ended = run.latest().await;
    for (field, value) in [
        ("ended_at", json!("2026-11-23T12:02:00.5Z")),
        ("undelivered_lines", json!(4)),
        ("undelivered_bytes", json!(bytes([0, 10, 20, 30]))),
        ("first_at", json!("2026-11-23T11:00:00Z")),
        ("last_at", json!("2026-11-23T11:00:30Z")),
        ("healed_at", json!(null)),
    ] {
        assert_eq!(ended[field], value, "{field}");
    }
}

#[tokio::test]
async fn lines_that_the_lane_delivered_are_not_in_an_outage() {
    let run = Forwarded::new().await;
    run.ingest_new(0..5).await;
    run.send(2, 1, LaneOutcome::Acknowledged).await;
    run.send(2, 1, given_up(Unreachable, "the webhook answered 503 after 4 retries")).await;
    let open = run.latest().await;
    assert_eq!(open["reason"], "unreachable");
    assert_eq!(open["detail"], "the webhook answered 503 after 4 retries");
    assert_eq!(open["undelivered_lines"], 3);
    run.send(2, 2, LaneOutcome::Acknowledged).await;
    let ended = run.latest().await;
    assert_eq!((&ended["id"], &ended["undelivered_lines"]), (&open["id"], &json!(1)));
    assert_eq!((&ended["first_at"], &ended["last_at"]), (&json!(new(4)), &json!(new(4))));
}

#[tokio::test]
async fn an_outage_without_undelivered_lines_is_healed_when_it_ends() {
    let run = Forwarded::new().await;
    let id = run.outage_with([]).await;
    let expected = [
        ("id", json!(id)),
        ("ended_at", json!(NOW)),
        ("undelivered_lines", json!(0)),
        ("healed_at", json!(NOW)),
        ("healed_by", json!(null)),
    ];
    for (field, value) in expected {
        assert_eq!(run.latest().await[field], value, "{field}");
    }
}

#[tokio::test]
async fn an_outage_says_how_many_of_its_lines_retention_has_removed() {
    let run = Forwarded::new().await;
    run.set_enabled(false).await;
    run.ingest(0..4).await;
    run.ingest(100..103).await;
    run.set_enabled(true).await;
    let before = at("2026-11-23T11:01:00Z");
    assert_eq!(run.api.store.trim(&region("us"), before).await.unwrap().lines, 4);
    let outage = run.latest().await;
    assert_eq!((&outage["lost_lines"], &outage["undelivered_lines"]), (&json!(4), &json!(3)));
    assert_eq!(outage["undelivered_bytes"], bytes([100, 101, 102]));
}

#[tokio::test]
async fn pages_have_every_outage_once_and_the_newest_first_while_outages_begin() {
    let run = Forwarded::new().await;
    let mut expected = Vec::new();
    for second in 0..7 {
        expected.insert(0, run.outage_with([second]).await);
    }
    let (mut read, mut cursor, mut sizes) = (Vec::new(), None, Vec::new());
    loop {
        let page = page(&run, 3, cursor.as_deref()).await;
        sizes.push(ids(&page).len());
        read.extend(ids(&page));
        run.outage_with([100 + u32::try_from(read.len()).unwrap()]).await;
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((read, sizes), (expected, vec![3, 3, 1]));
    assert_eq!(ids(&page(&run, 500, None).await).len(), 10);
}

#[tokio::test]
async fn each_fault_of_the_parameters_is_named() {
    let run = Forwarded::new().await;
    run.outage_with([1]).await;
    for (query, fault) in [
        ("cursor=x", ("cursor", "invalid")),
        ("cursor=-1", ("cursor", "invalid")),
        ("cursor=%2B1", ("cursor", "invalid")),
        ("cursor=01", ("cursor", "invalid")),
        ("cursor=0", ("cursor", "invalid")),
        ("cursor=9223372036854775808", ("cursor", "invalid")),
        ("cursor=", ("cursor", "required")),
        ("limit=501", ("limit", "invalid")),
        ("reason=lag", ("reason", "unknown_property")),
    ] {
        run.api.send(get(&format!("{OUTAGES}?{query}"))).await.assert_faults(&[fault]);
    }
}

#[tokio::test]
async fn a_list_of_outages_is_refused_for_its_first_fault() {
    let run = Forwarded::new().await;
    run.outage_with([1]).await;
    let only_eu = run.api.token(Role::ReadOnly, &["eu"]).await;
    let ingester = run.api.token(Role::Ingest, &[]).await;
    let reader = run.api.token(Role::ReadOnly, &["us"]).await;
    let hopeless = format!("{OUTAGES}?limit=x");
    for elsewhere in ["/xx/", "/global/"] {
        let elsewhere = hopeless.replace("/us/", elsewhere);
        run.api.send(get(&elsewhere).without_token()).await.expect(401);
        run.api.send(get(&elsewhere).with_token(&only_eu)).await.expect(404);
    }
    run.api.send(get(&hopeless).with_token(&only_eu)).await.expect(403);
    run.api.send(get(&hopeless).with_token(&ingester)).await.expect(403);
    run.api.send(get(&hopeless).with_token(&reader)).await.expect(400);
    run.api.send(get(OUTAGES).with_token(&reader)).await.expect(200);
    assert_eq!(run.api.send(post(OUTAGES)).await.expect(405).header("allow"), "GET,HEAD");
    let in_eu = OUTAGES.replace("/us/", "/eu/");
    let page = run.api.send(get(&in_eu).with_token(&only_eu)).await.expect(200).json();
    assert_eq!(page["outages"], json!([]), "outages are those of the region");
}

#[tokio::test]
async fn a_refusal_of_the_webhook_is_the_reason_of_an_outage() {
    let run = Forwarded::new().await;
    run.ingest_new(0..3).await;
    let detail = "the webhook answered 400".to_owned();
    run.send(1, 1, LaneOutcome::BatchRefused { detail }).await;
    let refused = run.latest().await;
    assert_eq!(
        (&refused["reason"], &refused["undelivered_lines"]),
        (&json!("batch-refused"), &json!(1))
    );
    assert_eq!(refused["ended_at"], refused["began_at"]);
    run.send(1, 2, given_up(Refused, "the webhook answered 401")).await;
    let open = run.latest().await;
    assert_eq!((&open["reason"], &open["undelivered_lines"]), (&json!("refused"), &json!(2)));
    run.ingest([5]).await;
    assert_eq!(run.latest().await["undelivered_lines"], 3);
}

impl Forwarded {
    /// Archives lines that are dated after the webhook was enabled, so that they are forwarded.
    async fn ingest_new(&self, seconds: core::ops::Range<i64>) {
        let text = |second: i64| json!({"event_ts": new(second), "name": "x"}).to_string();
        let body: Vec<_> = seconds.map(text).collect();
        self.api.send(post(INGEST).body(body.join("\n"))).await.expect(202);
    }
}

/// A time after the webhook was enabled.
fn new(second: i64) -> String {
    time_range::write_timestamp(at(NOW) + TimeDelta::seconds(second))
}

fn bytes<const N: usize>(seconds: [u32; N]) -> usize {
    seconds.map(|second| line(second).len()).iter().sum()
}

async fn page(run: &Forwarded, limit: usize, cursor: Option<&str>) -> Value {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    run.api.send(get(&format!("{OUTAGES}?limit={limit}{cursor}"))).await.expect(200).json()
}

fn ids(page: &Value) -> Vec<String> {
    let outages = page["outages"].as_array().unwrap().iter();
    outages.map(|outage| outage["id"].as_str().unwrap().to_owned()).collect()
}
