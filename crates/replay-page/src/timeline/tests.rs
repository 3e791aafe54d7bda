use alloc::format;

use proptest::prelude::*;

use chrono::TimeDelta;

use super::{period::ceil, *};

#[test]
fn a_drag_chooses_what_is_between_its_ends_in_any_direction() {
    let scale = whole();
    for (from, to) in [(2_000, 4_000), (4_000, 2_000)] {
        let mut timeline = Timeline::default();
        timeline.press(from);
        timeline.drag(3_000);
        let window = Period::between(scale.second(2_000), scale.second(4_000));
        assert_eq!(timeline.release(to, &scale), Some(Chosen::Window(window)));
        assert_eq!(timeline.choosing(&scale), None);
    }
}

#[test]
fn two_clicks_choose_the_window_between_them() {
    let (scale, mut timeline) = (whole(), Timeline::default());
    let (first, second) = (scale.second(6_000), scale.second(5_000));
    timeline.press(5_990);
    assert_eq!(timeline.release(6_000, &scale), Some(Chosen::FirstEnd(scale.second(5_990))));
    timeline.cancel();
    timeline.press(6_000);
    assert_eq!(timeline.release(6_000, &scale), Some(Chosen::FirstEnd(first)));
    assert_eq!(timeline.choosing(&scale), Some(Period::between(first, first)));
    timeline.press(5_000);
    let window = Period::between(second, first);
    assert_eq!(timeline.choosing(&scale), Some(window));
    assert_eq!(timeline.release(5_000, &scale), Some(Chosen::Window(window)));
}

#[test]
fn a_drag_after_a_first_click_chooses_a_window_of_its_own() {
    let (scale, mut timeline) = (whole(), Timeline::default());
    timeline.press(9_000);
    timeline.release(9_000, &scale);
    timeline.press(1_000);
    let window = Period::between(scale.second(1_000), scale.second(2_000));
    assert_eq!(timeline.release(2_000, &scale), Some(Chosen::Window(window)));
}

#[test]
fn a_cancelled_choice_and_a_pointer_that_was_not_pressed_choose_nothing() {
    let (scale, mut timeline) = (whole(), Timeline::default());
    timeline.press(2_000);
    timeline.drag(4_000);
    assert!(timeline.cancel());
    assert_eq!(timeline.release(4_000, &scale), None);
    assert!(!timeline.cancel());
}

#[test]
fn each_zoom_can_be_undone_and_one_beyond_the_retention_shows_all_of_it() {
    let mut timeline = Timeline::default();
    let hours = |count| Period::of(now() - TimeDelta::hours(count), now());
    timeline.zoom(hours(8), &Policy::DEFAULT);
    timeline.zoom(hours(2), &Policy::DEFAULT);
    timeline.zoom(hours(2), &Policy::DEFAULT);
    timeline.zoom(hours(200), &Policy::DEFAULT);
    for part in [None, Some(hours(2)), Some(hours(8)), None, None] {
        assert_eq!(timeline.part(), part);
        timeline.undo_zoom();
    }
}

#[test]
fn the_places_of_the_ends_are_those_of_what_is_shown_and_the_instants_are_limited() {
    let scale = whole();
    let now = now().timestamp();
    assert_eq!(scale.place(now), Scale::WIDTH);
    assert_eq!(scale.place(now + 9_000), Scale::WIDTH);
    assert_eq!(scale.place(scale.shown.start), 0);
    assert_eq!(scale.second(Scale::WIDTH), now);
    assert_eq!(scale.second(0), ceil(now - 7 * 86_400 + MINUTE, MINUTE));
}

#[test]
fn keys_move_a_handle_by_a_bucket_a_minute_a_window_and_to_the_limits() {
    use Direction::{Back, Forward};
    let at = |time: &str| format!("2026-11-23T{time}Z").parse::<Timestamp>().unwrap().timestamp();
    let limits = Period::between(at("00:00:00"), at("12:00:00"));
    let bucket = 30 * MINUTE;
    for (handle, step, start, end) in [
        (Handle::Start, HandleStep::Bucket(Forward), "10:30:00", "11:00:00"),
        (Handle::Start, HandleStep::Bucket(Back), "10:00:00", "11:00:00"),
        (Handle::Start, HandleStep::Minute(Forward), "10:13:00", "11:00:00"),
        (Handle::Start, HandleStep::Minute(Back), "10:12:00", "11:00:00"),
        (Handle::Start, HandleStep::Page(Back), "09:24:40", "11:00:00"),
        (Handle::Start, HandleStep::First, "00:00:00", "11:00:00"),
        (Handle::Start, HandleStep::Last, "11:00:00", "11:00:00"),
        (Handle::End, HandleStep::Bucket(Forward), "10:12:20", "11:30:00"),
        (Handle::End, HandleStep::Page(Forward), "10:12:20", "11:47:40"),
        (Handle::End, HandleStep::First, "10:12:20", "10:12:20"),
        (Handle::End, HandleStep::Last, "10:12:20", "12:00:00"),
        (Handle::Whole, HandleStep::Bucket(Back), "10:00:00", "10:47:40"),
        (Handle::Whole, HandleStep::Page(Forward), "11:00:00", "11:47:40"),
        (Handle::Whole, HandleStep::First, "00:00:00", "00:47:40"),
        (Handle::Whole, HandleStep::Last, "11:12:20", "12:00:00"),
    ] {
        let window = Period::between(at("10:12:20"), at("11:00:00"));
        let expected = Period::between(at(start), at(end));
        assert_eq!(stepped(window, handle, step, bucket, limits), expected, "{handle:?} {step:?}");
    }
}

#[test]
fn each_key_of_a_slider_has_a_step_and_other_keys_have_none() {
    use Direction::{Back, Forward};
    for (key, with_shift, step) in [
        ("ArrowRight", false, Some(HandleStep::Bucket(Forward))),
        ("ArrowDown", false, Some(HandleStep::Bucket(Back))),
        ("ArrowUp", true, Some(HandleStep::Minute(Forward))),
        ("PageDown", false, Some(HandleStep::Page(Back))),
        ("Home", false, Some(HandleStep::First)),
        ("End", true, Some(HandleStep::Last)),
        ("Tab", false, None),
        ("a", false, None),
    ] {
        assert_eq!(HandleStep::of_key(key, with_shift), step, "{key}");
    }
}

proptest! {
    #[test]
    fn a_place_is_the_place_of_its_instant_to_the_minute(place in 0..=Scale::WIDTH) {
        let scale = whole();
        let again = scale.place(scale.second(place));
        let earliest = scale.place(scale.limits.start);
        prop_assert!(again.abs_diff(place.max(earliest)) <= 1, "{again}");
    }

    #[test]
    fn a_step_of_a_slider_divides_its_width_and_is_never_less_than_half_a_minute(
        minutes in 30..300_000_i64, bucket in 1..2_000_i64,
    ) {
        let end = now().timestamp();
        let part = Period { start: end - minutes * MINUTE, end };
        let scale = Scale::of(Some(part), &Policy::DEFAULT, now());
        let step = scale.step(bucket * MINUTE);
        prop_assert_eq!(Scale::WIDTH % step, 0);
        let seconds = i64::from(step) * scale.shown.length() / i64::from(Scale::WIDTH);
        prop_assert!(seconds >= 30 || step == 500, "{seconds} s");
    }

    #[test]
    fn an_instant_of_a_zoomed_part_is_found_again(
        minutes in 30..9_000_i64, ago in 0..1_000_i64, place in 0..=Scale::WIDTH,
    ) {
        let end = floor(now().timestamp(), MINUTE) - ago * MINUTE;
        let part = Period { start: end - minutes * MINUTE, end };
        let scale = Scale::of(Some(part), &Policy::DEFAULT, now());
        let at = scale.second(place);
        prop_assert!(part.start <= at && at <= part.end);
        let step = minutes * MINUTE / i64::from(Scale::WIDTH) + MINUTE;
        prop_assert!((scale.second(scale.place(at)) - at).abs() <= step);
    }

    #[test]
    fn no_key_and_no_slider_moves_a_window_out_of_its_limits_or_turns_it_round(
        start in 0..20_000_i64, length in 0..20_000_i64, bucket in 1..2_000_i64,
        moves in proptest::collection::vec((0..3_usize, 0..9_usize, 0..=Scale::WIDTH), 1..20),
    ) {
        let scale = whole();
        let start = now().timestamp() - start * MINUTE;
        let mut window = Period { start, end: start + length * MINUTE };
        for (handle, key, place) in moves {
            let handle = Handle::ALL[handle];
            let keys = [
                "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown",
            ];
            window = match keys.get(key).and_then(|key| HandleStep::of_key(key, place % 2 == 0)) {
                Some(step) => {
                    stepped(window, handle, step, bucket * MINUTE, scale.limits)
                }
                None => placed(window, handle, scale.second(place), scale.limits),
            };
            prop_assert!(scale.limits.start <= window.start);
            prop_assert!(window.start <= window.end);
            prop_assert!(window.end <= scale.limits.end);
        }
    }
}

fn whole() -> Scale {
    Scale::of(None, &Policy::DEFAULT, now())
}

fn now() -> Timestamp {
    "2026-11-23T12:00:29.5Z".parse().unwrap()
}
