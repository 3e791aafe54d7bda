//! The range and the address: links, the browser's history, and that only an applied range is sent.

use super::*;
use crate::{address::RangeTexts, view::Custom};

const NONE_APPLIED: &str = "None, since the range of the link was refused";

#[test]
fn an_unreadable_range_in_a_link_is_shown_with_its_fault_and_not_applied() {
    let harness = Harness::ready_at(link("us", "soon", "2026-12-24T00:00:00Z"));
    let replay = harness.replay();
    let Custom { from, to, .. } = replay.custom.unwrap();
    assert_eq!((from.text.as_str(), to.text.as_str()), ("soon", "2026-12-24T00:00:00Z"));
    assert!(from.field.fault.unwrap().starts_with("From: “soon” is not understood"));
    assert_eq!(replay.applied, NONE_APPLIED);
    assert_eq!(replay.send.state, disabled("Apply the range first."));
}

#[test]
fn a_range_in_a_link_beyond_the_retention_is_shown_with_its_fault_and_not_applied() {
    let harness = Harness::ready_at(link("us", "now-30d", "now"));
    let replay = harness.replay();
    assert!(
        replay
            .custom
            .unwrap()
            .from
            .field
            .fault
            .as_ref()
            .unwrap()
            .starts_with("From is too long ago")
    );
    assert_eq!(replay.applied, NONE_APPLIED);
}

#[test]
fn a_link_opens_its_region_tab_and_range() {
    let harness = Harness::ready_at(Address { tab: Tab::Setup, ..link("eu", "now-6h", "now") });
    assert_eq!(harness.open_body().heading, "Europe");
    assert!(harness.setup().enabled.value);
    let harness = Harness::ready_at(link("eu", "now-6h", "now"));
    assert_eq!(harness.replay().applied, "Last 6 hours");
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
    harness.intent(Intent::DraftRange(Some(0)));
    assert_eq!(harness.replay().send.state, disabled("Apply the range first."));
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
    assert_eq!(harness.replay().applied, NONE_APPLIED);
    harness.press(harness.replay().apply);
    assert_eq!(harness.replay().applied, "Last 15 minutes");
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
    let heading = (harness.open_body().heading, harness.replay().applied);
    assert_eq!(heading, ("United States".to_string(), "Last hour".to_string()));
    harness.send(Msg::Moved(there));
    assert_eq!(harness.replay().applied, "Last 15 minutes");
}

#[test]
fn nothing_is_sent_while_a_drafted_range_is_not_applied() {
    let mut harness = Harness::ready();
    harness.intent(Intent::DraftRange(Some(1)));
    assert_eq!(harness.replay().applied, "Last 15 minutes");
    assert_eq!(harness.replay().send.state, disabled("Apply the range first."));
    harness.intent(Intent::Send);
    assert_eq!(harness.pending(), Vec::<String>::new());
    harness.press(harness.replay().apply);
    assert_eq!(harness.replay().applied, "Last hour");
    harness.press(harness.replay().send);
    let (_, request) = harness.take_request("us/v2/audit-log-replay-job");
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"start_at":"2026-11-23T11:00:00Z","end_at":"2026-11-23T12:00:00Z"}"#);
}

#[test]
fn applying_an_unreadable_range_moves_the_focus_to_the_invalid_field() {
    let mut harness = Harness::ready();
    harness.intent(Intent::DraftRange(None));
    harness.intent(Intent::Type(Edge::End, "soon".to_string()));
    let fault = |harness: &Harness| harness.replay().custom.unwrap().to.field.fault.clone();
    assert_eq!(fault(&harness), None, "a fault is shown while typing");
    harness.other_effects.clear();
    harness.press(harness.replay().apply);
    assert_eq!(harness.other_effects, [Effect::Focus("to".into())]);
    assert!(fault(&harness).is_some());
}

#[test]
fn a_range_pasted_into_one_field_is_refused_with_an_instruction() {
    let mut harness = Harness::ready();
    harness.intent(Intent::DraftRange(None));
    harness.intent(Intent::Type(Edge::Start, "2026-11-23 10:12-13:47".to_string()));
    harness.press(harness.replay().apply);
    let fault = harness.replay().custom.unwrap().from.field.fault.clone();
    assert_eq!(
        fault.as_deref(),
        Some("From: this is a whole range: 2026-11-23T09:12:00Z/2026-11-23T12:47:00Z.")
    );
    assert_eq!(harness.replay().applied, "Last 15 minutes");
}

#[test]
fn an_end_before_a_start_with_a_fraction_is_told_the_start_that_would_do() {
    let harness = Harness::ready_at(link("us", "2026-11-23T10:00:00.250Z", "2026-11-23T10:00:00Z"));
    let fault = harness.replay().custom.unwrap().to.field.fault.clone();
    assert_eq!(fault.as_deref(), Some("To must not be before From, 2026-11-23T10:00:00.25Z."));
}

#[test]
fn a_refused_range_is_announced_each_time_it_is_applied() {
    let mut harness = Harness::ready();
    harness.intent(Intent::DraftRange(None));
    harness.intent(Intent::Type(Edge::Start, "soon".to_string()));
    harness.press(harness.replay().apply);
    let first = harness.view().announcement;
    assert!(first.starts_with("From: “soon” is not understood"), "{first}");
    harness.press(harness.replay().apply);
    let second = harness.view().announcement;
    assert_eq!(second.trim_end(), first);
    assert_ne!(second, first, "a live region is silent about the same text");
    harness.press(harness.replay().apply);
    assert_ne!(harness.view().announcement, second);
}

#[test]
fn an_announced_fault_is_withdrawn_once_the_range_is_applied() {
    let mut harness = Harness::ready();
    harness.intent(Intent::DraftRange(None));
    harness.intent(Intent::Type(Edge::Start, "soon".to_string()));
    harness.press(harness.replay().apply);
    assert!(harness.view().announcement.starts_with("From: “soon” is not understood"));
    harness.intent(Intent::Type(Edge::Start, "now-1h".to_string()));
    harness.press(harness.replay().apply);
    assert_eq!(harness.view().announcement, "");
}

#[test]
fn a_change_of_clocks_rewrites_typed_times_and_keeps_their_meaning() {
    let mut harness = Harness::ready();
    harness.intent(Intent::DraftRange(None));
    harness.intent(Intent::Type(Edge::End, "at night".to_string()));
    let ends = |harness: &Harness| {
        let Custom { from, to, .. } = harness.replay().custom.unwrap();
        [from.text, to.text]
    };
    assert_eq!(ends(&harness), ["2026-11-23 12:45:00 +01:00", "at night"]);
    harness.send(Msg::ClocksChosen(Clocks::Utc));
    assert_eq!(ends(&harness), ["2026-11-23 11:45:00 +00:00", "at night"]);
    harness.intent(Intent::Type(Edge::Start, "2026-11-23 10:00".to_string()));
    harness.send(Msg::ClocksChosen(Clocks::Local));
    assert_eq!(ends(&harness), ["2026-11-23 11:00:00 +01:00", "at night"]);
}

#[test]
fn applying_another_range_removes_the_result_of_the_last_submission() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    harness.respond_with("us/v2/audit-log-replay-job", 202, RUNNING);
    assert!(harness.replay().mutation_notice.is_some());
    harness.intent(Intent::DraftRange(Some(1)));
    harness.press(harness.replay().apply);
    assert_eq!(harness.replay().mutation_notice, None);
}

#[test]
fn the_fault_of_a_refused_range_is_shown_until_the_range_is_edited() {
    let mut harness = Harness::ready();
    harness.press(harness.replay().send);
    let refused = r#"{"invalid_parameters": [{"field": "start_at", "reason": "is too old"}]}"#;
    harness.respond_with("us/v2/audit-log-replay-job", 400, refused);
    harness.answer_reads();
    assert_eq!(harness.replay().range.fault.as_deref(), Some("From is too old."));
    harness.intent(Intent::DraftRange(Some(1)));
    assert_eq!((harness.replay().range.fault, harness.replay().mutation_notice), (None, None));
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
    };
    assert_eq!(Page::open(flags, noon()).0.zone(), Zone::utc());
}
