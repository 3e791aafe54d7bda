use alloc::format;

use chrono::{FixedOffset, TimeDelta};
use proptest::prelude::*;
use replay_core::Scope;

use time_range::{Timestamp, Zone, write_timestamp};

use super::{fault::whole_second, *};
use crate::address::{Address, Tab};

proptest! {
    #[test]
    fn nothing_is_applied_that_the_policy_refuses(
        from in text(), to in text(), zone in zone(), policy in policy(),
    ) {
        let context = Context { zone: &zone, now: now() };
        let mut picker = drafted(from, to, context);
        match picker.apply(&policy, context) {
            Ok(()) => {
                let context = Context { now: whole_second(now()), ..context };
                let [from, to] = [picker.applied().start(context), picker.applied().end(context)];
                prop_assert_eq!(policy.faults(Some(from), Some(to), context.now), []);
                prop_assert!(!picker.is_drafted());
            }
            Err(faults) => {
                prop_assert_eq!(picker.applied(), Picker::FIRST);
                prop_assert_eq!(picker.resolve(&policy, context), Err(faults.clone()));
                prop_assert!(!faults.is_empty() && picker.is_drafted() && picker.is_tried());
            }
        }
    }

    #[test]
    fn what_is_sent_is_inside_the_policy_or_the_draft_says_why_not(
        from in text(), to in text(), zone in zone(), policy in policy(), waited in 0..800_000_i64,
    ) {
        let context = Context { zone: &zone, now: now() };
        let mut picker = drafted(from, to, context);
        prop_assume!(picker.apply(&policy, context).is_ok());
        let later = now() + TimeDelta::seconds(waited);
        match picker.send(&policy, Context { now: later, ..context }) {
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
            Err(faults) => {
                let context = Context { now: later, ..context };
                prop_assert_eq!(picker.resolve(&policy, context), Err(faults));
            }
        }
    }

    #[test]
    fn an_applied_range_survives_a_link_a_reload_and_a_change_of_clocks(
        from in text(), to in text(), before in zone(), after in zone(), policy in policy(),
    ) {
        let context = Context { zone: &before, now: now() };
        let mut picker = drafted(from, to, context);
        prop_assume!(picker.apply(&policy, context).is_ok());
        let context = Context { zone: &after, now: now() };
        picker.rewrite(&before, context);
        prop_assert!(!picker.is_drafted(), "{:?}", picker);

        let address = Address::of(&Scope::Global, Tab::Replay, picker.texts()).to_string();
        let query = address.split_once('?').unwrap().1;
        let read = Address::read(|name| {
            let mut parameters = query.split('&').filter_map(|one| one.split_once('='));
            parameters.find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        });
        let linked = Picker::of_link(&read.range.unwrap(), &policy, context);
        prop_assert_eq!(linked.applied(), picker.applied());
        prop_assert!(!linked.is_drafted(), "{:?}", linked);
    }
}

#[test]
fn the_fields_of_a_custom_range_follow_the_draft_and_each_other() {
    let zone = Zone::utc();
    let context = Context { zone: &zone, now: now() };
    let mut picker = Picker::new(Picker::FIRST, context);
    picker.draft_range(Range::last(TimeDelta::hours(1)), context);
    let texts = |picker: &Picker| {
        [RangeField::Whole, RangeField::From, RangeField::To]
            .map(|field| picker.draft().text(field).to_string())
    };
    assert_eq!(texts(&picker), ["Last hour", "now-1h", "now"]);
    picker.type_in(RangeField::From, "now-2h".to_string(), context);
    assert_eq!(texts(&picker), ["now-2h to now", "now-2h", "now"]);
    picker.type_in(RangeField::Whole, "now-3h to now-1h".to_string(), context);
    assert_eq!(texts(&picker), ["now-3h to now-1h", "now-3h", "now-1h"]);
    picker.type_in(RangeField::Whole, "now-3h to whenever".to_string(), context);
    assert_eq!(texts(&picker), ["now-3h to whenever", "now-3h", "now-1h"]);
    assert!(picker.draft().range().is_none());
    assert_eq!(picker.applied(), Picker::FIRST);
}

#[test]
fn a_fault_is_at_the_field_that_was_edited_last() {
    let (zone, policy) = (Zone::utc(), Policy::DEFAULT);
    let context = Context { zone: &zone, now: now() };
    let mut picker = drafted("now-30d".to_string(), "now".to_string(), context);
    let field =
        |picker: &Picker| picker.field_of(&picker.resolve(&policy, context).unwrap_err()[0]);
    assert_eq!(field(&picker), RangeField::From);
    picker.type_in(RangeField::Whole, "now-30d to now".to_string(), context);
    assert_eq!(field(&picker), RangeField::Whole);
}

#[test]
fn a_range_older_than_the_retention_is_not_sent_and_can_be_corrected() {
    let (zone, policy) = (Zone::utc(), Policy::DEFAULT);
    let context = Context { zone: &zone, now: now() };
    let mut picker = drafted("2026-11-17 00:00".to_string(), "now".to_string(), context);
    picker.apply(&policy, context).unwrap();
    let context = Context { now: now() + TimeDelta::days(2), ..context };
    assert!(picker.send(&policy, context).is_err());
    assert!(picker.is_tried() && picker.tab() == RangeTab::Custom);
    picker.type_in(RangeField::From, "now-6d".to_string(), context);
    picker.apply(&policy, context).unwrap();
    assert!(picker.send(&policy, context).is_ok());
}

#[test]
fn each_kind_of_refusal_offers_the_range_that_is_likely_meant() {
    let (zone, policy) = (Zone::utc(), Policy { grace: TimeDelta::zero(), ..Policy::DEFAULT });
    let context = Context { zone: &zone, now: now() };
    for (from, to, expected) in [
        ("now-1h", "now", &[][..]),
        ("now-1h", "now-2h", &[(MendKind::Swapped, "now-2h/now-1h")]),
        ("now-30d", "now", &[(MendKind::Retention, "now-7d/now")]),
        (
            "now-30d",
            "now-1h",
            &[(MendKind::FromEarliest, "now-7d/now-1h"), (MendKind::Retention, "now-7d/now")],
        ),
        ("now-30d", "now-20d", &[(MendKind::Retention, "now-7d/now")]),
        ("now-1h", "2026-12-01T00:00:00Z", &[(MendKind::UntilNow, "now-1h/now")]),
        ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", &[]),
    ] {
        let picker = drafted(from.to_string(), to.to_string(), context);
        let mends = picker.mends(&policy, context);
        let mends: Vec<_> = mends.iter().map(|mend| (mend.kind, mend.range.to_string())).collect();
        let expected: Vec<_> =
            expected.iter().map(|(kind, range)| (*kind, (*range).to_string())).collect();
        assert_eq!(mends, expected, "{from} to {to}");
    }
}

fn drafted(from: String, to: String, context: Context<'_>) -> Picker {
    let mut picker = Picker::new(Picker::FIRST, context);
    picker.type_in(RangeField::From, from, context);
    picker.type_in(RangeField::To, to, context);
    picker
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
    let context = Context { zone: &zone, now: "2026-11-23T12:00:00.999Z".parse().unwrap() };
    let mut picker = drafted("now-7d".to_string(), "now".to_string(), context);
    assert_eq!(picker.apply(&policy, context), Ok(()));
    let sent = picker.send(&policy, context).unwrap();
    assert_eq!(zone.print(sent.start()), "2026-11-16 12:01:00 +00:00");
}
