//! The lines that arrive, in the order of their sequence numbers.

use replay_core::{Region, outage::SeqRange};
use replay_server::store::Store;
use replay_tests::walking::{at, new_line, us};
use time_range::Timestamp;

/// A line and what is to become of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Arrival {
    pub(super) seq: i64,
    /// The event time, in minutes.
    minute: i64,
    pub(super) text: &'static str,
    pub(super) origin: Origin,
}

/// Where a line comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    /// It was archived before the webhook was enabled.
    Before,
    /// It is forwarded.
    Live,
    /// It arrives after enabling and is dated before.
    DatedBefore,
    Sample,
    OtherRegion,
}

const DAY: i64 = 24 * 60;

/// The lines of each arrival. Those of the first one are archived before the walk begins.
const ARRIVALS: [&[Arrival]; 3] = [
    &[Arrival { seq: 1, minute: -20, text: "before", origin: Origin::Before }],
    &[
        Arrival { seq: 2, minute: DAY, text: "a", origin: Origin::Live },
        Arrival { seq: 3, minute: DAY + 2, text: "bb", origin: Origin::Live },
    ],
    &[
        Arrival { seq: 4, minute: 2 * DAY, text: "other", origin: Origin::OtherRegion },
        Arrival { seq: 5, minute: -10, text: "early", origin: Origin::DatedBefore },
        Arrival { seq: 6, minute: 2 * DAY, text: "sample", origin: Origin::Sample },
        Arrival { seq: 7, minute: 2 * DAY, text: "cccc", origin: Origin::Live },
        Arrival { seq: 8, minute: DAY + 1, text: "dddddddd", origin: Origin::Live },
    ],
];

/// The number of arrivals.
pub(super) const COUNT: usize = ARRIVALS.len();

/// The timeframe of a replay of every line, and of one of the second day.
pub(super) const ALL: [i64; 2] = [-60, 3 * DAY];
pub(super) const SECOND_DAY: [i64; 2] = [DAY, DAY + 60];

/// Lines before this minute are past the retention when lines are trimmed.
pub(super) const RETAINED: i64 = 2 * DAY;

impl Arrival {
    pub(super) fn event_at(&self) -> Timestamp {
        at(self.minute)
    }

    /// Whether the live lane has to deliver or to list the line.
    pub(super) fn is_due(&self) -> bool {
        matches!(self.origin, Origin::Live | Origin::DatedBefore)
    }

    pub(super) fn is_within(&self, ranges: &[SeqRange]) -> bool {
        ranges.iter().any(|range| (range.first..=range.last).contains(&self.seq))
    }
}

/// The lines of the first arrivals.
pub(super) fn lines(count: usize) -> impl Iterator<Item = Arrival> {
    ARRIVALS.into_iter().take(count).flatten().copied()
}

/// The line with this text.
pub(super) fn with_text(text: &str) -> Arrival {
    lines(COUNT).find(|line| line.text == text).unwrap()
}

/// Archives the lines of an arrival.
pub(super) async fn append(store: &Store, number: usize) {
    for lines in ARRIVALS[number].chunk_by(|a, b| a.origin == b.origin) {
        let origin = lines[0].origin;
        let lines = lines.iter().map(|line| new_line(line.event_at(), line.text)).collect();
        let appended = match origin {
            Origin::Sample => store.append_samples(&us(), lines).await,
            Origin::OtherRegion => store.append(&Region::named("eu").unwrap(), lines).await,
            Origin::Before | Origin::Live | Origin::DatedBefore => store.append(&us(), lines).await,
        };
        appended.unwrap();
    }
}
