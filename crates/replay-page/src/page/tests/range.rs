//! The range and the address: what a link may do, what the way back leads to, and that nothing is
//! sent but what is read.

use super::*;

#[test]
fn a_link_with_a_bad_range_says_what_is_wrong_and_applies_nothing() {
    let stage = Stage::ready_at(link("us", "yesterday", "2026-12-24T00:00:00Z"));
    let replay = stage.replay();
    let [from, to] = replay.custom.unwrap().ends;
    assert_eq!((from.1.as_str(), to.1.as_str()), ("yesterday", "2026-12-24T00:00:00Z"));
    assert!(from.2.fault.unwrap().starts_with("From must be a date and time"));
    assert_eq!(replay.applied, "Last 15 minutes");
    assert_eq!(replay.send.state, disabled("Apply the range first."));
}

#[test]
fn a_link_that_asks_for_too_much_says_so_and_applies_nothing() {
    let stage = Stage::ready_at(link("us", "now-30d", "now"));
    let replay = stage.replay();
    assert!(
        replay.custom.unwrap().ends[0]
            .2
            .fault
            .as_ref()
            .unwrap()
            .starts_with("From is too long ago")
    );
    assert_eq!(replay.applied, "Last 15 minutes");
}

#[test]
fn a_link_leads_to_its_region_tab_and_range() {
    let stage = Stage::ready_at(Address { tab: Tab::Setup, ..link("eu", "now-6h", "now") });
    assert_eq!(stage.opened().heading, "Europe");
    assert!(stage.setup().enabled.0);
    let stage = Stage::ready_at(link("eu", "now-6h", "now"));
    assert_eq!(stage.replay().applied, "Last 6 hours");
}

#[test]
fn a_link_to_an_unknown_region_says_so_and_shows_none() {
    for label in ["jp", "EU", "mars & more"] {
        for range in [None, Some(["now-6h", "now"].map(ToString::to_string))] {
            let there = Address { region: Some(label.to_string()), tab: Tab::Setup, range };
            let mut stage = Stage::ready_at(there.clone());
            let Panel::Unread("", notices) = stage.opened().panel else { panic!("{label}") };
            let text = format!(
                "The link names the region {label}, which this server does not have. \
                 Choose one of the list."
            );
            assert_eq!(notices[0].text, text);
            assert!(stage.opened().regions.iter().all(|region| !region.link.current));
            assert!(!stage.done.iter().any(|done| matches!(done, Effect::Visit(..))));
            stage.intent(Intent::Send);
            assert_eq!(stage.asked(), Vec::<String>::new());

            stage.done.clear();
            stage.press_link(1);
            assert_eq!(stage.opened().heading, "Europe");
            let range = there.range.unwrap_or_else(|| ["now-15m", "now"].map(ToString::to_string));
            let chosen =
                Address { region: Some("eu".to_string()), tab: Tab::Setup, range: Some(range) };
            assert_eq!(stage.done, [Effect::Visit(chosen, HistoryEntry::New)]);
        }
    }
}

#[test]
fn a_refused_range_stays_in_the_address_and_cannot_be_sent_until_another_is_applied() {
    let there = link("us", "a&b=c d", "now");
    let mut stage = Stage::ready_at(there.clone());
    assert!(!stage.done.iter().any(|done| matches!(done, Effect::Visit(..))));
    stage.intent(Intent::DraftRange(Some(0)));
    assert_eq!(stage.replay().send.state, disabled("Apply the range first."));
    stage.intent(Intent::Send);
    assert_eq!(stage.asked(), Vec::<String>::new());
    stage.done.clear();
    stage.intent(Intent::Turn(Tab::Setup));
    let address = Address { tab: Tab::Setup, ..there };
    assert_eq!(stage.done[1], Effect::Visit(address.clone(), HistoryEntry::New));
    let text = "/organization/audit-logs-setup?region=us&tab=setup&from=a%26b%3Dc%20d&to=now";
    assert_eq!(address.to_string(), text);
    stage.settle();
    stage.intent(Intent::Turn(Tab::Replay));
    stage.press(stage.replay().apply);
    assert_eq!(stage.replay().send.state, Readiness::Ready);
    assert_eq!(
        stage.done.last(),
        Some(&Effect::Visit(link("us", "now-15m", "now"), HistoryEntry::New))
    );
}

#[test]
fn going_somewhere_is_a_way_back_and_going_back_is_none() {
    let mut stage = Stage::ready();
    stage.done.clear();
    stage.intent(Intent::Show(Scope::One(region("eu"))));
    let there = link("eu", "now-15m", "now");
    assert_eq!(stage.done, [Effect::Visit(there.clone(), HistoryEntry::New)]);
    stage.settle();

    stage.done.clear();
    stage.tell(Msg::Moved(link("us", "now-1h", "now")));
    assert_eq!(stage.done, []);
    assert!(stage.asked().contains(&"Get us/v2/audit-log-replay-job".to_string()));
    let heading = (stage.opened().heading, stage.replay().applied);
    assert_eq!(heading, ("United States".to_string(), "Last hour".to_string()));
    stage.tell(Msg::Moved(there));
    assert_eq!(stage.replay().applied, "Last 15 minutes");
}

#[test]
fn nothing_is_sent_while_a_draft_is_not_applied() {
    let mut stage = Stage::ready();
    stage.intent(Intent::DraftRange(Some(1)));
    assert_eq!(stage.replay().applied, "Last 15 minutes");
    assert_eq!(stage.replay().send.state, disabled("Apply the range first."));
    stage.intent(Intent::Send);
    assert_eq!(stage.asked(), Vec::<String>::new());
    stage.press(stage.replay().apply);
    assert_eq!(stage.replay().applied, "Last hour");
    stage.press(stage.replay().send);
    let (_, request) = stage.take("us/v2/audit-log-replay-job");
    let body = serde_json::to_string(&request.body.unwrap()).unwrap();
    assert_eq!(body, r#"{"start_at":"2026-11-23T11:00:00Z","end_at":"2026-11-23T12:00:00Z"}"#);
}

#[test]
fn whoever_applies_what_cannot_be_read_is_led_to_the_field() {
    let mut stage = Stage::ready();
    stage.intent(Intent::DraftRange(None));
    stage.intent(Intent::Type(Edge::End, "tomorrow".to_string()));
    let fault = |stage: &Stage| stage.replay().custom.unwrap().ends[1].2.fault.clone();
    assert_eq!(fault(&stage), None, "nobody is told off while typing");
    stage.done.clear();
    stage.press(stage.replay().apply);
    assert_eq!(stage.done, [Effect::Focus("to")]);
    assert!(fault(&stage).is_some());
}

#[test]
fn a_window_that_is_pasted_into_one_field_is_refused_with_the_way_to_enter_it() {
    let mut stage = Stage::ready();
    stage.intent(Intent::DraftRange(None));
    stage.intent(Intent::Type(Edge::Start, "2026-11-23 10:12-13:47".to_string()));
    stage.press(stage.replay().apply);
    let fault = stage.replay().custom.unwrap().ends[0].2.fault.clone();
    assert_eq!(
        fault.as_deref(),
        Some(
            "From must be one time: enter a range's start in From and its end in To (or, for an \
             offset, write seconds or a space before it)."
        )
    );
    assert_eq!(stage.replay().applied, "Last 15 minutes");
}

#[test]
fn a_refused_range_is_announced_each_time_it_is_applied() {
    let mut stage = Stage::ready();
    stage.intent(Intent::DraftRange(None));
    stage.intent(Intent::Type(Edge::Start, "soon".to_string()));
    stage.press(stage.replay().apply);
    let first = stage.view().announcement;
    assert!(first.starts_with("From must be a date and time"), "{first}");
    stage.press(stage.replay().apply);
    let second = stage.view().announcement;
    assert_eq!(second.trim_end(), first);
    assert_ne!(second, first, "a live region is silent about the same text");
    stage.press(stage.replay().apply);
    assert_ne!(stage.view().announcement, second);
}

#[test]
fn other_clocks_show_the_same_moments_also_where_they_were_typed() {
    let mut stage = Stage::ready();
    stage.intent(Intent::DraftRange(None));
    stage.intent(Intent::Type(Edge::End, "at noon".to_string()));
    let texts = |stage: &Stage| stage.replay().custom.unwrap().ends.map(|(_, text, _)| text);
    assert_eq!(texts(&stage), ["2026-11-23 12:45:00 +01:00", "at noon"]);
    stage.tell(Msg::ClocksChosen(Clocks::Utc));
    assert_eq!(texts(&stage), ["2026-11-23 11:45:00 +00:00", "at noon"]);
    stage.intent(Intent::Type(Edge::Start, "2026-11-23 10:00".to_string()));
    stage.tell(Msg::ClocksChosen(Clocks::Local));
    assert_eq!(texts(&stage), ["2026-11-23 11:00:00 +01:00", "at noon"]);
}

#[test]
fn an_answer_to_an_earlier_range_is_gone_once_another_is_applied() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    stage.answer("us/v2/audit-log-replay-job", 202, RUNNING);
    assert!(stage.replay().answer.is_some());
    stage.intent(Intent::DraftRange(Some(1)));
    stage.press(stage.replay().apply);
    assert_eq!(stage.replay().answer, None);
}

#[test]
fn a_range_that_the_server_refused_is_blamed_until_it_is_edited() {
    let mut stage = Stage::ready();
    stage.press(stage.replay().send);
    let refused = r#"{"invalid_parameters": [{"field": "start_at", "reason": "is too old"}]}"#;
    stage.answer("us/v2/audit-log-replay-job", 400, refused);
    stage.settle();
    assert_eq!(stage.replay().range.fault.as_deref(), Some("From is too old."));
    stage.intent(Intent::DraftRange(Some(1)));
    assert_eq!((stage.replay().range.fault, stage.replay().answer), (None, None));
}

fn link(label: &str, from: &str, to: &str) -> Address {
    let region = Some(label.to_string());
    Address { region, tab: Tab::Replay, range: Some([from, to].map(ToString::to_string)) }
}

fn disabled(reason: &str) -> Readiness {
    Readiness::Disabled(reason.to_string())
}

#[test]
fn the_choice_of_clocks_is_kept_and_the_page_opens_with_it() {
    let mut stage = Stage::ready();
    stage.done.clear();
    stage.tell(Msg::ClocksChosen(Clocks::Utc));
    assert_eq!(stage.done, [Effect::KeepClocks(Clocks::Utc)]);
    let flags = Flags {
        address: Address::default(),
        zone: berlin(),
        clocks: Clocks::Utc,
        kept: vec![],
        link_token: None,
        host: String::new(),
    };
    assert_eq!(Page::open(flags).0.zone(), Zone::utc());
}
