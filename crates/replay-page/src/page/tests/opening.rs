//! Opening the page at a server whose description is in the document.

use super::*;
use crate::address::RangeTexts;
use replay_wire::{Extension, ServerInfo};

#[test]
fn a_described_server_is_not_asked_what_it_is() {
    let harness = Harness::start(flags(Some("token"), Address::default()));
    assert_eq!(harness.pending(), ["Get x/overview"]);
    assert_eq!(harness.requests[0].1.token.as_ref().unwrap().expose(), "token");
    assert_eq!(harness.open_body().regions.len(), 3);
    assert!(matches!(harness.other_effects[..], [Effect::ReadZone(_), Effect::Visit(..)]));
}

#[test]
fn without_a_token_the_dialog_is_open_at_once_and_nothing_is_read() {
    let harness = Harness::start(flags(None, Address::default()));
    assert_eq!(harness.pending(), Vec::<String>::new());
    assert!(harness.view().dialog.is_some());
}

#[test]
fn a_link_is_applied_once_a_slow_clock_is_corrected() {
    let range = |from: &str| RangeTexts { from: from.to_string(), to: from.to_string() };
    let future = Address { range: Some(range("2026-11-23T14:00:00Z")), ..Address::default() };
    for typed in [false, true] {
        let mut harness = Harness::start(flags(Some("token"), future.clone()));
        assert!(is_refused(&harness));
        if typed {
            harness.type_in(RangeField::From, "now-1h");
        }
        let date = Some("2026-11-23T15:00:00Z".parse().unwrap());
        let response = Response { status: 500, body: None, date };
        harness.respond("x/overview", Ok(response));
        assert_eq!(is_refused(&harness), typed);
    }
}

/// Whether the range of the link is refused.
fn is_refused(harness: &Harness) -> bool {
    let Phase::Ready(workspace) = &harness.page.phase else { panic!() };
    workspace.picker.is_refused()
}

#[test]
fn the_range_that_is_applied_at_first_is_known_by_its_texts() {
    let harness = Harness::ready();
    assert!(harness.page.address().range.as_ref().unwrap().is_first());
}

#[test]
fn an_intent_whose_part_was_not_loaded_is_reported_until_the_next_one() {
    let mut harness = Harness::ready();
    assert_eq!(harness.open_body().notices, []);
    harness.send(Msg::NotLoaded);
    let notices = harness.open_body().notices;
    assert_eq!(
        notices[0].text,
        "That was not done: a part of this page could not be loaded. Try it again, or reload the page."
    );
    harness.intent(Intent::Refresh);
    assert_eq!(harness.open_body().notices, []);
}

fn flags(kept: Option<&str>, address: Address) -> Flags {
    let regions = Vec::from([region("us"), region("eu")]);
    let token = |text: &str| Secret::new(text.to_string()).unwrap();
    Flags {
        origin: String::new(),
        ranges: String::new(),
        address,
        host: String::new(),
        zone: berlin(),
        clocks: Clocks::Local,
        kept: kept
            .map(|kept| KeptToken { mode: Mode::Embedded, token: token(kept) })
            .into_iter()
            .collect(),
        link_token: None,
        server: Some(ServerInfo {
            mode: Mode::Embedded,
            default_region: regions[0].clone(),
            regions,
            retention: TimeDelta::days(7),
            extensions: Vec::from([Extension::Overview]),
        }),
    }
}
