//! The bounds of a PUT's timeframe, to the millisecond, with and without grace.

use chrono::TimeDelta;
use serde_json::json;

use super::{
    request::{JOB, get, put, span},
    server::{Api, NOW},
};

#[tokio::test]
async fn both_edges_are_exact_without_grace() {
    let api = served_with_grace(TimeDelta::zero()).await;
    let oldest = "2026-11-16T12:00:00Z";
    for (start_at, end_at) in [(oldest, NOW), (oldest, oldest), (NOW, NOW)] {
        api.send(put(JOB).json(&span(start_at, end_at))).await.expect(202);
    }
    assert_too_old(&api, "2026-11-16T11:59:59.999Z").await;
    assert_in_future(&api, "2026-11-23T12:00:00.001Z").await;
}

#[tokio::test]
async fn five_minutes_of_grace_extend_both_edges_by_five_minutes() {
    let api = served_with_grace(TimeDelta::minutes(5)).await;
    let (oldest, latest) = ("2026-11-16T11:55:00Z", "2026-11-23T12:05:00Z");
    for (start_at, end_at) in [(oldest, latest), (oldest, oldest), (latest, latest)] {
        api.send(put(JOB).json(&span(start_at, end_at))).await.expect(202);
    }
    assert_too_old(&api, "2026-11-16T11:54:59.999Z").await;
    assert_in_future(&api, "2026-11-23T12:05:00.001Z").await;
}

#[tokio::test]
async fn a_timeframe_with_equal_ends_is_accepted() {
    let api = served_with_grace(TimeDelta::minutes(5)).await;
    let answer = api.send(put(JOB).json(&span(NOW, NOW))).await.expect(202);
    assert_eq!((answer.text("start_at"), answer.text("end_at")), (NOW.into(), NOW.into()));
}

#[tokio::test]
async fn a_reversed_timeframe_is_a_fault_of_its_end() {
    let api = served_with_grace(TimeDelta::minutes(5)).await;
    let start_at = "2026-11-23T11:00:00.001Z";
    let reversed = || put(JOB).json(&span(start_at, "2026-11-23T11:00:00Z"));
    api.send(reversed()).await.assert_faults(&[("end_at", "invalid")]);
    let reason = api.send(reversed()).await.reason("end_at");
    assert!(reason.contains(start_at), "{reason}");
}

#[tokio::test]
async fn each_invalid_end_is_reported() {
    let api = served_with_grace(TimeDelta::minutes(5)).await;
    let (old, future) = ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
    for (start_at, end_at) in [(old, future), (old, old), (future, future)] {
        let answer = api.send(put(JOB).json(&span(start_at, end_at))).await;
        answer.assert_faults(&[("start_at", "invalid"), ("end_at", "invalid")]);
    }
    for (start_at, end_at) in
        [("9999-12-31T23:59:59-23:59", NOW), (NOW, "9999-12-31T23:59:59.999999999Z")]
    {
        api.send(put(JOB).json(&span(start_at, end_at))).await.expect(400);
    }
    let end_before = api.send(put(JOB).json(&span(NOW, "0000-01-01T00:00:00Z"))).await;
    end_before.assert_faults(&[("end_at", "invalid"), ("end_at", "invalid")]);
}

#[tokio::test]
async fn any_offset_and_fraction_is_read_exactly_and_returned_in_utc() {
    let api = served_with_grace(TimeDelta::minutes(5)).await;
    for (given, returned) in [
        ("2026-11-23T12:00:00+02:00", "2026-11-23T10:00:00Z"),
        ("2026-11-23T12:00:00.000+00:00", "2026-11-23T12:00:00Z"),
        ("2026-11-23T02:29:59.5-09:30", "2026-11-23T11:59:59.5Z"),
        ("2026-11-24T01:45:00.250+13:45", "2026-11-23T12:00:00.25Z"),
        ("2026-11-23T11:00:00.123456789Z", "2026-11-23T11:00:00.123456789Z"),
        ("2026-11-23T11:00:00.100000Z", "2026-11-23T11:00:00.1Z"),
        ("2026-11-23t11:00:00z", "2026-11-23T11:00:00Z"),
        ("2026-11-22T23:59:60Z", "2026-11-23T00:00:00Z"),
    ] {
        let put = api.send(put(JOB).json(&span(given, given))).await.expect(202);
        let read = api.send(get(JOB)).await.expect(200);
        for answer in [put, read] {
            assert_eq!(answer.json()["start_at"], json!(returned), "{given}");
            assert_eq!(answer.json()["end_at"], json!(returned), "{given}");
        }
    }
}

#[tokio::test]
async fn the_bounds_move_with_the_clock_and_a_stored_job_does_not() {
    let api = served_with_grace(TimeDelta::zero()).await;
    api.submit("us").await;
    api.turn_clock_to("2026-11-30T12:00:00.001Z");
    api.send(put(JOB).json(&span(NOW, NOW))).await.expect(400);
    assert_eq!(api.send(get(JOB)).await.expect(200).text("end_at"), NOW);
}

/// Asserts that either end is refused as too old at `moment`, with the earliest valid time.
async fn assert_too_old(api: &Api, moment: &str) {
    let reason = api.send(put(JOB).json(&span(moment, NOW))).await.reason("start_at");
    assert!(reason.contains("too old") && reason.contains("2026-11-16T12:00:00Z"), "{reason}");
    let start = api.send(put(JOB).json(&span(moment, NOW))).await;
    start.assert_faults(&[("start_at", "invalid")]);
    let both = api.send(put(JOB).json(&span(moment, moment))).await;
    both.assert_faults(&[("start_at", "invalid"), ("end_at", "invalid")]);
}

/// Asserts that either end is refused as in the future at `moment`, with the latest valid time.
async fn assert_in_future(api: &Api, moment: &str) {
    let reason = api.send(put(JOB).json(&span(NOW, moment))).await.reason("end_at");
    assert!(reason.contains("future") && reason.contains(NOW), "{reason}");
    api.send(put(JOB).json(&span(NOW, moment))).await.assert_faults(&[("end_at", "invalid")]);
    let both = api.send(put(JOB).json(&span(moment, moment))).await;
    both.assert_faults(&[("start_at", "invalid"), ("end_at", "invalid")]);
}

async fn served_with_grace(grace: TimeDelta) -> Api {
    let api = Api::set_up(|app| app.policy.grace = grace);
    api.enable("us").await;
    api
}
