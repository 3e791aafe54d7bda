//! The timeline: what it shows, what is chosen on it, and what is announced.

mod looking;

use super::*;
use crate::{
    timeline::{Direction, Gesture, Handle, HandleStep, Scale},
    view::{Mark, MarkKind, Timeline},
};

/// Entries at 10:00–10:59 and 11:00–11:29, half an hour per bucket.
const ARCHIVE: &str = r#"{"start_at": "2026-11-16T12:01:00Z", "end_at": "2026-11-23T12:00:00Z",
    "lines": 600, "bytes": 120000, "first_at": "2026-11-23T10:04:00Z", "last_at": "2026-11-23T11:29:00Z",
    "bucket_seconds": 1800, "webhook_ready": true, "buckets": [
        {"at": "2026-11-23T10:00:00Z", "lines": 100, "bytes": 20000},
        {"at": "2026-11-23T10:30:00Z", "lines": 300, "bytes": 60000, "undelivered_lines": 60},
        {"at": "2026-11-23T11:00:00Z", "lines": 200, "bytes": 40000}]}"#;

const RUNNING_HERE: &str = r#"{"status": "running", "start_at": "2026-11-23T10:00:00Z",
    "end_at": "2026-11-23T11:00:00Z"}"#;
const HALF: &str = r#"{"status": "running", "delivered_lines": 200, "total_lines": 400}"#;

#[test]
fn without_counts_the_timeline_shows_the_window_the_job_and_the_limit() {
    let mut harness = Harness::ready();
    harness.job = COMPLETED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let timeline = timeline(&harness);
    assert_eq!((timeline.bars.len(), timeline.table), (0, None));
    let kinds: Vec<_> = timeline.marks.iter().map(|mark| mark.kind).collect();
    let expected = [MarkKind::Gone, MarkKind::Job, MarkKind::Delivered];
    assert_eq!(kinds, expected);
    assert_eq!(timeline.chosen, "Today 12:45 – 13:00");
    assert_eq!(timeline.summary, "16 Nov 08:48 – Today 13:00 (Europe/Berlin)");
    assert!(harness.pending().iter().all(|request| !request.contains("preview")));
}

#[test]
fn the_bars_are_as_high_as_their_share_and_are_summed_up_in_words() {
    let mut harness = counting();
    let timeline = timeline(&harness);
    let heights: Vec<_> = timeline.bars.iter().map(|bar| (bar.height, bar.undelivered)).collect();
    assert_eq!(heights, [(24, 0), (72, 14), (48, 0)]);
    assert!(timeline.bars.windows(2).all(|bars| bars[0].end == bars[1].start));
    assert_eq!(
        timeline.summary,
        "16 Nov 08:48 – Today 13:00 (Europe/Berlin): 600 entries, the first \
         Today 11:04, the last Today 12:29. Most are in the 30 min from Today 11:30: \
         300. 60 are undelivered."
    );
    assert_eq!(timeline.rows, None);
    gesture(&mut harness, Gesture::ToggleTable);
    let rows = self::timeline(&harness).rows.unwrap();
    assert_eq!(rows[1].time.shown, "Today 11:30");
    assert_eq!((&*rows[1].entries, &*rows[1].undelivered), ("300", "60"));
}

#[test]
fn the_axis_has_the_days_of_the_zone_and_now() {
    let labels = |harness: &Harness| {
        let ticks = timeline(harness).ticks.into_iter();
        ticks.map(|tick| tick.label).collect::<Vec<_>>()
    };
    let mut harness = counting();
    let days = ["Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22", "Mon 23", "now"];
    assert_eq!(labels(&harness), days);
    draft(&mut harness, 9, 11);
    gesture(&mut harness, Gesture::ZoomToWindow);
    assert_eq!(labels(&harness), ["10:00", "10:30", "11:00", "11:30", "12:00"]);
}

#[test]
fn a_dragged_window_becomes_a_draft_that_is_announced_once_and_not_sent() {
    let mut harness = counting();
    let scale = scale(&harness);
    gesture(&mut harness, Gesture::Press(scale.place(hour(10))));
    gesture(&mut harness, Gesture::Drag(scale.place(hour(11))));
    assert_eq!(kind_of_window(&harness), MarkKind::Draft);
    assert_eq!(harness.view().announcement, "");
    assert_eq!(harness.replay().send.state, Readiness::Ready, "nothing is drafted before the end");
    gesture(&mut harness, Gesture::Release(scale.place(hour(11))));
    let words = "Today 11:00 – 12:00 (Europe/Berlin), 400 entries";
    assert_eq!(harness.view().announcement, format!("{words}. Not applied."));
    assert_eq!(timeline(&harness).chosen, "Today 11:00 – 12:00, 400 entries");
    assert!(matches!(harness.replay().send.state, Readiness::Disabled(_)));

    let apply = timeline(&harness).apply.expect("a draft can be applied here");
    harness.press(apply);
    assert_eq!(timeline(&harness).apply, None);
    assert_eq!(kind_of_window(&harness), MarkKind::Applied);
    let focus = Effect::Focus("timeline-whole".into());
    assert!(harness.other_effects.contains(&focus));
    let puts = harness.pending().into_iter().filter(|request| request.starts_with("Put"));
    assert_eq!(puts.count(), 0);
}

#[test]
fn escape_leaves_the_applied_window_as_it_was() {
    let mut harness = counting();
    let before = timeline(&harness);
    gesture(&mut harness, Gesture::Press(2_000));
    gesture(&mut harness, Gesture::Drag(4_000));
    gesture(&mut harness, Gesture::Cancel);
    gesture(&mut harness, Gesture::Release(4_000));
    assert_eq!(timeline(&harness), before);
    assert_eq!(harness.view().announcement, "The choice was cancelled.");
}

#[test]
fn two_clicks_choose_a_window_and_the_first_one_says_what_to_do_next() {
    let mut harness = counting();
    let scale = scale(&harness);
    for (at, announced) in [
        (hour(11), "Today 12:00 is one end. Click the other one."),
        (hour(10), "Today 11:00 – 12:00 (Europe/Berlin), 400 entries. Not applied."),
    ] {
        gesture(&mut harness, Gesture::Press(scale.place(at)));
        gesture(&mut harness, Gesture::Release(scale.place(at)));
        assert_eq!(harness.view().announcement, announced);
    }
}

#[test]
fn keys_of_a_slider_move_the_window_silently_and_their_release_is_announced() {
    let mut harness = counting();
    draft(&mut harness, 10, 11);
    let before = harness.view().announcement;
    let back = HandleStep::Bucket(Direction::Back);
    gesture(&mut harness, Gesture::Key(Handle::End, back));
    gesture(&mut harness, Gesture::Key(Handle::Start, HandleStep::Minute(Direction::Forward)));
    assert_eq!(harness.view().announcement, before);
    let [start, whole, end] = timeline(&harness).sliders;
    assert_eq!(start.text, "Today 11:01 (Europe/Berlin), about 97 entries");
    assert_eq!(whole.text, "Today 11:01 – 11:30 (Europe/Berlin), about 97 entries");
    assert_eq!(end.text, "Today 11:30 (Europe/Berlin), about 97 entries");
    assert!(start.place < whole.place && whole.place < end.place);
    gesture(&mut harness, Gesture::Settle);
    assert_eq!(harness.view().announcement, format!("{}. Not applied.", whole.text));
}

#[test]
fn the_slider_of_the_whole_window_keeps_its_length() {
    let mut harness = counting();
    draft(&mut harness, 10, 11);
    let place = timeline(&harness).sliders[1].place;
    gesture(&mut harness, Gesture::Slide(Handle::Whole, place - 100));
    let [start, whole, end] = timeline(&harness).sliders;
    assert!(whole.place.abs_diff(place - 100) <= 1);
    assert!((end.place - start.place).abs_diff(59) <= 1, "an hour is 59 places");
    gesture(&mut harness, Gesture::Slide(Handle::Whole, Scale::WIDTH));
    assert_eq!(timeline(&harness).sliders[2].place, Scale::WIDTH);
}

#[test]
fn a_first_click_is_forgotten_when_another_region_or_tab_is_shown() {
    let moves: [fn(&mut Harness); 3] = [
        |harness| harness.press_link(1),
        |harness| {
            harness.intent(Intent::Turn(Tab::Setup));
            harness.intent(Intent::Turn(Tab::Replay));
        },
        |harness| {
            let address = Address { region: Some("eu".to_string()), ..Address::default() };
            harness.send(Msg::Moved(address));
        },
    ];
    for leave in moves {
        let mut harness = counting();
        let scale = scale(&harness);
        let click = |harness: &mut Harness, at: u32| {
            gesture(harness, Gesture::Press(scale.place(hour(at))));
            gesture(harness, Gesture::Release(scale.place(hour(at))));
        };
        click(&mut harness, 9);
        leave(&mut harness);
        harness.answer_reads();
        click(&mut harness, 10);
        assert_eq!(harness.replay().picker.draft, None);
        click(&mut harness, 11);
        assert!(timeline(&harness).chosen.starts_with("Today 11:00 – 12:00"));
    }
}

#[test]
fn an_outage_and_the_share_of_a_running_job_are_marked() {
    let mut harness = counting();
    harness.outages =
        r#"{"outages": [{"id": "7", "began_at": "2026-11-23T10:00:00Z", "reason": "refused"}]}"#;
    harness.job = RUNNING_HERE;
    harness.progress = HALF;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    let mark = |kind| mark(&harness, kind).expect("it is marked");
    assert_eq!((mark(MarkKind::Outage).end, mark(MarkKind::Gone).start), (Scale::WIDTH, 0));
    let (job, delivered) = (mark(MarkKind::Job), mark(MarkKind::Delivered));
    assert_eq!(delivered.start, job.start);
    assert_eq!(delivered.end - delivered.start, (job.end - job.start) / 2);
}

fn counting() -> Harness {
    Harness::counting(ARCHIVE)
}

fn gesture(harness: &mut Harness, gesture: Gesture) {
    harness.intent(Intent::Timeline(gesture));
}

/// Drafts a window of whole hours by a drag.
fn draft(harness: &mut Harness, start: u32, end: u32) {
    let scale = scale(harness);
    gesture(harness, Gesture::Press(scale.place(hour(start))));
    gesture(harness, Gesture::Drag(scale.place(hour(end))));
    // A drag is longer than a click.
    gesture(harness, Gesture::Cancel);
    for at in [start, end] {
        gesture(harness, Gesture::Press(scale.place(hour(at))));
        gesture(harness, Gesture::Release(scale.place(hour(at))));
    }
}

fn timeline(harness: &Harness) -> Timeline {
    harness.replay().timeline.expect("one region is in view")
}

fn mark(harness: &Harness, kind: MarkKind) -> Option<Mark> {
    timeline(harness).marks.into_iter().find(|mark| mark.kind == kind)
}

fn kind_of_window(harness: &Harness) -> MarkKind {
    timeline(harness).window.kind
}

fn scale(harness: &Harness) -> Scale {
    Scale::of(
        None,
        &replay_core::Policy { grace: TimeDelta::zero(), ..replay_core::Policy::DEFAULT },
        harness.now,
    )
}

fn hour(hour: u32) -> i64 {
    let at: Timestamp = format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap();
    at.timestamp()
}
