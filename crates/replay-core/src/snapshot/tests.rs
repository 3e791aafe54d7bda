use super::*;

const LIMITS: Limits = Limits {
    batch: BatchLimits { lines: 10, bytes: 1_000 },
    slices: 4,
    smallest_slice: 10,
    largest_slice: 30,
};

#[test]
fn slices_cover_the_selection_without_gaps_and_begin_where_parts_begin() {
    let parts: Vec<_> = (0..20).map(|n| block(n * 10, n * 10 + 9, 10)).collect();
    let plan = plan(&parts, 5, 195);
    assert_eq!(plan.slices.first().unwrap().start, Position::first_at(5));
    assert_eq!(plan.slices.last().unwrap().end, Position::first_at(195));
    for pair in plan.slices.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
        assert!(parts.iter().any(|part| part.first == pair[1].start));
    }
    assert_eq!(plan.slices.len(), 7, "200 lines in slices of at most 30 lines");
}

#[test]
fn a_small_selection_is_one_slice_and_an_empty_one_has_none() {
    assert_eq!(plan(&[block(0, 9, 10)], 0, 60).slices.len(), 1);
    assert_eq!(plan(&[], 0, 60), Plan::default());
}

#[test]
fn a_minute_with_many_lines_is_divided() {
    let parts: Vec<_> = (0..10).map(|n| Extent { bytes: 10, ..block(n, n, 10) }).collect();
    assert_eq!(plan(&parts, 0, 60).slices.len(), 4, "all lines are of one minute");
}

#[test]
fn a_block_apart_from_the_other_parts_is_one_batch() {
    let recent = Extent { is_block: false, ..block(20, 29, 5) };
    let parts = [block(0, 9, 10), block(10, 19, 10), recent];
    let ends = [(0, 1), (9, 2), (19, 2)];
    let ends = ends.map(|(event_ns, seq)| Position { event_ns, seq });
    assert_eq!(plan(&parts, 0, 60).edges, ends);
}

#[test]
fn a_block_has_no_edges_if_it_overlaps_or_is_cut_or_is_too_large() {
    let overlapping = [block(0, 30, 10), block(10, 12, 5), block(25, 40, 5)];
    assert_eq!(plan(&overlapping, 0, 60).edges, []);
    assert_eq!(plan(&[block(0, 9, 10)], 1, 60).edges, [], "its first line is not selected");
    assert_eq!(plan(&[block(0, 9, 10)], 0, 9).edges, [], "its last line is not selected");
    assert_eq!(plan(&[block(0, 9, 11)], 0, 60).edges, [], "it has too many lines");
    let large = Extent { bytes: 991, ..block(0, 9, 10) };
    assert_eq!(plan(&[large], 0, 60).edges, [], "it is too large with its line feeds");
}

#[test]
fn blocks_that_meet_at_one_event_time_are_apart_if_their_sequence_numbers_are() {
    let first = block(0, 9, 10);
    let second = Extent { first: Position { event_ns: 9, seq: 2 }, ..block(9, 20, 10) };
    assert_eq!(plan(&[first, second], 0, 60).edges.len(), 3);
}

/// The plan of the event times from `start` up to `end`.
fn plan(parts: &[Extent], start: i64, end: i64) -> Plan {
    Plan::of(parts, Position::first_at(start), Position::first_at(end), &LIMITS)
}

/// A block between two event times.
fn block(first: i64, last: i64, lines: u64) -> Extent {
    let position = |event_ns| Position { event_ns, seq: 1 };
    let (first, last) = (position(first), position(last));
    Extent { first, last, lines, bytes: lines * 10, is_block: true }
}
