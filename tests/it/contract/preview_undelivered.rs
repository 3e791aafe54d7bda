//! The undelivered lines of a preview's buckets against a count by hand, and the first line of the
//! archive.

use std::collections::BTreeMap;

use replay_core::job::Step;
use replay_tests::lines::SeededRandom;
use serde_json::{Value, json};

use super::{
    forwarded::Forwarded,
    random_archive::seal,
    request::{INGEST, PREVIEW, get, line, post},
    server::Api,
};

#[tokio::test]
async fn lines_of_open_and_unhealed_outages_are_counted_in_their_buckets() {
    for seed in 1..=8 {
        let (run, mut random) = (Forwarded::new().await, SeededRandom::new(seed));
        let mut undelivered = Vec::new();
        for outage in 0..4 {
            let second = |random: &mut SeededRandom| u32::try_from(random.below(350)).unwrap();
            let lines: Vec<_> = (0..40).map(|_| outage + 10 * second(&mut random)).collect();
            run.set_enabled(false).await;
            run.ingest(lines.clone()).await;
            undelivered.extend(lines);
            if outage == 2 {
                seal(&run.api).await;
            }
            if outage < 3 {
                run.set_enabled(true).await;
            }
        }
        undelivered.sort_unstable();
        undelivered.dedup();
        for (first, last) in [(0, 3599), (7, 3540), (600, 1_000), (61, 62)] {
            let mut expected = BTreeMap::new();
            for second in undelivered.iter().filter(|second| (first..=last).contains(*second)) {
                *expected.entry(second / 60).or_insert(0) += 1;
            }
            let counted = counted(&run.api, first, last, "").await;
            assert_eq!(counted, expected, "{seed}: {first} to {last}");
        }
    }
}

#[tokio::test]
async fn lines_of_a_healed_outage_are_not_undelivered() {
    let run = Forwarded::new().await;
    let outage = run.outage_with([61, 62]).await;
    assert_eq!(counted(&run.api, 0, 3599, "").await, BTreeMap::from([(1, 2)]));
    run.api.send(post(&format!("/api/us/x/outages/{outage}/heal"))).await.expect(202);
    for step in [Step::Schedule, Step::Start, Step::Complete] {
        run.api.advance("us", step).await;
    }
    assert_eq!(counted(&run.api, 0, 3599, "").await, BTreeMap::new());
}

#[tokio::test]
async fn undelivered_lines_of_some_kinds_are_not_counted() {
    let run = Forwarded::new().await;
    run.outage_with([61, 62]).await;
    let preview = preview(&run.api, 0, 3599, "&kinds=authentication,authorization,other").await;
    let bucket = preview["buckets"][0].as_object().unwrap();
    assert!(!bucket.contains_key("undelivered_lines"));
}

#[tokio::test]
async fn a_preview_names_the_first_line_of_the_archive_whatever_its_timeframe() {
    let api = Api::new();
    let first =
        async |first, last| preview(&api, first, last, "").await["archive_first_at"].clone();
    assert_eq!(first(0, 3599).await, json!(null));
    api.send(post(INGEST).body([line(125), line(1_000)].join("\n"))).await.expect(202);
    for (start, end) in [(0, 3599), (0, 60), (900, 1_100)] {
        assert_eq!(first(start, end).await, "2026-11-23T11:02:05Z");
    }
    seal(&api).await;
    assert_eq!(first(0, 60).await, "2026-11-23T11:02:05Z");
    // Eight days later, the line has expired and is not deleted yet.
    api.turn_clock_to("2026-11-30T11:10:00Z");
    let path = format!("{PREVIEW}?start_at=2026-11-30T11:00:00Z&end_at=2026-11-30T11:10:00Z");
    let preview = api.send(get(&path)).await.expect(200).json();
    assert_eq!(preview["archive_first_at"], "2026-11-23T11:05:00Z");
}

/// The undelivered lines of each minute after 11:00 that has some.
async fn counted(api: &Api, first: u32, last: u32, more: &str) -> BTreeMap<u32, u64> {
    let preview = preview(api, first, last, more).await;
    assert_eq!(preview["bucket_seconds"], 60);
    let buckets = preview["buckets"].as_array().unwrap().iter();
    buckets
        .filter_map(|bucket| {
            let lines = bucket["undelivered_lines"].as_u64().unwrap();
            let minute = bucket["at"].as_str().unwrap()["2026-11-23T11:".len()..][..2].parse();
            (lines > 0).then(|| (minute.unwrap(), lines))
        })
        .collect()
}

/// The preview between two seconds after 11:00.
async fn preview(api: &Api, first: u32, last: u32, more: &str) -> Value {
    let at = |second: u32| format!("2026-11-23T11:{:02}:{:02}Z", second / 60, second % 60);
    let path = format!("{PREVIEW}?start_at={}&end_at={}{more}", at(first), at(last));
    api.send(get(&path)).await.expect(200).json()
}
