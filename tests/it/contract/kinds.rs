//! Jobs and previews that are restricted to kinds of events.

use chrono::TimeDelta;
use replay_core::{
    job::Step,
    snapshot::{BatchLimits, Limits},
};
use replay_server::store::{Batch, Store};
use replay_tests::{
    lines::{Line, SeededRandom, Window},
    stepping::{batches, lines},
};
use serde_json::{Value, json};

use super::{
    random_archive::{SEAL_LIMITS, archive, everything, ingest, random_window, seal, text},
    request::{ApiRequest, GLOBAL, JOB, PREVIEW, get, last_hour, put},
    server::{Api, NOW, at, region},
};

/// Every kind, and a name that only its events have.
const KINDS: [(&str, &str); 4] = [
    ("authentication", "\"AUTHENTICATION_OUTCOME_SUCCESS\""),
    ("authorization", "\"Authz.portals\""),
    ("access", "\"Ingress\""),
    ("other", "\"x\""),
];

#[tokio::test]
async fn a_preview_counts_what_a_job_of_the_same_kinds_delivers() {
    let (api, mut random) = (Api::new(), SeededRandom::new(11));
    let archived = archive(&api, &mut random).await;
    api.enable("us").await;
    for _ in 0..40 {
        let (window, kinds) = (random_window(&archived, &mut random), random_kinds(&mut random));
        let expected = selected(&archived, window, &kinds);
        let preview = preview(&api, window, &kinds).await;
        let bytes: usize = expected.iter().map(String::len).sum();
        let counted = (&preview["lines"], &preview["bytes"]);
        assert_eq!(counted, (&json!(expected.len()), &json!(bytes)), "{window:?} {kinds:?}");
        let buckets = preview["buckets"].as_array().unwrap();
        let in_buckets: u64 = buckets.iter().map(|one| one["lines"].as_u64().unwrap()).sum();
        assert_eq!(in_buckets, expected.len() as u64);
        start(&api, window, &kinds, 1_000).await;
        let delivered: Vec<_> = requests(&api.store).await.into_iter().flat_map(|b| b.1).collect();
        assert_eq!(delivered, expected, "{window:?} {kinds:?}");
        api.advance("us", Step::Complete).await;
    }
}

#[tokio::test]
async fn a_preview_of_one_kind_begins_and_ends_with_lines_of_this_kind() {
    let (api, mut random) = (Api::new(), SeededRandom::new(12));
    let archived = archive(&api, &mut random).await;
    for (kind, name) in KINDS {
        let of_kind = |line: &&Line| line.text.contains(name);
        let ends = archived.iter().filter(of_kind).map(|line| line.at);
        let preview = preview(&api, everything(), &[kind]).await;
        let time = |field: &str| preview[field].as_str().map(at);
        assert_eq!((time("first_at"), time("last_at")), (ends.clone().min(), ends.max()), "{kind}");
    }
}

#[tokio::test]
async fn the_batches_of_a_job_with_kinds_are_fixed_when_it_starts() {
    let (api, mut random) = (Api::new(), SeededRandom::new(13));
    let archived = archive(&api, &mut random).await;
    api.enable("us").await;
    let kinds = ["access", "authentication"];
    start(&api, everything(), &kinds, 7).await;
    let before = requests(&api.store).await;
    assert!(before.len() > 100, "{}", before.len());
    assert!(before.iter().all(|(_, lines)| lines.len() <= 7));
    let delivered: Vec<_> = before.iter().flat_map(|(_, lines)| lines.clone()).collect();
    assert_eq!(delivered, selected(&archived, everything(), &kinds));

    let late: Vec<_> = (0..500)
        .map(|number| {
            let at = at(NOW) - TimeDelta::minutes(number * 11);
            let line = json!({"event_ts": text(at), "name": "Ingress", "trace_id": 9_000 + number});
            Line { at, text: line.to_string() }
        })
        .collect();
    ingest(&api, &late).await;
    seal(&api).await;
    while api.store.merge(&region("us"), SEAL_LIMITS).await.unwrap() {}
    assert_eq!(requests(&api.store).await, before);
    let restarted = api.restarted().await;
    assert_eq!(requests(&restarted.store).await, before);
}

#[tokio::test]
async fn a_job_reports_its_kinds_sorted_and_once_and_a_job_of_all_kinds_none() {
    let api = Api::new();
    api.enable("us").await;
    let given = json!(["other", "access", "other"]);
    let job = api.send(put(JOB).json(&with_kinds(&given))).await.expect(202).json();
    assert_eq!(job["kinds"], json!(["access", "other"]));
    assert_eq!(api.send(get(JOB)).await.json(), job);
    for body in [last_hour(), with_kinds(&Value::Null)] {
        let job = api.send(put(JOB).json(&body)).await.expect(202).json();
        assert_eq!(job.get("kinds"), None);
    }
}

#[tokio::test]
async fn a_put_to_global_restricts_the_job_of_every_region() {
    let api = Api::new();
    for label in ["us", "eu"] {
        api.enable(label).await;
    }
    api.send(put(GLOBAL).json(&with_kinds(&json!(["access"])))).await.expect(202);
    for label in ["us", "eu"] {
        let job = api.send(get(&JOB.replace("us", label))).await.expect(200).json();
        assert_eq!(job["kinds"], json!(["access"]), "{label}");
    }
}

#[tokio::test]
async fn unknown_and_missing_kinds_are_refused_with_the_names_of_the_known_ones() {
    let api = Api::new();
    api.enable("us").await;
    for (kinds, query, rule) in [
        (json!([]), "", "enum"),
        (json!(["access", "login"]), "access,login", "enum"),
        (json!(["Access"]), "Access", "enum"),
        (json!(["access", ""]), "access,", "enum"),
    ] {
        let by_body = api.send(put(JOB).json(&with_kinds(&kinds))).await;
        let by_query = api.send(get_preview_of(query)).await;
        let rule_of_body = if kinds == json!([]) { "invalid" } else { rule };
        for (answer, rule) in [(by_body, rule_of_body), (by_query, rule)] {
            let entry = answer.expect(400).json()["invalid_parameters"][0].clone();
            assert_eq!((&entry["field"], &entry["rule"]), (&json!("kinds"), &json!(rule)));
            for (kind, _) in KINDS {
                assert!(entry["reason"].as_str().unwrap().contains(kind), "{entry}");
            }
        }
    }
    for kinds in [json!("access"), json!({}), json!([1])] {
        api.send(put(JOB).json(&with_kinds(&kinds))).await.reason("kinds");
    }
    assert_eq!(api.status("us").await, "unconfigured");
}

/// The lines of the window that have one of the kinds, in order; of all kinds without one.
fn selected(archived: &[Line], window: Window, kinds: &[&str]) -> Vec<String> {
    let names: Vec<_> = KINDS.iter().filter(|(kind, _)| kinds.contains(kind)).collect();
    let of_kinds = |line: &Line| names.iter().any(|(_, name)| line.text.contains(name));
    let lines = window.lines(archived).into_iter();
    lines.filter(|line| kinds.is_empty() || of_kinds(line)).map(|line| line.text).collect()
}

fn random_kinds(random: &mut SeededRandom) -> Vec<&'static str> {
    let mut kinds: Vec<_> =
        KINDS.iter().filter(|_| random.below(2) == 0).map(|(kind, _)| *kind).collect();
    if kinds.is_empty() {
        kinds.push(KINDS[random.below(KINDS.len())].0);
    }
    kinds
}

async fn preview(api: &Api, window: Window, kinds: &[&str]) -> Value {
    let [start_at, end_at] = [window.start, window.end].map(text);
    let kinds = kinds.join(",");
    let path = format!("{PREVIEW}?start_at={start_at}&end_at={end_at}&kinds={kinds}");
    api.send(get(&path)).await.expect(200).json()
}

/// Starts a job of the window and the kinds, of all kinds without one.
async fn start(api: &Api, window: Window, kinds: &[&str], batch_lines: u64) {
    let [start_at, end_at] = [window.start, window.end].map(text);
    let mut body = json!({"start_at": start_at, "end_at": end_at});
    if !kinds.is_empty() {
        body["kinds"] = json!(kinds);
    }
    api.send(put(JOB).json(&body)).await.expect(202);
    api.advance("us", Step::Schedule).await;
    let us = region("us");
    let id = api.store.job(&us).await.unwrap().configured().unwrap().id;
    let batch = BatchLimits { lines: batch_lines, bytes: 900 * 1024 };
    let limits = Limits { batch, slices: 3, smallest_slice: 50, largest_slice: 400 };
    api.store.start(&us, id, limits, api.now(), api.now()).await.unwrap();
}

/// The id and the lines of each request that the running job has left.
async fn requests(store: &Store) -> Vec<(String, Vec<String>)> {
    let batches = batches(store, &region("us")).await;
    let text = |line| String::from_utf8(line).unwrap();
    let request =
        |batch: &Batch| (batch.webhook_id(), lines(batch).into_iter().map(text).collect());
    batches.iter().map(request).collect()
}

fn get_preview_of(kinds: &str) -> ApiRequest {
    let path = "start_at=2026-11-23T11:00:00Z&end_at=2026-11-23T12:00:00Z";
    get(&format!("{PREVIEW}?{path}&kinds={kinds}"))
}

fn with_kinds(kinds: &Value) -> Value {
    let mut body = last_hour();
    body["kinds"] = kinds.clone();
    body
}
