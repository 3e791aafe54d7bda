use alloc::format;

use chrono::FixedOffset;
use proptest::prelude::*;
use replay_core::Scope;

use super::*;
use crate::address::{Address, Tab};

proptest! {
    #[test]
    fn nothing_is_applied_that_the_policy_refuses(
        from in text(), to in text(), zone in zone(), policy in policy(),
    ) {
        let mut picker = drafted(from, to, &zone);
        match picker.apply(&zone, &policy, now()) {
            Ok(()) => {
                let [from, to] = [picker.applied().from, picker.applied().to];
                let context = Context { zone: &zone, now: now() };
                let (from, to) = (from.start(context), to.end(context));
                prop_assert_eq!(policy.faults(Some(from), Some(to), whole_second(now())), []);
                prop_assert!(!picker.is_drafted(&zone));
            }
            Err(faults) => {
                prop_assert_eq!(picker.applied(), Picker::FIRST);
                prop_assert_eq!(&picker.faults(&zone, &policy, now()), &faults);
                prop_assert!(!faults.is_empty() && picker.is_drafted(&zone));
            }
        }
    }

    #[test]
    fn what_is_sent_is_inside_the_policy_or_the_draft_says_why_not(
        from in text(), to in text(), zone in zone(), policy in policy(), waited in 0..800_000_i64,
    ) {
        let mut picker = drafted(from, to, &zone);
        prop_assume!(picker.apply(&zone, &policy, now()).is_ok());
        let later = now() + TimeDelta::seconds(waited);
        match picker.send(&zone, &policy, later) {
            Ok(sent) => {
                let later = whole_second(later);
                let ends = (Some(sent.start()), Some(sent.end()));
                prop_assert_eq!(policy.faults(ends.0, ends.1, later), []);
                // What can be in time is still in time when it arrives.
                let safe = policy.earliest(later) + policy.margin;
                let without_grace = Policy { grace: TimeDelta::zero(), ..policy };
                let at_all = without_grace.faults(ends.0, ends.1, later).is_empty();
                prop_assert!(sent.start() >= safe || sent.end() < safe || !at_all);
            }
            Err(faults) => prop_assert_eq!(picker.faults(&zone, &policy, later), faults),
        }
    }

    #[test]
    fn an_applied_range_survives_a_link_a_reload_and_a_change_of_clocks(
        from in text(), to in text(), before in zone(), after in zone(), policy in policy(),
    ) {
        let mut picker = drafted(from, to, &before);
        prop_assume!(picker.apply(&before, &policy, now()).is_ok());
        picker.rewrite(&before, &after, now());
        prop_assert!(!picker.is_drafted(&after), "{:?}", picker);

        let address = Address::of(&Scope::Global, Tab::Replay, picker.texts()).to_string();
        let query = address.split_once('?').unwrap().1;
        let read = Address::read(|name| {
            let mut parameters = query.split('&').filter_map(|one| one.split_once('='));
            parameters.find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        });
        let linked = Picker::of_link(&read.range.unwrap(), &after, &policy, now());
        prop_assert_eq!(linked.applied(), picker.applied());
        prop_assert!(!linked.is_drafted(&after), "{:?}", linked);
    }
}

#[test]
fn a_custom_range_starts_with_the_times_of_the_drafted_preset() {
    let zone = Zone::utc();
    let mut picker = Picker::new(Picker::FIRST, &zone);
    picker.choose(Some(1), &zone, now());
    picker.choose(None, &zone, now());
    let [from, to] = ["2026-11-23 11:00:00 +00:00", "2026-11-23 12:00:00 +00:00"];
    let custom = RangeDraft::Custom { from: from.to_string(), to: to.to_string() };
    assert_eq!(*picker.draft(), custom);
    assert_eq!(picker.applied(), Picker::FIRST);
}

#[test]
fn faults_are_shown_only_after_an_attempt_to_apply_the_draft() {
    let (zone, policy) = (Zone::utc(), Policy::DEFAULT);
    let mut picker = drafted("soon".to_string(), "2030-01-01 00:00".to_string(), &zone);
    assert_eq!(picker.faults(&zone, &policy, now()), []);
    assert!(picker.apply(&zone, &policy, now()).is_err());
    let edges: Vec<_> = picker.faults(&zone, &policy, now()).iter().map(RangeFault::edge).collect();
    assert_eq!(edges, [Edge::Start]);
    picker.type_in(Edge::Start, "now-1h".to_string());
    let edges: Vec<_> = picker.faults(&zone, &policy, now()).iter().map(RangeFault::edge).collect();
    assert_eq!(edges, [Edge::End]);
}

#[test]
fn a_range_older_than_the_retention_is_not_sent_and_can_be_corrected() {
    let (zone, policy) = (Zone::utc(), Policy::DEFAULT);
    let mut picker = drafted("2026-11-17 00:00".to_string(), "now".to_string(), &zone);
    picker.apply(&zone, &policy, now()).unwrap();
    let later = now() + TimeDelta::days(2);
    assert!(picker.send(&zone, &policy, later).is_err());
    let from = "2026-11-17 00:00:00 +00:00".to_string();
    assert_eq!(*picker.draft(), RangeDraft::Custom { from, to: "now".to_string() });
    picker.type_in(Edge::Start, "now-6d".to_string());
    picker.apply(&zone, &policy, later).unwrap();
    assert!(picker.send(&zone, &policy, later).is_ok());
}

fn drafted(from: String, to: String, zone: &Zone) -> Picker {
    Picker { draft: RangeDraft::Custom { from, to }, ..Picker::new(Picker::FIRST, zone) }
}

/// What a person may type: around the retention, exact to the millisecond, relative, or nonsense.
fn text() -> impl Strategy<Value = String> {
    let ago = -90_000_000..700_000_000_i64;
    let at = ago.prop_map(|ago| now() - TimeDelta::milliseconds(ago));
    prop_oneof![
        8 => at.clone().prop_map(write_timestamp),
        4 => at.clone().prop_map(|at| Zone::utc().print(at)),
        4 => at.clone().prop_map(|at| at.naive_utc().format("%Y-%m-%d %H:%M").to_string()),
        2 => at.prop_map(|at| at.timestamp_millis().to_string()),
        4 => (0..800_000_i64).prop_map(|seconds| format!("now-{seconds}s")),
        2 => (0..10_i64).prop_map(|days| format!("now-{days}d")),
        4 => Just("now".to_string()),
        1 => ".{0,20}",
    ]
}

/// A zone whose clocks change once within the retention, or never.
fn zone() -> impl Strategy<Value = Zone> {
    let offset = || (-12 * 4..=14 * 4).prop_map(|quarters| quarters * 900);
    (offset(), offset(), 0..168_i64).prop_map(|(before, after, hours)| {
        let change = now() - TimeDelta::hours(hours);
        Zone::sampled("Somewhere", now() - TimeDelta::days(9), now() + TimeDelta::days(2), |at| {
            FixedOffset::east_opt(if at < change { before } else { after }).unwrap()
        })
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let grace = prop_oneof![Just(TimeDelta::zero()), Just(Policy::DEFAULT.grace)];
    grace.prop_map(|grace| Policy { grace, ..Policy::DEFAULT })
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00.250Z".parse().unwrap()
}

#[test]
fn the_whole_retention_can_be_asked_for_at_any_fraction_of_a_second() {
    let (zone, policy) = (Zone::utc(), Policy { grace: TimeDelta::zero(), ..Policy::DEFAULT });
    let now = "2026-11-23T12:00:00.999Z".parse().unwrap();
    let mut picker = drafted("now-7d".to_string(), "now".to_string(), &zone);
    assert_eq!(picker.apply(&zone, &policy, now), Ok(()));
    let sent = picker.send(&zone, &policy, now).unwrap();
    assert_eq!(zone.print(sent.start()), "2026-11-16 12:01:00 +00:00");
}
