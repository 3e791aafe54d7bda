use super::*;
use alloc::borrow::ToOwned;

use crate::fixtures::at;

const BATCH: SeqRange = SeqRange { first: 8, last: 9 };

#[test]
fn a_lane_begins_at_the_last_line_when_its_webhook_is_enabled() {
    let LaneChanges { lane, outage } = Lane::new(LaneId(1), 3).forwarded(true, 7, at(1));
    assert_eq!((lane.cursor_seq, lane.is_delivering(), outage), (7, true, OutageChange::None));
    assert_eq!(lane.enabled(9, at(2)), lane.unchanged(), "it is enabled already");
}

#[test]
fn enabling_counts_from_the_beginning_of_its_second() {
    let half_past = at(1) + chrono::TimeDelta::milliseconds(500);
    assert_eq!(Lane::new(LaneId(1), 0).forwarded(true, 0, half_past).lane.enabled_at, Some(at(1)));
}

#[test]
fn an_acknowledged_batch_moves_the_cursor_and_another_batchs_result_changes_nothing() {
    let lane = sending();
    let LaneChanges { lane: passed, outage } = record(&lane, LaneOutcome::Acknowledged);
    assert_eq!((passed.cursor_seq, passed.batch, outage), (9, None, OutageChange::None));
    let other = SeqRange { first: 8, last: 8 };
    assert_eq!(lane.record(other, LaneOutcome::Acknowledged, true, 9), lane.unchanged());
    assert_eq!(record(&lane, LaneOutcome::Retry), lane.unchanged());
}

#[test]
fn an_outage_begins_once_and_keeps_the_batch() {
    let LaneChanges { lane: interrupted, outage } = record(&sending(), given_up());
    assert_eq!(outage, OutageChange::Begins(cause()));
    assert_eq!((interrupted.batch, interrupted.cursor_seq), (Some(BATCH), 7));
    assert_eq!(record(&interrupted, given_up()), interrupted.unchanged());
    assert_eq!(interrupted.lagged(), interrupted.unchanged());
}

#[test]
fn an_acknowledged_probe_ends_the_outage_and_the_lane_goes_on_with_new_lines() {
    let interrupted = record(&sending(), given_up()).lane;
    let changes = interrupted.record(BATCH, LaneOutcome::Acknowledged, true, 20);
    let rest = SeqRange { first: 10, last: 20 };
    assert_eq!(changes.outage, OutageChange::Ends(Some(rest)));
    assert_eq!((changes.lane.cursor_seq, changes.lane.is_delivering()), (20, true));
    let changes = interrupted.record(BATCH, LaneOutcome::Acknowledged, true, 9);
    assert_eq!(changes.outage, OutageChange::Ends(None), "every line was delivered");
}

#[test]
fn a_probe_that_is_acknowledged_after_disabling_does_not_end_the_outage() {
    let disabled = sending().stopped(OutageCause::plain(OutageReason::Disabled)).lane;
    let changes = disabled.record(BATCH, LaneOutcome::Acknowledged, false, 20);
    assert_eq!((changes.outage, changes.lane.cursor_seq), (OutageChange::None, 9));
    assert!(changes.lane.is_interrupted());
    let LaneChanges { lane, outage } = changes.lane.enabled(20, at(2));
    assert_eq!(outage, OutageChange::Ends(Some(SeqRange { first: 10, last: 20 })));
    assert_eq!((lane.cursor_seq, lane.batch), (20, None));
}

#[test]
fn a_large_batch_is_halved_and_a_refused_one_becomes_an_outage_of_its_own() {
    let halved = record(&sending(), LaneOutcome::TooLarge { last_of_half: 8 }).lane;
    assert_eq!((halved.batch, halved.cursor_seq), (Some(SeqRange { first: 8, last: 8 }), 7));
    let refused = LaneOutcome::BatchRefused { detail: "the webhook answered 400".to_owned() };
    let LaneChanges { lane, outage } = record(&sending(), refused);
    let OutageChange::Listed { cause, undelivered } = outage else { panic!("{outage:?}") };
    assert_eq!((cause.reason, undelivered), (OutageReason::BatchRefused, BATCH));
    assert_eq!((lane.cursor_seq, lane.batch, lane.is_delivering()), (9, None, true));
}

#[test]
fn a_lane_that_is_not_forwarded_stays_stopped_until_the_server_forwards_again() {
    let idle = record(&sending(), LaneOutcome::Acknowledged).lane;
    let LaneChanges { lane: stopped, outage } = idle.not_forwarded();
    assert_eq!(outage, OutageChange::Begins(OutageCause::plain(OutageReason::NotForwarding)));
    assert_eq!(stopped.enabled(12, at(2)), stopped.unchanged(), "the webhook was enabled");
    let again = stopped.forwarded(true, 12, at(3));
    assert_eq!(again.outage, OutageChange::Ends(Some(SeqRange { first: 10, last: 12 })));
    assert!(!stopped.forwarded(false, 12, at(3)).lane.is_delivering(), "it is disabled");
}

#[test]
fn a_batch_in_flight_is_sent_again_after_a_time_without_forwarding() {
    let again = sending().not_forwarded().lane.forwarded(true, 12, at(3));
    assert_eq!((again.outage, again.lane.batch), (OutageChange::None, Some(BATCH)));
    assert!(again.lane.is_interrupted());
}

#[test]
fn a_batch_that_is_acknowledged_after_forwarding_has_ended_does_not_end_the_outage() {
    let changes = record(&sending().not_forwarded().lane, LaneOutcome::Acknowledged);
    assert_eq!((changes.outage, changes.lane.cursor_seq), (OutageChange::None, 9));
    assert!(changes.lane.is_interrupted() && changes.lane.checked().is_some());
}

#[test]
fn lines_may_be_sealed_once_the_lane_has_passed_them_or_an_outage_has_them() {
    let lane = sending();
    assert_eq!(lane.passed_seq(20), 7);
    assert_eq!(record(&lane, given_up()).lane.passed_seq(20), 20);
    assert_eq!(Lane::new(LaneId(1), 7).passed_seq(20), 20);
}

/// A lane that delivers, with a batch of the first two of the lines that arrived.
fn sending() -> Lane {
    Lane::new(LaneId(1), 7).forwarded(true, 7, at(0)).lane.with_batch(Some(BATCH), 9)
}

fn record(lane: &Lane, outcome: LaneOutcome) -> LaneChanges {
    lane.record(BATCH, outcome, true, 9)
}

fn given_up() -> LaneOutcome {
    LaneOutcome::GivenUp(cause())
}

fn cause() -> OutageCause {
    let detail = Some("the webhook answered 503 after 4 retries".to_owned());
    OutageCause { reason: OutageReason::Unreachable, detail }
}
