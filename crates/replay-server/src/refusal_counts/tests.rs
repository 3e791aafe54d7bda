use super::*;
use replay_core::Region;

#[test]
fn the_first_refusal_is_written_and_its_repetitions_are_counted() {
    let mut counts = RefusalCounts::default();
    assert_eq!(counts.observe(from("192.0.2.1")), Decision::Write);
    for _ in 0..3 {
        assert_eq!(counts.observe(from("192.0.2.1")), Decision::Counted);
    }
    let repeated = Summary::Repeated { kind: from("192.0.2.1"), count: 3 };
    assert_eq!(counts.take_summaries(), [repeated]);
}

#[test]
fn a_refusal_that_was_not_repeated_has_no_summary_and_the_next_one_is_written() {
    let mut counts = RefusalCounts::default();
    counts.observe(from("192.0.2.1"));
    assert_eq!(counts.take_summaries(), []);
    assert_eq!(counts.observe(from("192.0.2.1")), Decision::Write);
}

#[test]
fn a_caller_that_goes_on_has_one_line_per_summary() {
    let mut counts = RefusalCounts::default();
    counts.observe(from("192.0.2.1"));
    for _ in 0..5 {
        assert_eq!(counts.observe(from("192.0.2.1")), Decision::Counted);
        assert_eq!(counts.take_summaries().len(), 1);
    }
    assert_eq!(counts.take_summaries(), []);
    assert_eq!(counts.observe(from("192.0.2.1")), Decision::Write);
}

#[test]
fn refusals_of_different_callers_statuses_or_regions_are_counted_separately() {
    let mut counts = RefusalCounts::default();
    let kind = from("192.0.2.1");
    for kind in [
        RefusalKind { caller: RefusedCaller::Unknown, ..kind.clone() },
        RefusalKind { caller: RefusedCaller::Token("t1".to_owned()), ..kind.clone() },
        RefusalKind { caller: RefusedCaller::Token("t2".to_owned()), ..kind.clone() },
        RefusalKind { scope: Scope::One(Region::named("eu").unwrap()), ..kind.clone() },
        RefusalKind { scope: Scope::Global, ..kind.clone() },
        RefusalKind { status: 403, ..kind.clone() },
        kind,
    ] {
        assert_eq!(counts.observe(kind.clone()), Decision::Write, "{kind:?}");
        assert_eq!(counts.observe(kind.clone()), Decision::Counted, "{kind:?}");
    }
}

#[test]
fn ipv6_addresses_of_one_64_bit_network_are_one_caller() {
    for (one, other, alike) in [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
    ] {
        assert_eq!(from(one) == from(other), alike, "{one} {other}");
    }
}

#[test]
fn anonymous_callers_have_at_most_21_lines_per_summary_interval() {
    let mut counts = RefusalCounts::default();
    for _ in 0..3 {
        let mut lines = 0;
        for host in 0..=255 {
            for _ in 0..2 {
                let decision = counts.observe(from(&format!("192.0.2.{host}")));
                lines += usize::from(decision == Decision::Write);
            }
        }
        let summaries = counts.take_summaries();
        let counted: u64 = summaries.iter().map(Summary::count).sum();
        assert_eq!(lines as u64 + counted, 512);
        assert!(summaries.contains(&Summary::Others(Others { status: 401, count: 492 })));
        assert!(lines + summaries.len() <= 21, "{lines} {summaries:#?}");
    }
}

#[test]
fn anonymous_callers_do_not_hide_the_refusal_of_a_token_holder() {
    let mut counts = RefusalCounts::default();
    for host in 0..=255 {
        counts.observe(from(&format!("192.0.2.{host}")));
    }
    let of_token = RefusalKind { caller: RefusedCaller::Token("t1".to_owned()), ..from("::1") };
    assert_eq!(counts.observe(of_token), Decision::Write);
}

#[test]
fn the_number_of_kinds_in_memory_is_bounded() {
    let mut counts = RefusalCounts::default();
    for number in 0..5_000 {
        let caller = RefusedCaller::Token(number.to_string());
        counts.observe(RefusalKind { caller, ..from("::1") });
    }
    assert_eq!(counts.repeated.len(), 1_000);
    let others = Summary::Others(Others { status: 401, count: 4_000 });
    assert_eq!(counts.take_summaries(), [others]);
    assert!(counts.repeated.is_empty());
}

/// A 401 in `us` for an anonymous client.
fn from(address: &str) -> RefusalKind {
    RefusalKind {
        caller: RefusedCaller::anonymous(Some(address.parse().unwrap())),
        scope: Scope::One(Region::named("us").unwrap()),
        status: 401,
    }
}
