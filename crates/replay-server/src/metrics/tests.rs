use super::*;
use crate::store::{ArchiveTotals, Space, Store};
use replay_core::{Job, job::Amount};
use time_range::Timestamp;

#[tokio::test]
async fn each_transaction_of_the_database_is_measured() {
    let (metrics, us) = metrics();
    let store = Store::in_memory(None).unwrap().observed_by(metrics.clone());
    store.try_to_write().await.unwrap();
    for _ in 0..2 {
        store.last_seq().await.unwrap();
    }
    let page = page(&metrics, &us);
    for series in ["{access=\"read\"} 2", "{access=\"write\"} 1"] {
        let series = format!("replay_database_duration_seconds_count{series}");
        assert!(page.lines().any(|line| line == series), "{series} is not in {page}");
    }
}

#[test]
fn the_page_has_help_and_a_type_for_each_metric_and_every_series_from_the_start() {
    let (metrics, us) = metrics();
    let page = page(&metrics, &us);
    let names = |word: &str| -> Vec<String> {
        let lines = page.lines().filter_map(|line| line.strip_prefix(&format!("# {word} ")));
        lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("HELP"), names("TYPE"));
    assert!(names("HELP").is_sorted(), "{page}");
    assert_eq!(names("HELP").len(), 19, "{page}");
    for series in [
        "replay_ingested_lines_total{region=\"us\",result=\"rejected\"} 0",
        "replay_delivery_attempts_total{lane=\"live\",result=\"too_large\"} 0",
        "replay_delivery_attempt_duration_seconds_count{lane=\"job\"} 0",
        "replay_database_duration_seconds_count{access=\"write\"} 0",
        "replay_delivered_lines_total{lane=\"job\",region=\"us\"} 0",
        "replay_leases_lost_total{region=\"us\"} 0",
        "replay_fenced_writes_total 0",
        "replay_jobs_settled_total{region=\"us\",status=\"failed\"} 0",
        "replay_job_status{region=\"us\",status=\"unconfigured\"} 1",
        "replay_outage_open{region=\"us\"} 0",
        "replay_undelivered_lines{region=\"us\"} 0",
        "replay_lost_lines_total{region=\"us\"} 0",
        "replay_requests_in_flight{lane=\"live\",region=\"us\"} 0",
    ] {
        assert!(page.lines().any(|line| line == series), "{series} is not in {page}");
    }
    assert_eq!(value(&page, "replay_job_lines"), None, "the job has not started");
    assert_eq!(value(&page, "replay_lane_lag_lines"), None, "there is no live lane");
}

#[test]
fn the_lag_of_a_live_lane_is_shown_until_it_is_cleared() {
    let (metrics, us) = metrics();
    metrics.set_lane_lag(&us, LaneLag { lines: 12, age: Duration::from_millis(2_500) });
    let shown = page(&metrics, &us);
    assert_eq!(value(&shown, "replay_lane_lag_lines{region=\"us\"}"), Some("12"));
    assert_eq!(value(&shown, "replay_lane_lag_seconds{region=\"us\"}"), Some("2.5"));
    metrics.clear_lane_lag(&us);
    metrics.clear_lane_lag(&us);
    assert_eq!(value(&page(&metrics, &us), "replay_lane_lag"), None);
}

#[test]
fn outages_and_their_lines_are_shown_as_they_were_set_last() {
    let (metrics, us) = metrics();
    metrics.set_outage_open(&us, true);
    metrics.set_undelivered_lines(&us, 70);
    metrics.lines_lost(&us, 3);
    metrics.lines_lost(&us, 4);
    let shown = page(&metrics, &us);
    assert_eq!(value(&shown, "replay_outage_open{region=\"us\"}"), Some("1"));
    assert_eq!(value(&shown, "replay_undelivered_lines{region=\"us\"}"), Some("70"));
    assert_eq!(value(&shown, "replay_lost_lines_total{region=\"us\"}"), Some("7"));
    metrics.set_outage_open(&us, false);
    metrics.set_undelivered_lines(&us, 0);
    let shown = page(&metrics, &us);
    assert_eq!(value(&shown, "replay_outage_open{region=\"us\"}"), Some("0"));
    assert_eq!(value(&shown, "replay_undelivered_lines{region=\"us\"}"), Some("0"));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_in_flight_until_it_is_counted_with_its_result_and_duration() {
    let (metrics, us) = metrics();
    let (in_flight, count) = (
        "replay_requests_in_flight{lane=\"live\",region=\"us\"}",
        "replay_delivery_attempt_duration_seconds_count{lane=\"live\"}",
    );
    let results = [
        (DeliveryResult::Status { code: 204, retry_after: None }, "acknowledged"),
        (DeliveryResult::Status { code: 429, retry_after: None }, "throttled"),
        (DeliveryResult::Status { code: 413, retry_after: None }, "too_large"),
        (DeliveryResult::Status { code: 404, retry_after: None }, "refused"),
        (DeliveryResult::Status { code: 302, retry_after: None }, "refused"),
        (DeliveryResult::Status { code: 503, retry_after: None }, "failed"),
        (DeliveryResult::Status { code: 408, retry_after: None }, "failed"),
        (DeliveryResult::NoResponse("timed out".to_owned()), "failed"),
        (DeliveryResult::Denied { reason: "is private".to_owned(), resolved: None }, "denied"),
    ];
    for (result, _) in &results {
        let request = async {
            assert_eq!(value(&page(&metrics, &us), in_flight), Some("1"));
            tokio::time::advance(Duration::from_millis(250)).await;
            result.clone()
        };
        assert_eq!(metrics.measure(&us, LaneKind::Live, request).await, *result);
    }
    drop(metrics.begin_attempt(&us, LaneKind::Live));
    let shown = page(&metrics, &us);
    for (name, expected) in [
        ("acknowledged", "1"),
        ("throttled", "1"),
        ("too_large", "1"),
        ("refused", "2"),
        ("failed", "3"),
        ("denied", "1"),
        ("abandoned", "1"),
    ] {
        let series = format!("replay_delivery_attempts_total{{lane=\"live\",result=\"{name}\"}}");
        assert_eq!(value(&shown, &series), Some(expected), "{name}");
    }
    assert_eq!(value(&shown, in_flight), Some("0"));
    assert_eq!(value(&shown, count), Some("8"), "nothing was sent where it was denied");
    let sum = "replay_delivery_attempt_duration_seconds_sum{lane=\"live\"}";
    assert_eq!(value(&shown, sum), Some("2"));
}

#[test]
fn a_job_is_counted_when_it_settles() {
    let (metrics, us) = metrics();
    for status in [
        JobStatus::Accepted,
        JobStatus::Pending,
        JobStatus::Running,
        JobStatus::Completed,
        JobStatus::Failed,
        JobStatus::Failed,
    ] {
        metrics.job_status_changed(&us, status);
    }
    let shown = page(&metrics, &us);
    let settled = |status: &str| {
        value(&shown, &format!("replay_jobs_settled_total{{region=\"us\",status=\"{status}\"}}"))
    };
    assert_eq!((settled("completed"), settled("failed")), (Some("1"), Some("2")));
    assert_eq!(settled("running"), None);
}

#[test]
fn the_page_has_no_value_of_a_region_that_was_not_read() {
    let (metrics, us) = metrics();
    metrics.count_rejected(&region("eu"), 5);
    metrics.set_lane_lag(&region("eu"), LaneLag::default());
    let page = page(&metrics, &us);
    assert!(!page.contains("\"eu\"") && !page.contains("lane_lag"), "{page}");
}

#[test]
fn the_round_trips_to_a_database_are_shown() {
    let (metrics, us) = metrics();
    let page = page(&metrics, &us);
    assert_eq!(value(&page, "replay_database_round_trips_total"), Some("7"));
}

fn metrics() -> (Metrics, Region) {
    let us = region("us");
    (Metrics::new([&us]).unwrap(), us)
}

fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}

/// The page of an empty archive.
fn page(metrics: &Metrics, region: &Region) -> String {
    let archive = ArchiveTotals { amount: Amount::default(), recent_lines: 0, oldest_at: None };
    let regions = vec![RegionReadings { region: region.clone(), archive, job: Job::Unconfigured }];
    let space = Space { file_bytes: 4096, free_bytes: 0 };
    metrics
        .page(&Readings { at: Timestamp::default(), space, round_trips: Some(7), regions })
        .unwrap()
}

/// The value of the first series that begins with `series`.
fn value<'a>(page: &'a str, series: &str) -> Option<&'a str> {
    let line = page.lines().find(|line| line.starts_with(series))?;
    line.rsplit(' ').next()
}
