//! The range and the address: links, the browser's history, and that only an applied range is sent.

use super::*;
use crate::address::RangeTexts;

const NONE_APPLIED: &str = "None, since the time range of the link was refused";

#[test]
fn an_unreadable_range_in_a_link_is_shown_with_its_fault_and_not_applied() {
    let mut harness = Harness::ready_at(link("us", "whenever", "2026-12-24T00:00:00Z"));
    let fault = harness.understood();
    assert_eq!(fault.tone, Tone::Bad);
    assert!(fault.text.starts_with("From: "), "{}", fault.text);
    assert_eq!(harness.replay().picker.choice, NONE_APPLIED);
    assert_eq!(harness.replay().send.state, disabled("Apply the time range first."));
    harness.choose(Choice::Toggle);
    assert_eq!(harness.text(RangeField::From), "whenever");
    assert_eq!(harness.text(RangeField::To), "2026-12-24T00:00:00Z");
    assert!(harness.input(RangeField::From).invalid);
}

#[test]
fn a_range_in_a_link_beyond_the_retention_is_shown_with_its_fault_and_not_applied() {
    let harness = Harness::ready_at(link("us", "now-30d", "now"));
    let text = harness.understood().text;
    assert!(text.starts_with("From is too long ago. The server keeps entries for seven days: "));
    assert_eq!(harness.replay().picker.choice, NONE_APPLIED);
}

#[test]
fn a_link_opens_its_region_tab_and_range() {
    let harness = Harness::ready_at(Address { tab: Tab::Setup, ..link("eu", "now-6h", "now") });
    assert_eq!(harness.open_body().heading, "Europe");
    assert!(harness.setup().enabled.value);
    let harness = Harness::ready_at(link("eu", "now-6h", "now"));
    assert_eq!(harness.replay().picker.choice, "Last 6 hours");
}

#[test]
fn a_link_to_an_unknown_region_shows_a_notice_and_no_region() {
    for label in ["jp", "EU", "mars & more"] {
        for range in [None, Some(texts("now-6h", "now"))] {
            let there = Address { region: Some(label.to_string()), tab: Tab::Setup, range };
            let mut harness = Harness::ready_at(there.clone());
            let Panel::Unread("", notices) = harness.open_body().panel else { panic!("{label}") };
            let text = format!(
                "The link names the region {label}, which this server does not have. \
                 Choose one of the list."
            );
            assert_eq!(notices[0].text, text);
            assert!(harness.open_body().regions.iter().all(|region| !region.link.current));
            assert!(
                !harness.other_effects.iter().any(|effect| matches!(effect, Effect::Visit(..)))
            );
            harness.intent(Intent::Send);
            assert_eq!(harness.pending(), Vec::<String>::new());

            harness.other_effects.clear();
            harness.press_link(1);
            assert_eq!(harness.open_body().heading, "Europe");
            let range = there.range.unwrap_or_else(|| texts("now-15m", "now"));
            let chosen =
                Address { region: Some("eu".to_string()), tab: Tab::Setup, range: Some(range) };
            assert_eq!(harness.other_effects, [Effect::Visit(chosen, HistoryEntry::New)]);
        }
    }
}

#[test]
fn a_refused_range_stays_in_the_address_and_cannot_be_sent_until_another_is_applied() {
    let there = link("us", "a&b=c d", "now");
    let mut harness = Harness::ready_at(there.clone());
    assert!(!harness.other_effects.iter().any(|effect| matches!(effect, Effect::Visit(..))));
    harness.draft_preset("Last 15 minutes");
    assert_eq!(harness.replay().send.state, disabled("Apply the time range first."));
    harness.intent(Intent::Send);
    assert_eq!(harness.pending(), Vec::<String>::new());
    harness.other_effects.clear();
    harness.intent(Intent::Turn(Tab::Setup));
    let address = Address { tab: Tab::Setup, ..there };
    assert_eq!(harness.other_effects[1], Effect::Visit(address.clone(), HistoryEntry::New));
    let text = "/organization/audit-logs-setup?region=us&tab=setup&from=a%26b%3Dc%20d&to=now";
    assert_eq!(address.to_string(), text);
    harness.answer_reads();
    harness.intent(Intent::Turn(Tab::Replay));
    assert_eq!(harness.replay().picker.choice, NONE_APPLIED);
    harness.apply();
    assert_eq!(harness.replay().picker.choice, "Last 15 minutes");
    assert_eq!(harness.replay().send.state, Readiness::Ready);
    assert_eq!(
        harness.other_effects.last(),
        Some(&Effect::Visit(link("us", "now-15m", "now"), HistoryEntry::New))
    );
}

#[test]
fn navigation_adds_a_history_entry_and_going_back_adds_none() {
    let mut harness = Harness::ready();
    harness.other_effects.clear();
    harness.intent(Intent::Show(Scope::One(region("eu"))));
    let there = link("eu", "now-15m", "now");
    assert_eq!(harness.other_effects, [Effect::Visit(there.clone(), HistoryEntry::New)]);
    harness.answer_reads();

    harness.other_effects.clear();
    harness.send(Msg::Moved(link("us", "now-1h", "now")));
    assert_eq!(harness.other_effects, []);
    assert!(harness.pending().contains(&"Get us/v2/audit-log-replay-job".to_string()));
    let heading = (harness.open_body().heading, harness.replay().picker.choice);
    assert_eq!(heading, ("United States".to_string(), "Last hour".to_string()));
    harness.send(Msg::Moved(there));
    assert_eq!(harness.replay().picker.choice, "Last 15 minutes");
}

#[test]
fn nothing_is_sent_while_a_drafted_range_is_not_applied() {
    let mut harness = Harness::ready();
    harness.draft_preset("Last hour");
    assert_eq!(harness.replay().picker.choice, "Last 15 minutes");
    assert_eq!(harness.replay().send.state, disabled("Apply the time range first."));
    harness.intent(Intent::Send);
    assert_eq!(harness.pending(), Vec::<String>::new());
    harness.apply();
    assert_eq!(harness.replay().picker.choice, "Last hour");
    harness.press(harness.replay().send);
    let (_, request) = harness.take_request("us/v2/audit-log-replay-job");
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"start_at":"2026-11-23T11:00:00Z","end_at":"2026-11-23T12:00:00Z"}"#);
}

#[test]
fn applying_an_unreadable_range_moves_the_focus_to_the_invalid_field() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::To, "whenever");
    assert!(!harness.input(RangeField::To).invalid, "a field is marked while typing");
    harness.other_effects.clear();
    harness.apply();
    assert_eq!(harness.other_effects, [Effect::Focus("to".into())]);
    assert!(harness.input(RangeField::To).invalid);
    assert!(!harness.input(RangeField::From).invalid);
}

#[test]
fn applying_from_outside_the_popover_opens_it_at_the_invalid_field() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::Whole, "whenever");
    harness.choose(Choice::Escape);
    let draft = harness.replay().picker.draft.unwrap();
    harness.other_effects.clear();
    harness.press(draft.apply);
    assert!(harness.input(RangeField::Whole).invalid);
    assert_eq!(harness.other_effects, [Effect::Focus("whole-range".into())]);
}

#[test]
fn an_end_before_a_start_with_a_fraction_is_told_the_start_that_would_do() {
    let harness = Harness::ready_at(link("us", "2026-11-23T10:00:00.250Z", "2026-11-23T10:00:00Z"));
    let text = harness.understood().text;
    assert!(text.starts_with("To is before From, "), "{text}");
}

#[test]
fn a_refused_range_is_announced_each_time_it_is_applied() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::From, "whenever");
    harness.apply();
    let first = harness.view().announcement;
    assert!(first.starts_with("From: "), "{first}");
    harness.apply();
    let second = harness.view().announcement;
    assert_eq!(second.trim_end(), first);
    assert_ne!(second, first, "a live region is silent about the same text");
    harness.apply();
    assert_ne!(harness.view().announcement, second);
}

#[test]
fn an_announced_fault_is_withdrawn_once_the_range_is_applied() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::From, "whenever");
    harness.apply();
    assert!(harness.view().announcement.starts_with("From: "));
    harness.type_in(RangeField::From, "now-1h");
    harness.apply();
    assert_eq!(harness.view().announcement, "");
}

#[test]
fn a_change_of_clocks_rewrites_typed_times_and_keeps_their_meaning() {
    let mut harness = Harness::ready();
    harness.type_in(RangeField::From, "2026-11-23T10:00:00Z");
    harness.type_in(RangeField::To, "whenever");
    harness.send(Msg::ClocksChosen(Clocks::Utc));
    let in_utc = harness.text(RangeField::From);
    harness.send(Msg::ClocksChosen(Clocks::Local));
    let in_berlin = harness.text(RangeField::From);
    assert!(in_utc.contains("10:00") && in_berlin.contains("11:00"), "{in_utc} {in_berlin}");
    assert_eq!(harness.text(RangeField::To), "whenever");
    harness.type_in(RangeField::To, "now");
    harness.apply();
    let texts = harness.page.address().range.clone().unwrap();
    assert_eq!(texts.from, "2026-11-23T10:00:00Z");
}

#[test]
fn applying_another_range_removes_the_result_of_the_last_submission() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.respond_with("us/v2/audit-log-replay-job", 202, RUNNING);
    assert!(harness.replay().mutation_notice.is_some());
    harness.draft_preset("Last hour");
    harness.apply();
    assert_eq!(harness.replay().mutation_notice, None);
}

#[test]
fn the_fault_of_a_refused_range_is_shown_until_the_range_is_edited() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    let refused = r#"{"invalid_parameters": [{"field": "start_at", "reason": "is too old"}]}"#;
    harness.respond_with("us/v2/audit-log-replay-job", 400, refused);
    harness.answer_reads();
    assert_eq!(harness.replay().picker.fault.as_deref(), Some("From is too old."));
    harness.draft_preset("Last hour");
    assert_eq!((harness.replay().picker.fault, harness.replay().mutation_notice), (None, None));
}

fn link(label: &str, from: &str, to: &str) -> Address {
    let region = Some(label.to_string());
    Address { region, tab: Tab::Replay, range: Some(texts(from, to)) }
}

fn texts(from: &str, to: &str) -> RangeTexts {
    RangeTexts { from: from.to_string(), to: to.to_string() }
}

fn disabled(reason: &str) -> Readiness {
    Readiness::Disabled(reason.to_string())
}

#[test]
fn the_choice_of_clocks_is_stored_and_used_at_the_next_opening() {
    let mut harness = Harness::ready();
    harness.other_effects.clear();
    harness.send(Msg::ClocksChosen(Clocks::Utc));
    assert_eq!(harness.other_effects, [Effect::KeepClocks(Clocks::Utc)]);
    let flags = Flags {
        address: Address::default(),
        zone: berlin(),
        clocks: Clocks::Utc,
        kept: vec![],
        link_token: None,
        host: String::new(),
        server: None,
        origin: String::new(),
        ranges: String::new(),
    };
    assert_eq!(Page::open(flags, noon()).0.zone(), Zone::utc());
}
