//! Looking at the timeline: zooming, and what the bar under the pointer says.

use super::*;

#[test]
fn zooming_changes_what_is_shown_and_neither_the_window_nor_the_draft() {
    let mut harness = counting();
    draft(&mut harness, 10, 11);
    let chosen = timeline(&harness).chosen;
    gesture(&mut harness, Gesture::ZoomToWindow);
    assert_eq!(harness.view().announcement, "Shown: Today 10:54 – 12:06 (Europe/Berlin).");
    let (_, request) = &harness.requests.last().expect("finer counts are read");
    let query = "?start_at=2026-11-23T09:54:00Z&end_at=2026-11-23T11:06:00Z";
    assert!(request.path.ends_with(query), "{}", request.path);
    assert_eq!(timeline(&harness).bars.len(), 3, "the coarse bars are shown until then");
    assert_eq!(timeline(&harness).chosen, chosen);
    let zooms = |harness: &Harness| timeline(harness).zooms;
    harness.press(zooms(&harness)[2].clone());
    harness.press(zooms(&harness)[0].clone());
    for _ in 0..3 {
        let undo = zooms(&harness).pop().unwrap();
        assert_eq!(undo.label, "Undo zoom");
        harness.press(undo);
    }
    assert_eq!(zooms(&harness).len(), 3);
    assert_eq!(timeline(&harness).chosen, chosen);
}

#[test]
fn zooming_at_a_place_keeps_what_is_there_and_is_undone_as_by_the_buttons() {
    let mut harness = counting();
    let chosen = timeline(&harness).chosen;
    let whole = timeline(&harness).summary;
    let place = timeline(&harness).bars[1].start;
    for gesture_at in
        [Gesture::ZoomInAt(place), Gesture::ZoomInAt(place), Gesture::ZoomOutAt(place)]
    {
        gesture(&mut harness, gesture_at);
        assert!(timeline(&harness).bars[1].start.abs_diff(place) < 100, "the bar stays");
    }
    assert_eq!(harness.view().announcement, "", "a wheel has many steps");
    assert_eq!((timeline(&harness).chosen, timeline(&harness).apply), (chosen, None));
    for _ in 0..3 {
        gesture(&mut harness, Gesture::UndoZoom);
    }
    assert_eq!(timeline(&harness).summary, whole);
}

#[test]
fn the_finest_zoom_is_not_moved_by_another_step() {
    let mut harness = counting();
    for _ in 0..15 {
        gesture(&mut harness, Gesture::ZoomInAt(2_500));
    }
    let finest = timeline(&harness).summary;
    gesture(&mut harness, Gesture::ZoomInAt(2_500));
    assert_eq!(timeline(&harness).summary, finest);
}

#[test]
fn the_bar_under_the_pointer_says_its_time_and_entries() {
    let mut harness = counting();
    assert_eq!(timeline(&harness).hovered, "");
    let bars = timeline(&harness).bars;
    for (bar, words) in bars.iter().zip([
        "Today 11:00 – 11:30, 100 entries",
        "Today 11:30 – 12:00, 300 entries, 60 undelivered",
        "Today 12:00 – 12:30, 200 entries",
    ]) {
        gesture(&mut harness, Gesture::Hover(bar.start));
        assert_eq!(timeline(&harness).hovered, words);
    }
    gesture(&mut harness, Gesture::Hover(Scale::WIDTH));
    assert_eq!(timeline(&harness).hovered, "");
}
