//! An archive of random lines of every kind, and random windows of it, for the tests of what a preview
//! counts and what a job delivers.

use chrono::{SecondsFormat, TimeDelta};
use replay_server::store::SealLimits;
use replay_tests::lines::{Line, SeededRandom, Window};
use serde_json::{Value, json};
use time_range::Timestamp;

use super::{
    request::{INGEST, post},
    server::{Api, NOW, at, region},
};

/// Archives lines of six days in random order, in several bodies. Most get sealed, into blocks that
/// overlap; those of the last body stay recent.
pub(super) async fn archive(api: &Api, random: &mut SeededRandom) -> Vec<Line> {
    let lines: Vec<_> = (0..2_000).map(|number| random_line(number, random)).collect();
    for (round, body) in lines.chunks(400).enumerate() {
        ingest(api, body).await;
        if round < 4 {
            seal(api).await;
        }
        if round == 2 {
            while api.store.merge(&region("us"), SEAL_LIMITS).await.unwrap() {}
        }
    }
    assert!(api.store.recent_lines(&region("us")).await.unwrap().lines >= 400);
    lines
}

/// Lines of two days in small blocks.
pub(super) const SEAL_LIMITS: SealLimits =
    SealLimits { lines: 60, bytes: 8_000, round_lines: 1_000, round_bytes: 1_000_000, overlaps: 3 };

pub(super) async fn seal(api: &Api) {
    while api.store.seal(&region("us"), SEAL_LIMITS).await.unwrap() {}
}

pub(super) async fn ingest(api: &Api, lines: &[Line]) -> Value {
    let body: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    let answer = api.send(post(INGEST).body(body.join("\n"))).await.expect(202).json();
    assert_eq!(answer["rejected_count"], 0, "{answer}");
    answer
}

/// A line of any kind, often at the edge of a minute or in one of a few crowded minutes.
pub(super) fn random_line(number: usize, random: &mut SeededRandom) -> Line {
    const NAMES: [&str; 4] = ["Authz.portals", "Ingress", "AUTHENTICATION_OUTCOME_SUCCESS", "x"];
    let at = random_time(random);
    let (event_ts, name) = (text(at), NAMES[random.below(NAMES.len())]);
    let words = "é ".repeat(random.below(40));
    let text = json!({"event_ts": event_ts, "name": name, "trace_id": number, "words": words});
    Line { at, text: text.to_string() }
}

/// A time within six days before the clock's.
pub(super) fn random_time(random: &mut SeededRandom) -> Timestamp {
    let days = [0, 1, 1, 2, 4, 5];
    let day = at(NOW) - TimeDelta::days(days[random.below(days.len())]) - TimeDelta::hours(20);
    let crowded = random.below(2) == 0;
    let minute = i64::try_from(random.below(if crowded { 5 } else { 20 * 60 })).unwrap();
    let minute = day + TimeDelta::minutes(minute);
    let within =
        |bound: usize, random: &mut SeededRandom| i64::try_from(random.below(bound)).unwrap();
    match random.below(6) {
        0 => minute,
        1 => minute - TimeDelta::nanoseconds(1),
        2 => minute + TimeDelta::nanoseconds(1),
        3 => minute + TimeDelta::seconds(within(60, random)),
        4 => minute + TimeDelta::milliseconds(within(60_000, random)),
        _ => minute + TimeDelta::nanoseconds(within(60_000_000_000, random)),
    }
}

/// A window whose ends are the times of lines, or next to them, or any other times.
pub(super) fn random_window(lines: &[Line], random: &mut SeededRandom) -> Window {
    let mut end = || match random.below(5) {
        0 => lines[random.below(lines.len())].at,
        1 => lines[random.below(lines.len())].at + TimeDelta::nanoseconds(1),
        2 => lines[random.below(lines.len())].at - TimeDelta::nanoseconds(1),
        _ => random_time(random),
    };
    let (one, other) = (end(), end());
    let other = match random.below(6) {
        0 => one,
        1 => one + TimeDelta::minutes(1),
        _ => other,
    };
    Window { start: one.min(other), end: one.max(other) }
}

pub(super) fn everything() -> Window {
    Window { start: at(NOW) - TimeDelta::days(7), end: at(NOW) }
}

/// The time as the API writes it, to the nanosecond.
pub(super) fn text(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}
