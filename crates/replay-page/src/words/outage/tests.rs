use alloc::format;

use replay_core::Timestamp;
use time_range::Zone;

use super::*;

#[test]
fn every_reason_is_a_sentence_with_its_detail() {
    for (reason, detail, sentence) in [
        (
            OutageReason::Unreachable,
            Some("the webhook answered 503 after 4 retries"),
            "Deliveries failed: the webhook answered 503 after 4 retries.",
        ),
        (OutageReason::Unreachable, None, "Deliveries failed."),
        (
            OutageReason::Refused,
            Some("the webhook answered 401"),
            "Deliveries were refused: the webhook answered 401.",
        ),
        (OutageReason::Lag, None, "Deliveries lagged too far behind."),
        (OutageReason::Disabled, None, "The webhook was disabled."),
        (OutageReason::NotForwarding, None, "The server was not forwarding."),
        (
            OutageReason::BatchRefused,
            Some("the webhook answered 400"),
            "Entries were refused: the webhook answered 400.",
        ),
        (
            OutageReason::DatedBeforeEnabling,
            None,
            "The entries are dated before the webhook was enabled.",
        ),
    ] {
        let detail = detail.map(ToString::to_string);
        let words = words_of(&OutageReport { detail, ..report(Reported::Known(reason)) });
        assert_eq!(words, format!("Outage since today 11:00. {sentence}"));
    }
    let unknown = |word: &str| words_of(&report(Reported::Unknown(word.to_string())));
    assert_eq!(unknown("weather"), "Outage since today 11:00. weather.");
    assert_eq!(unknown(""), "Outage since today 11:00. The reason is unknown.");
}

#[test]
fn the_undelivered_and_the_lost_entries_are_counted() {
    let disabled = "The webhook was disabled.";
    let (lost, one_lost) =
        (" 5 entries were lost to the retention.", " 1 entry was lost to the retention.");
    for (lines, lost_lines, lead, end) in [
        (1, 0, "1 entry (1.2 KB) was not delivered", ""),
        (3_214, 1, "3 214 entries (1.2 KB) were not delivered", one_lost),
        (0, 5, "Outage", lost),
    ] {
        let counted = OutageReport {
            undelivered_lines: lines,
            undelivered_bytes: 1_234,
            lost_lines,
            ..report(Reported::Known(OutageReason::Disabled))
        };
        let words = format!("{lead} since today 11:00. {disabled}{end}");
        assert_eq!(words_of(&counted), words);
    }
}

#[test]
fn a_size_is_rounded_to_the_nearest_tenth_of_its_unit() {
    for (bytes, words) in [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 KB"),
        (1_050, "1.1 KB"),
        (999_949, "999.9 KB"),
        (999_950, "1 MB"),
        (12_345_678, "12.3 MB"),
        (5_000_000_000, "5 GB"),
        (12_000_000_000_000, "12 TB"),
    ] {
        assert_eq!(size(bytes), words);
    }
}

#[test]
fn an_outage_has_a_period_and_says_why_the_server_does_not_heal_it() {
    let hour = |hour| Some(at() + chrono::TimeDelta::hours(hour));
    for (ended_at, hold, words) in [
        (hour(0), None, "Outage at today 11:00. Deliveries lagged too far behind."),
        (
            hour(1),
            Some("cancelled"),
            "Outage between today 11:00 and 12:00. Deliveries lagged too \
             far behind. The server does not send them by itself, since a replay of them was \
             cancelled.",
        ),
        (
            hour(0),
            Some("refused"),
            "Outage at today 11:00. Deliveries lagged too far behind. The server does \
             not send them by itself, since the receiver has refused a replay of them.",
        ),
        (
            hour(0),
            Some("tired"),
            "Outage at today 11:00. Deliveries lagged too far behind. The server does \
             not send them by itself, since tired.",
        ),
    ] {
        let hold = hold.map(ToString::to_string);
        let lag = report(Reported::Known(OutageReason::Lag));
        assert_eq!(words_of(&OutageReport { ended_at, hold, ..lag }), words);
    }
}

fn words_of(report: &OutageReport) -> String {
    outage(report, Context { zone: &Zone::utc(), now: at() })
}

fn report(reason: Reported<OutageReason>) -> OutageReport {
    OutageReport {
        id: "7".to_string(),
        began_at: at(),
        ended_at: None,
        reason,
        detail: None,
        undelivered_lines: 0,
        undelivered_bytes: 0,
        lost_lines: 0,
        first_at: None,
        last_at: None,
        healing_job: None,
        healed_at: None,
        healed_by: None,
        hold: None,
    }
}

fn at() -> Timestamp {
    "2026-11-23T11:00:00Z".parse().unwrap()
}
