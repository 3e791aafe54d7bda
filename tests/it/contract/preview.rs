//! The preview against a count by hand, over random windows of an archive whose lines arrived in
//! random order, and against what a job of the same window then delivers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use replay_core::job::Step;
use replay_tests::{
    lines::{Line, SeededRandom, Window},
    stepping::{batches, lines},
};
use serde_json::{Value, json};

use super::{
    random_archive::{archive, everything, ingest, random_line, random_window, seal, text},
    request::{INGEST, JOB, PREVIEW, get, get_preview, line, post, put, span},
    server::{Api, NOW, at, region},
};

#[tokio::test]
async fn a_preview_without_lines_has_every_field() {
    let preview = Api::new().send(get_preview(PREVIEW)).await.expect(200).json();
    let expected = json!({
        "start_at": "2026-11-23T11:00:00Z",
        "end_at": "2026-11-23T12:00:00Z",
        "lines": 0,
        "bytes": 0,
        "first_at": null,
        "last_at": null,
        "archive_first_at": null,
        "bucket_seconds": 60,
        "buckets": [],
        "webhook_ready": false,
        "estimated_seconds": null,
    });
    assert_eq!(preview, expected);
}

#[tokio::test]
async fn a_preview_counts_the_bytes_of_its_lines_without_line_feeds() {
    let api = Api::new();
    let body = [line(0), line(59), line(60)].join("\n") + "\n";
    api.send(post(INGEST).body(body)).await.expect(202);
    let preview = api.send(get_preview(PREVIEW)).await.expect(200).json();
    let (first, second) = (line(0).len() + line(59).len(), line(60).len());
    assert_eq!(preview["lines"], 3);
    assert_eq!(preview["bytes"], first + second);
    assert_eq!(preview["first_at"], "2026-11-23T11:00:00Z");
    assert_eq!(preview["last_at"], "2026-11-23T11:01:00Z");
    let buckets = json!([
        {"at": "2026-11-23T11:00:00Z", "lines": 2, "bytes": first, "undelivered_lines": 0},
        {"at": "2026-11-23T11:01:00Z", "lines": 1, "bytes": second, "undelivered_lines": 0},
    ]);
    assert_eq!(preview["buckets"], buckets);
}

#[tokio::test]
async fn a_preview_counts_exactly_the_lines_of_any_window() {
    for seed in 1..=3 {
        let mut random = SeededRandom::new(seed);
        let api = Api::new();
        let archived = archive(&api, &mut random).await;
        for _ in 0..150 {
            let window = random_window(&archived, &mut random);
            assert_counted(&preview(&api, window).await, window, &archived);
        }
    }
}

#[tokio::test]
async fn a_preview_has_at_most_200_aligned_buckets() {
    let api = Api::new();
    let every_minute: Vec<_> = (0..1_500)
        .map(|number| Line::plain(number, at(NOW) - TimeDelta::minutes(number.try_into().unwrap())))
        .collect();
    ingest(&api, &every_minute).await;
    seal(&api).await;
    for minutes in [1, 60, 197, 199, 200, 201, 900, 1_000, 1_499] {
        let start = at(NOW) - TimeDelta::minutes(minutes);
        for shift in [TimeDelta::zero(), TimeDelta::nanoseconds(1), TimeDelta::seconds(-59)] {
            let window = Window { start: start + shift, end: at(NOW) - TimeDelta::seconds(7) };
            let preview = preview(&api, window).await;
            assert_counted(&preview, window, &every_minute);
            assert_eq!(preview["bucket_seconds"] == 60, minutes < 199, "{window:?}");
        }
    }
}

#[tokio::test]
async fn a_job_delivers_exactly_what_the_preview_counted_when_it_started() {
    let (api, mut random) = (Api::new(), SeededRandom::new(4));
    let mut archived = archive(&api, &mut random).await;
    api.enable("us").await;
    for _ in 0..15 {
        let window = random_window(&archived, &mut random);
        let counted = preview(&api, window).await;
        start(&api, window).await;
        let late = random_line(archived.len(), &mut random);
        ingest(&api, core::slice::from_ref(&late)).await;
        archived.push(late);
        assert_delivered(&api, &counted).await;
        assert_counted(&preview(&api, window).await, window, &archived);
    }
}

#[tokio::test]
async fn a_line_that_arrives_again_does_not_count_twice() {
    let (api, mut random) = (Api::new(), SeededRandom::new(5));
    let archived = archive(&api, &mut random).await;
    let before = preview(&api, everything()).await;
    for again in archived.chunks(700) {
        let answer = ingest(&api, again).await;
        assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(0), &json!(again.len())));
        seal(&api).await;
        assert_eq!(preview(&api, everything()).await, before);
    }
}

#[tokio::test]
async fn the_lines_that_a_trim_keeps_are_counted_exactly_at_every_step() {
    let (api, mut random) = (Api::new(), SeededRandom::new(6));
    let mut kept = archive(&api, &mut random).await;
    api.enable("us").await;
    for _ in 0..6 {
        let before = random_window(&kept, &mut random).start.max(kept[0].at);
        kept.retain(|line| line.at >= before);
        let window = Window { start: before, ..everything() };
        loop {
            let trimmed = api.store.trim(&region("us"), before).await.unwrap();
            assert_counted(&preview(&api, window).await, window, &kept);
            if trimmed.lines == 0 {
                break;
            }
        }
        assert_eq!(api.store.check().await.unwrap().problems, Vec::<String>::new());
        start(&api, everything()).await;
        assert_delivered(&api, &preview(&api, everything()).await).await;
    }
}

#[tokio::test]
async fn a_preview_counts_the_lines_of_its_region_only_and_changes_nothing() {
    let api = Api::new();
    api.send(post(INGEST).body(line(1))).await.expect(202);
    let before = api.database_image().await;
    for (label, lines) in [("us", 1), ("eu", 0), ("au", 0)] {
        let path = PREVIEW.replace("us", label);
        assert_eq!(api.send(get_preview(&path)).await.expect(200).json()["lines"], lines);
    }
    assert!(api.database_image().await == before);
}

async fn preview(api: &Api, window: Window) -> Value {
    let [start_at, end_at] = [window.start, window.end].map(text);
    let path = format!("{PREVIEW}?start_at={start_at}&end_at={end_at}");
    api.send(get(&path)).await.expect(200).json()
}

/// Starts a job of the window.
async fn start(api: &Api, window: Window) {
    let [start_at, end_at] = [window.start, window.end].map(text);
    api.send(put(JOB).json(&span(&start_at, &end_at))).await.expect(202);
    api.advance("us", Step::Schedule).await;
    api.advance("us", Step::Start).await;
}

/// Asserts that the running job delivers what was counted, and completes it.
async fn assert_delivered(api: &Api, counted: &Value) {
    let batches = batches(&api.store, &region("us")).await;
    let delivered: Vec<_> = batches.iter().flat_map(lines).collect();
    let bytes: usize = delivered.iter().map(Vec::len).sum();
    assert_eq!((&counted["lines"], &counted["bytes"]), (&json!(delivered.len()), &json!(bytes)));
    api.advance("us", Step::Complete).await;
}

/// Asserts that the preview is that of the lines in the window, counted one by one.
#[track_caller]
fn assert_counted(preview: &Value, window: Window, lines: &[Line]) {
    let time = |value: &Value| value.as_str().map(at);
    let selected = window.lines(lines);
    let bytes: usize = selected.iter().map(|line| line.text.len()).sum();
    assert_eq!(time(&preview["start_at"]), Some(window.start));
    assert_eq!(time(&preview["end_at"]), Some(window.end));
    assert_eq!(preview["lines"], selected.len(), "{window:?}");
    assert_eq!(preview["bytes"], bytes, "{window:?}");
    assert_eq!(time(&preview["first_at"]), selected.first().map(|line| line.at), "{window:?}");
    assert_eq!(time(&preview["last_at"]), selected.last().map(|line| line.at), "{window:?}");

    let length = preview["bucket_seconds"].as_i64().unwrap();
    let mut expected: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for line in &selected {
        let start = line.at.timestamp().div_euclid(length) * length;
        let (lines, bytes) = expected.entry(start).or_default();
        *lines += 1;
        *bytes += u64::try_from(line.text.len()).unwrap();
    }
    let bucket = |bucket: &Value| {
        let amount = ["lines", "bytes"].map(|field| bucket[field].as_u64().unwrap());
        (time(&bucket["at"]).unwrap().timestamp(), (amount[0], amount[1]))
    };
    let buckets: Vec<_> = preview["buckets"].as_array().unwrap().iter().map(bucket).collect();
    assert_eq!(buckets, expected.into_iter().collect::<Vec<_>>(), "{window:?}");
    assert!(length % 60 == 0 && buckets.len() <= 200, "{window:?}");
}
