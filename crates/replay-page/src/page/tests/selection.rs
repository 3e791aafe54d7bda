//! What would be sent: when it is counted, and what is said of it before the click.

use super::*;
use time_range::Range;

use crate::{
    address::RangeTexts,
    picker::{Choice, RangeField},
    view::{Notice, Selection},
};

const SOME: &str = r#"{"start_at": "2026-11-23T11:45:00Z", "end_at": "2026-11-23T12:00:00Z",
    "lines": 3214, "bytes": 1234567, "first_at": "2026-11-23T11:45:10Z", "last_at": "2026-11-23T11:59:00Z",
    "archive_first_at": "2026-11-20T08:00:00Z", "bucket_seconds": 60, "webhook_ready": true,
    "estimated_seconds": 12, "buckets": [{"at": "2026-11-23T11:45:00Z", "lines": 3214, "bytes": 1234567}]}"#;
const NONE: &str = r#"{"start_at": "2026-11-23T11:45:00Z", "end_at": "2026-11-23T12:00:00Z",
    "lines": 0, "bytes": 0, "bucket_seconds": 60, "webhook_ready": true, "buckets": []}"#;
const LATE: &str = r#"{"start_at": "2026-11-23T11:45:00Z", "end_at": "2026-11-23T12:00:00Z",
    "lines": 1, "bytes": 200, "first_at": "2026-11-23T11:52:10.5Z", "last_at": "2026-11-23T11:52:10.5Z",
    "archive_first_at": "2026-11-23T11:52:10.5Z", "bucket_seconds": 60, "webhook_ready": false,
    "buckets": [{"at": "2026-11-23T11:52:00Z", "lines": 1, "bytes": 200}]}"#;
const PREVIEW: &str = "Get us/x/replay/preview";

#[test]
fn the_page_says_how_much_would_be_sent_how_long_it_takes_and_whether_the_webhook_is_ready() {
    let text = "3 214 entries, 1.2 MB, about 12 s. The webhook is ready.";
    assert_eq!(selection(&Harness::counting(SOME)), Selection { text: text.into(), notice: None });
}

#[test]
fn an_inactive_webhook_is_said_before_the_click() {
    let mut harness = Harness::counting(SOME);
    harness.intent(Intent::Refresh);
    let inactive = r#"{"webhook_status": "inactive", "webhook_enabled": true}"#;
    harness.respond_with("us/v2/audit-log-webhook/status", 200, inactive);
    assert!(
        selection(&harness).text.ends_with("The webhook is inactive: its last delivery failed.")
    );
}

#[test]
fn an_empty_window_is_said_before_the_click_and_can_still_be_sent() {
    let harness = Harness::counting(NONE);
    let notice = selection(&harness).notice.unwrap();
    assert_eq!((notice.tone, &*notice.text), (Tone::Warning, "No entries in this time range."));
    assert_eq!(harness.replay().send.state, Readiness::Ready);
}

#[test]
fn a_window_that_begins_before_the_first_entry_can_be_narrowed() {
    let mut harness = Harness::counting(LATE);
    let Selection { text, notice } = selection(&harness);
    assert_eq!(text, "1 entry, 200 B. The webhook is not enabled.");
    let Notice { text, action, .. } = notice.unwrap();
    assert_eq!(text, "First entry in this time range: Today 12:52.");
    let action = action.unwrap();
    assert_eq!(action.name.as_deref(), Some("Start at the first entry, Today 12:52"));
    harness.press(action);
    let draft = harness.replay().picker.draft.unwrap().text;
    assert_eq!(draft, "Today 12:52:10 – 13:00 · 7 min 50 s");
    assert!(matches!(harness.replay().send.state, Readiness::Disabled(_)));
}

#[test]
fn a_changed_draft_is_counted_after_a_short_pause_and_the_read_of_the_previous_one_is_aborted() {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.preview = SOME;
    harness.describe_server_with("embedded", r#""preview""#);
    harness.respond_with("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
    let query = "?start_at=2026-11-23T11:45:00Z&end_at=2026-11-23T12:00:00Z";
    assert!(harness.pending().contains(&format!("{PREVIEW}{query}")), "{:?}", harness.pending());
    assert_eq!(selection(&harness).text, "Counting the entries…");
    harness.intent(Intent::Choose(Choice::Draft(Range::last(TimeDelta::hours(6)))));
    harness.intent(Intent::Choose(Choice::Draft(Range::last(TimeDelta::hours(1)))));
    assert!(!harness.pending().contains(&format!("{PREVIEW}{query}")));
    harness.answer_reads();
    assert_eq!(selection(&harness).text, "Counting the entries…");
    assert_eq!(end_wait_of_selection(&mut harness), 300);
    let query = "?start_at=2026-11-23T11:00:00Z&end_at=2026-11-23T12:00:00Z";
    assert!(harness.pending().contains(&format!("{PREVIEW}{query}")), "{:?}", harness.pending());
    harness.answer_reads();
    assert!(selection(&harness).text.starts_with("3 214 entries"));
}

#[test]
fn a_relative_range_is_counted_again_since_it_moves() {
    let mut harness = Harness::counting(SOME);
    assert_eq!(end_wait_of_selection(&mut harness), 30_000);
    let query = "?start_at=2026-11-23T11:45:30Z&end_at=2026-11-23T12:00:30Z";
    assert!(harness.pending().contains(&format!("{PREVIEW}{query}")), "{:?}", harness.pending());
    assert!(selection(&harness).text.starts_with("3 214 entries"), "the old count stays meanwhile");
}

#[test]
fn nothing_is_counted_while_the_page_is_hidden_or_the_draft_is_unreadable() {
    let mut harness = Harness::counting(SOME);
    harness.send(Msg::Hidden);
    end_wait_of_selection(&mut harness);
    assert_eq!(harness.pending(), [""; 0]);
    harness.send(Msg::Shown);
    harness.answer_reads();
    harness.intent(Intent::Choose(Choice::Type(RangeField::Whole, "soon".into())));
    harness.answer_reads();
    assert_eq!(harness.replay().selection, None);
}

#[test]
fn nothing_is_said_to_be_counted_of_a_link_whose_range_is_refused() {
    let range = RangeTexts { from: "now-30d".to_string(), to: "now".to_string() };
    let address = Address { range: Some(range), ..Address::default() };
    let mut harness = Harness::open(address, Some("token"), None);
    harness.describe_server_with("embedded", r#""preview""#);
    harness.answer_reads();
    assert_eq!(harness.replay().selection, None);
    assert!(harness.replay().picker.draft.unwrap().text.starts_with("From is too long ago."));
}

#[test]
fn the_entries_of_all_regions_are_added_up_and_the_confirmation_says_those_of_each() {
    let mut harness = Harness::counting(SOME);
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    let text = "6 428 entries in 2 regions, 2.5 MB, about 12 s. The webhooks are ready.";
    assert_eq!(selection(&harness).text, text);
    assert_eq!(harness.replay().timeline, None);
    harness.intent(Intent::Send);
    let text = "Send the replay of Last 15 minutes (today 12:45 – 13:00, Europe/Berlin) to 2 regions: United States (3 214 entries), \
                Europe (3 214 entries)?";
    assert_eq!(harness.view().question.unwrap().text, text);
}

#[test]
fn nothing_final_is_said_of_all_regions_before_each_has_answered_and_the_uncounted_are_named() {
    let us = "us/x/replay/preview?start_at=2026-11-23T11:45:00Z&end_at=2026-11-23T12:00:00Z";
    let eu = "eu/x/replay/preview?start_at=2026-11-23T11:45:00Z&end_at=2026-11-23T12:00:00Z";
    let some = "3 214 entries in 1 region, 1.2 MB, about 12 s. The webhooks are ready. \
                Not counted: Europe.";
    let none = "No entries in this time range in 1 region. Not counted: Europe.";
    for (body, text) in [(SOME, some), (NONE, none)] {
        let mut harness = Harness::at_server_with(r#""preview""#);
        harness.intent(Intent::Show(Scope::Global));
        harness.respond_with("x/me", 200, r#"{"role": "org-admin", "regions": []}"#);
        harness.respond_with(us, 200, body);
        assert_eq!(selection(&harness).text, "Counting the entries…");
        harness.respond(eu, Err(TransportError::Timeout));
        let Selection { text: said, notice } = selection(&harness);
        assert_eq!(notice.map_or(said, |notice| notice.text), text);
    }
}

#[test]
fn the_regions_without_a_ready_webhook_are_named() {
    let mut harness = Harness::counting(SOME);
    harness.preview = LATE;
    harness.intent(Intent::Show(Scope::Global));
    harness.answer_reads();
    let text = selection(&harness).text;
    assert!(text.ends_with("The webhook is not enabled in Europe."), "{text}");
}

#[test]
fn a_count_that_could_not_be_read_again_says_when_it_was_read() {
    let mut harness = Harness::counting(SOME);
    harness.preview = "[]";
    end_wait_of_selection(&mut harness);
    harness.answer_reads();
    let text = "3 214 entries, 1.2 MB, about 12 s. The webhook is ready. As of today 13:00: the \
                entries could not be counted again.";
    assert_eq!(selection(&harness).text, text);
}

#[test]
fn a_count_that_fails_is_said_and_tried_again() {
    let mut harness = Harness::counting("[]");
    assert_eq!(selection(&harness).text, "The entries cannot be counted.");
    harness.preview = SOME;
    end_wait_of_selection(&mut harness);
    harness.answer_reads();
    assert!(selection(&harness).text.starts_with("3 214 entries"));
}

fn selection(harness: &Harness) -> Selection {
    harness.replay().selection.expect("the entries are counted")
}

/// Ends the latest wait of the count of what is chosen; returns its length in milliseconds.
fn end_wait_of_selection(harness: &mut Harness) -> i64 {
    let owner = RequestOwner::Preview(region("us"), replay_client::Previewed::Selection);
    harness.end_wait_of(&owner).num_milliseconds()
}
