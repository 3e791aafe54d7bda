//! Which lines of the archive a job replays, and how many they are. It knows no slice and no batch.

use audit_log::{Entry, Kind};
use chrono::DateTime;
use replay_core::{
    Region,
    job::Amount,
    outage::SeqRange,
    request::{JobRequest, Kinds},
    snapshot::{Position, SliceBounds},
};

use super::{
    StoreError, nanoseconds, outage_ranges, part_arrivals, part_contents,
    parts::{self, Reach, StoredPart},
    sql::Sql,
};
use crate::archive::Line;

/// The lines that a job replays.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Selection {
    /// The event times, and the highest sequence number.
    pub(super) reach: Reach,
    /// The kinds of events; `None` for all.
    pub(super) kinds: Option<Kinds>,
    /// The sequence numbers in ascending order, apart from each other; `None` for all.
    pub(super) ranges: Option<Vec<SeqRange>>,
}

/// Lines that were counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Measured {
    /// Their number and size.
    pub(super) amount: Amount,
    /// The first and the last event time in nanoseconds; `None` without lines.
    pub(super) span_ns: Option<SpanNs>,
    /// The highest sequence number; `None` without lines.
    pub(super) last_seq: Option<i64>,
}

/// A range of event times in nanoseconds, both ends inclusive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct SpanNs {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Selection {
    /// The lines that `request` selects among those up to `high_water_seq`.
    pub(super) fn of(
        db: &Sql<'_>,
        request: &JobRequest,
        high_water_seq: i64,
    ) -> Result<Self, StoreError> {
        let ranges = match request.heals {
            Some(outage) => Some(outage_ranges::of(db, outage)?),
            None => None,
        };
        let reach = Reach {
            first_ns: nanoseconds(request.timeframe.start()),
            last_ns: nanoseconds(request.timeframe.end()),
            high_water_seq,
        };
        Ok(Self { reach, kinds: request.kinds.clone(), ranges })
    }

    /// The lines with these sequence numbers, of any event time.
    pub(super) fn of_ranges(ranges: Vec<SeqRange>) -> Self {
        let high_water_seq = ranges.last().map_or(0, |range| range.last);
        let reach = Reach { first_ns: i64::MIN, last_ns: i64::MAX, high_water_seq };
        Self { reach, kinds: None, ranges: Some(ranges) }
    }

    /// Whether a line is selected.
    pub(super) fn has(&self, line: &Line) -> bool {
        self.has_position(line.position)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.admit(kind_of(line).as_str()))
    }

    /// Whether a line at this position is selected if it is of a selected kind.
    pub(super) fn has_position(&self, position: Position) -> bool {
        let Position { event_ns, seq } = position;
        let Reach { first_ns, last_ns, high_water_seq } = self.reach;
        (first_ns..=last_ns).contains(&event_ns)
            && seq <= high_water_seq
            && self.ranges.as_ref().is_none_or(|ranges| overlapping(ranges, seq, seq).is_some())
    }

    /// Whether some lines of a part may be selected.
    pub(super) fn may_have_lines_of(&self, part: &StoredPart) -> bool {
        let (min_seq, max_seq) = part.seqs;
        let Reach { first_ns, last_ns, .. } = self.reach;
        first_ns <= part.extent.last.event_ns
            && part.extent.first.event_ns <= last_ns
            && self
                .ranges
                .as_ref()
                .is_none_or(|ranges| overlapping(ranges, min_seq, max_seq).is_some())
    }

    /// Whether every line of a part is known to be selected.
    pub(super) fn has_all_of(&self, part: &StoredPart) -> bool {
        let Reach { first_ns, last_ns, high_water_seq } = self.reach;
        let (min_seq, max_seq) = part.seqs;
        let is_within = |range: SeqRange| range.first <= min_seq && max_seq <= range.last;
        first_ns <= part.extent.first.event_ns
            && part.extent.last.event_ns <= last_ns
            && max_seq <= high_water_seq
            && self.kinds.is_none()
            && self
                .ranges
                .as_ref()
                .is_none_or(|ranges| overlapping(ranges, min_seq, max_seq).is_some_and(is_within))
    }

    /// The parts that may have selected lines, in the order of their first lines.
    pub(super) fn parts(
        &self,
        db: &Sql<'_>,
        region: &Region,
    ) -> Result<Vec<StoredPart>, StoreError> {
        self.parts_within(db, region, self.reach)
    }

    /// Those of them that may have lines within `reach`.
    fn parts_within(
        &self,
        db: &Sql<'_>,
        region: &Region,
        reach: Reach,
    ) -> Result<Vec<StoredPart>, StoreError> {
        let Some(ranges) = &self.ranges else { return parts::reached(db, region, reach) };
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
            return Ok(Vec::new());
        };
        let range = SeqRange { first: first.first, last: last.last };
        let mut parts = part_arrivals::with_lines(db, region, range)?;
        parts.retain(|part| self.may_have_lines_of(part));
        parts.sort_unstable_by_key(|part| (part.extent.first, part.id));
        Ok(parts)
    }

    /// Counts the selected lines: whole parts from what is known of them, the others line by line.
    pub(super) fn measure(&self, db: &Sql<'_>, region: &Region) -> Result<Measured, StoreError> {
        let Reach { first_ns, last_ns, .. } = self.reach;
        let end = Position { event_ns: last_ns, seq: i64::MAX };
        self.measure_within(db, region, SliceBounds { start: Position::first_at(first_ns), end })
    }

    /// Counts the selected lines within `bounds` in the same way.
    pub(super) fn measure_within(
        &self,
        db: &Sql<'_>,
        region: &Region,
        bounds: SliceBounds,
    ) -> Result<Measured, StoreError> {
        let SliceBounds { start, end } = bounds;
        let reach = Reach { first_ns: start.event_ns, last_ns: end.event_ns, ..self.reach };
        let mut measured = Measured::default();
        for part in self.parts_within(db, region, reach)? {
            let extent = part.extent;
            if extent.last < start || end <= extent.first || !self.may_have_lines_of(&part) {
                continue;
            }
            if start <= extent.first && extent.last < end && self.has_all_of(&part) {
                measured.add_part(&part);
                continue;
            }
            let is_counted = |line: &&Line| (start..end).contains(&line.position) && self.has(line);
            for line in part_contents::lines(db, &part)?.iter().filter(is_counted) {
                measured.add_line(line);
            }
        }
        Ok(measured)
    }
}

impl Measured {
    /// Counts a line.
    pub(super) fn add_line(&mut self, line: &Line) {
        let Position { event_ns, seq } = line.position;
        let amount = Amount { lines: 1, bytes: line.text.len() as u64 };
        self.add(amount, SpanNs { first: event_ns, last: event_ns }, seq);
    }

    fn add_part(&mut self, part: &StoredPart) {
        let extent = part.extent;
        let amount = Amount { lines: extent.lines, bytes: extent.bytes };
        let span = SpanNs { first: extent.first.event_ns, last: extent.last.event_ns };
        self.add(amount, span, part.seqs.1);
    }

    fn add(&mut self, amount: Amount, span: SpanNs, last_seq: i64) {
        self.amount += amount;
        let known = self.span_ns.unwrap_or(span);
        let (first, last) = (known.first.min(span.first), known.last.max(span.last));
        self.span_ns = Some(SpanNs { first, last });
        self.last_seq = self.last_seq.max(Some(last_seq));
    }
}

/// The kind of an archived line. A line that cannot be parsed is of another kind.
pub(super) fn kind_of(line: &Line) -> Kind {
    let entry = Entry::read(&line.text, DateTime::from_timestamp_nanos(line.position.event_ns));
    entry.map_or(Kind::Other, |entry| entry.kind())
}

/// The first of `ranges` that overlaps the sequence numbers from `first` to `last`.
fn overlapping(ranges: &[SeqRange], first: i64, last: i64) -> Option<SeqRange> {
    let index = ranges.partition_point(|range| range.last < first);
    ranges.get(index).copied().filter(|range| range.first <= last)
}
