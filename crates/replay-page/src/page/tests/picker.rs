//! The range picker: opening and closing it, suggestions, mends, copies, and the ranges that the
//! browser keeps.

use replay_client::Previewed;

use super::*;
use crate::picker::CopyForm;

const OUTAGE: &str = r#"{"outages": [{"id": "7", "began_at": "2026-11-23T09:12:00Z",
    "ended_at": "2026-11-23T10:47:00Z", "reason": "refused", "undelivered_lines": 3}]}"#;
const OLD_OUTAGE: &str = r#"{"outages": [{"id": "7", "began_at": "2026-11-01T09:12:00Z",
    "ended_at": "2026-11-20T10:47:00Z", "reason": "refused", "undelivered_lines": 3}]}"#;

#[test]
fn opening_the_picker_moves_the_focus_into_it_and_escape_returns_it() {
    let mut harness = Harness::ready();
    harness.other_effects.clear();
    harness.choose(Choice::Toggle);
    assert!(harness.replay().picker.popover.is_some());
    assert_eq!(harness.other_effects, [Effect::Focus("chosen-range".into())]);
    harness.other_effects.clear();
    harness.choose(Choice::Escape);
    assert_eq!(harness.replay().picker.popover, None);
    assert_eq!(harness.other_effects, [Effect::Focus("range".into())]);
    harness.other_effects.clear();
    harness.choose(Choice::Toggle);
    harness.choose(Choice::Leave);
    assert_eq!(harness.replay().picker.popover, None);
    assert_eq!(harness.other_effects.len(), 1, "the focus is not taken from where it went");
}

#[test]
fn a_closed_picker_keeps_the_draft_until_it_is_applied_or_discarded() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "now-6h to now-5h");
    harness.choose(Choice::Escape);
    let draft = harness.replay().picker.draft.unwrap();
    assert!(draft.text.starts_with("now-6h to now-5h · "), "{}", draft.text);
    assert!(matches!(harness.replay().send.state, Readiness::Disabled(_)));
    harness.press(draft.discard.unwrap());
    assert_eq!(harness.replay().picker.draft, None);
    assert_eq!(harness.replay().send.state, Readiness::Ready);
    assert_eq!(harness.replay().picker.choice, "Last 15 minutes");
}

#[test]
fn what_is_typed_while_no_field_has_the_focus_becomes_the_text_of_the_range() {
    let mut harness = Harness::ready();
    harness.choose(Choice::Toggle);
    harness.other_effects.clear();
    for character in ["6", "h"] {
        harness.choose(Choice::TypeAhead(character.into()));
    }
    assert_eq!(harness.understood().text, "Last 6 hours · Today 07:00 – 13:00 · 6 h");
    let typed = [("6", 1), ("6h", 2)];
    let typed =
        typed.map(|(text, end)| Effect::Retype(RangeField::Whole.id(), text.into(), end..end));
    assert_eq!(harness.other_effects, typed);
    // Another choice begins anew.
    harness.choose(Choice::Turn(RangeTab::Relative));
    harness.choose(Choice::TypeAhead("3h".into()));
    assert!(harness.understood().text.starts_with("Last 3 hours · "));
}

#[test]
fn applying_closes_the_picker_and_returns_the_focus_and_sends_nothing() {
    let mut harness = Harness::ready();
    harness.choose(Choice::Toggle);
    harness.draft_preset("Last 6 hours");
    harness.other_effects.clear();
    harness.press(harness.popover().understood.apply);
    assert_eq!(harness.replay().picker.popover, None);
    assert!(harness.other_effects.contains(&Effect::Focus("range".into())));
    assert_eq!(harness.replay().picker.choice, "Last 6 hours");
    assert_eq!(harness.pending(), Vec::<String>::new());

    harness.choose(Choice::Toggle);
    let hour = harness.popover().options[0].options[1].clone();
    harness.send(hour.draft);
    harness.apply();
    assert_eq!(harness.replay().picker.choice, "Last hour");
    assert_eq!(harness.pending(), Vec::<String>::new());
}

#[test]
fn what_is_understood_is_shown_while_typing_and_announced_when_it_changes() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "now-6h to now-5h");
    assert!(harness.understood().text.contains(" · 1 h"), "{}", harness.understood().text);
    assert_eq!(harness.view().announcement, harness.understood().text);
    harness.choose(Choice::Type(RangeField::Whole, "now-6h to now-5".to_string()));
    assert_eq!(harness.understood().tone, Tone::Warning);
    assert!(harness.view().announcement.starts_with("now-6h"), "an unfinished text is announced");
    harness.choose(Choice::Type(RangeField::Whole, "now-6h to now-5m".to_string()));
    assert_eq!(harness.view().announcement, harness.understood().text);
}

#[test]
fn a_refusal_names_the_bound_and_its_mend_is_a_button() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "now-30d to now");
    let refused = harness.understood();
    assert!(
        refused.text.starts_with("From is too long ago. The server keeps entries for seven days")
    );
    assert!(
        refused.text.ends_with(
            "16 Nov 13:01, 60 s inside that limit, so that it is still valid on arrival."
        ),
        "{}",
        refused.text
    );
    assert_eq!(refused.mends[0].label, "Use the last 7 days");
    harness.send(refused.mends[0].msg.clone());
    assert_eq!(harness.understood().mends, []);
    harness.apply();
    assert_eq!(harness.replay().picker.choice, "Last 7 days");

    harness.type_in(RangeField::Whole, "now-1h to now-2h");
    harness.send(harness.understood().mends[0].msg.clone());
    assert_eq!(harness.text(RangeField::From), "now-2h");
    assert_eq!(harness.text(RangeField::To), "now-1h");
}

#[test]
fn the_readings_of_a_question_are_words_with_their_times_and_refused_ones_are_left_out() {
    let mut harness = Harness::ready();
    for (text, labels) in [
        (
            "last day",
            &[
                "Last 24 hours · Yesterday 13:00 – Today 13:00",
                "Yesterday · Yesterday 00:00 – Today 00:00",
            ][..],
        ),
        ("last week", &["Last 7 days · 16 Nov 13:00 – Today 13:00"]),
        (
            "last month",
            &[
                "Past month · 23 Oct 13:00 – Today 13:00",
                "Previous month · 1 Oct 00:00 – 1 Nov 00:00",
            ],
        ),
    ] {
        harness.type_in(RangeField::Whole, text);
        let mends = harness.understood().mends.into_iter();
        assert_eq!(mends.map(|mend| mend.label).collect::<Vec<_>>(), labels, "{text}");
    }
}

#[test]
fn an_outage_is_suggested_with_its_exact_times() {
    let mut harness = with_outages(OUTAGE);
    harness.choose(Choice::Toggle);
    let group = &harness.popover().options[1];
    assert_eq!((group.legend, group.options[0].label.as_str()), ("Suggestions", "The outage"));
    harness.send(group.options[0].draft.clone());
    harness.apply();
    let range = harness.page.address().range.clone().unwrap();
    assert_eq!(
        (range.from.as_str(), range.to.as_str()),
        ("2026-11-23T09:12:00Z", "2026-11-23T10:47:00Z")
    );
}

#[test]
fn a_suggestion_longer_than_a_day_is_on_the_tab_custom_and_limited_to_the_retention() {
    let mut harness = with_outages(OLD_OUTAGE);
    harness.choose(Choice::Toggle);
    assert_eq!(harness.popover().options.len(), 1);
    harness.choose(Choice::Turn(RangeTab::Custom));
    harness.send(harness.popover().options[0].options[0].draft.clone());
    harness.apply();
    let range = harness.page.address().range.clone().unwrap();
    assert_eq!((range.from.as_str(), range.to.as_str()), ("now-7d", "2026-11-20T10:47:00Z"));
}

#[test]
fn the_time_since_the_webhook_failed_and_since_the_last_replay_are_suggested() {
    let mut harness = Harness::ready();
    harness.job = COMPLETED;
    harness.intent(Intent::Refresh);
    harness.answer_reads();
    harness.intent(Intent::Refresh);
    harness.respond_with(
        "us/v2/audit-log-webhook/status",
        200,
        r#"{"webhook_status": "inactive", "webhook_enabled": true, "inactive_since": "2026-11-23T11:00:00Z"}"#,
    );
    harness.answer_reads();
    harness.choose(Choice::Toggle);
    let labels: Vec<_> =
        harness.popover().options[1].options.iter().map(|option| option.label.clone()).collect();
    assert_eq!(labels, ["Since the webhook failed", "Since the end of the last completed replay"]);
}

#[test]
fn an_outage_and_the_failure_of_its_webhook_are_suggested_once() {
    let ongoing = OUTAGE.replace(r#""ended_at": "2026-11-23T10:47:00Z","#, "");
    let mut harness = with_outages(ongoing.leak());
    harness.intent(Intent::Refresh);
    harness.respond_with(
        "us/v2/audit-log-webhook/status",
        200,
        r#"{"webhook_status": "inactive", "webhook_enabled": true, "inactive_since": "2026-11-23T09:12:00.250Z"}"#,
    );
    harness.answer_reads();
    harness.choose(Choice::Toggle);
    let suggestions = &harness.popover().options[1].options;
    assert_eq!((suggestions.len(), suggestions[0].label.as_str()), (1, "The outage"));
}

#[test]
fn an_applied_range_is_kept_as_recent_and_can_be_removed() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "now-6h to now-5h");
    harness.apply();
    assert!(harness.other_effects.contains(&Effect::KeepRanges("now-6h/now-5h\n".to_string())));
    harness.choose(Choice::Toggle);
    let recent = harness.popover().options[0].clone();
    assert_eq!((recent.legend, recent.options[0].label.as_str()), ("Recent", "now-6h to now-5h"));
    harness.press(recent.options[0].forget.clone().unwrap());
    assert_eq!(harness.popover().options, []);
}

#[test]
fn a_range_is_saved_by_its_name_or_by_its_text() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "now-6h to now-5h");
    harness.choose(Choice::Rename(" The night shift ".to_string()));
    harness.choose(Choice::Save);
    harness.choose(Choice::Save);
    let stored = "now-6h/now-5h The night shift\nnow-6h/now-5h now-6h to now-5h\n";
    assert_eq!(harness.other_effects.last(), Some(&Effect::KeepRanges(stored.to_string())));
    let saved = harness.popover().options[0].clone();
    assert_eq!((saved.legend, saved.options[0].label.as_str()), ("Saved", "The night shift"));
}

#[test]
fn a_range_is_copied_as_text_as_link_and_as_commands_without_the_token() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "now-2h to now-1h");
    let copies: Vec<_> = harness
        .popover()
        .copy
        .into_iter()
        .map(|copy| {
            harness.press(copy);
            let Some(Effect::Copy(text)) = harness.other_effects.pop() else { panic!() };
            text
        })
        .collect();
    assert_eq!(
        copies,
        [
            "now-2h/now-1h",
            "http://localhost:8787/organization/audit-logs-setup?region=us&tab=replay&from=now-2h&to=now-1h",
            "curl -X PUT 'http://localhost:8787/api/us/v2/audit-log-replay-job' \
         -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \
         -d '{\"start_at\": \"2026-11-23T10:00:00Z\", \"end_at\": \"2026-11-23T11:00:00Z\"}'",
            "kongctl api put /v2/audit-log-replay-job start_at=2026-11-23T10:00:00Z \
         end_at=2026-11-23T11:00:00Z --base-url http://localhost:8787/api/us --pat \"$TOKEN\"",
        ]
    );
    for (done, words) in [(true, "Copied."), (false, "The browser did not permit copying.")] {
        harness.send(Msg::Copied(done));
        assert_eq!(harness.popover().copied, Some(words));
        assert_eq!(harness.view().announcement, words);
    }
}

#[test]
fn a_copied_command_and_a_preview_have_the_margin_at_any_part_of_a_second() {
    let mut harness = Harness::counting("{}");
    harness.now += TimeDelta::milliseconds(400);
    harness.choose(Choice::Draft(Range::last(TimeDelta::days(7))));
    let sent = r#""start_at": "2026-11-16T12:01:00Z", "end_at": "2026-11-23T12:00:00Z""#;
    harness.choose(Choice::Copy(CopyForm::Curl));
    let Some(Effect::Copy(text)) = harness.other_effects.pop() else { panic!() };
    assert!(text.contains(sent), "{text}");
    harness.end_wait_of(&RequestOwner::Preview(region("us"), Previewed::Selection));
    let mut previews = harness.pending().into_iter().filter(|request| request.contains("preview"));
    let preview = previews.next_back().unwrap();
    assert!(preview.contains("start_at=2026-11-16T12:01:00Z&"), "{preview}");
}

fn with_outages(outages: &'static str) -> Harness {
    let mut harness = Harness::open(Address::default(), Some("token"), None);
    harness.outages = outages;
    harness.describe_server_with("embedded", r#""outages""#);
    harness.answer_reads();
    harness
}
