use std::collections::HashSet;

use audit_log::{Entry, Format, Kind};
use chrono::DateTime;

use super::*;
use crate::bench::spread::Order;

fn lines(seed: u64) -> Lines {
    let spread = Spread::before(1_795_600_000_000, 2_000, Order::ByTime);
    Lines { seed, spread, signed: true }
}

fn texts(lines: &Lines) -> Vec<String> {
    (0..2_000)
        .map(|index| {
            let mut text = String::new();
            lines.write(index, &mut text);
            text
        })
        .collect()
}

#[test]
fn each_line_is_a_distinct_valid_line_of_its_kind_with_its_event_time() {
    let lines = lines(1);
    let mut kinds = HashSet::new();
    let texts = texts(&lines);
    for (index, text) in (0..).zip(&texts) {
        let line = text.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'));
        let entry = Entry::read(line.as_bytes(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(entry.format(), Format::Cef);
        let at = u64::try_from(entry.event_at().timestamp_millis()).unwrap();
        assert_eq!(at, lines.spread.event_ms(1, index), "{line}");
        assert_eq!(entry.field("sig").map(|sig| sig.len()), Some(86), "{line}");
        kinds.insert(format!("{:?}", entry.kind()));
    }
    let expected = [Kind::Authentication, Kind::Authorization, Kind::Access];
    assert_eq!(kinds, expected.iter().map(|kind| format!("{kind:?}")).collect());
    assert_eq!(texts.iter().collect::<HashSet<_>>().len(), 2_000);
}

#[test]
fn the_same_seed_gives_the_same_lines_and_another_seed_shares_none() {
    let first: HashSet<_> = texts(&lines(1)).into_iter().collect();
    assert!(texts(&lines(1)).iter().all(|line| first.contains(line)));
    assert!(texts(&lines(2)).iter().all(|line| !first.contains(line)));
}

#[test]
fn a_signature_can_be_left_out() {
    let lines = Lines { signed: false, ..lines(1) };
    assert!(texts(&lines).iter().all(|line| !line.contains("sig=")));
}
