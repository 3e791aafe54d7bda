//! The undelivered and the lost lines, counted by hand from what the observer has seen.

use replay_core::{
    job::Amount,
    outage::{OutageReason, SeqRange},
};

use super::{
    World,
    arrivals::{self, Arrival, Origin},
    observed::Listed,
    requests::Sender,
};

impl World {
    /// The lines that arrived in the region after the lane began, without samples.
    pub(super) fn due_lines(&self) -> impl Iterator<Item = Arrival> {
        arrivals::lines(self.arrived).filter(Arrival::is_due)
    }

    /// The lines that outages list, healed or not.
    pub(super) fn ranges(&self) -> Vec<SeqRange> {
        self.seen.outages.iter().flat_map(|listed| listed.ranges.clone()).collect()
    }

    /// Whether the retention has removed the line.
    pub(super) fn is_trimmed(&self, line: Arrival) -> bool {
        let event_ns = line.event_at().timestamp_nanos_opt().unwrap();
        line.origin != Origin::OtherRegion
            && !self.seen.parts.iter().any(|part| part.has(line.seq, event_ns))
    }

    /// The lines of an outage, delivered or not.
    fn lines_of(&self, listed: &Listed) -> Vec<Arrival> {
        let ranges = self.ranges();
        let cursor = self.seen.lane.cursor_seq;
        let is_of_open = |line: &Arrival| line.seq > cursor && !line.is_within(&ranges);
        match listed.outage.ended_at {
            Some(_) => self.due_lines().filter(|line| line.is_within(&listed.ranges)).collect(),
            None => self.due_lines().filter(is_of_open).collect(),
        }
    }

    /// Asserts the counts of an outage.
    pub(super) fn assert_counts(&self, listed: &Listed) {
        let outage = &listed.outage;
        let lines = self.lines_of(listed);
        let (mut undelivered, mut lost_lines) = (Amount::default(), 0);
        for line in &lines {
            lost_lines += u64::from(self.lost.contains(&line.seq));
            let is_left = outage.healed.is_none()
                && !self.is_trimmed(*line)
                && !self.is_delivered_by_settled(*line, listed);
            if is_left {
                undelivered += Amount { lines: 1, bytes: line.text.len() as u64 };
            }
        }
        assert_eq!(outage.undelivered, undelivered, "the counts of {outage:?} are wrong\n{self}");
        assert_eq!(outage.lost_lines, lost_lines, "the losses of {outage:?} are wrong\n{self}");
        if outage.ended_at.is_some() && self.lost.is_empty() {
            let times = || lines.iter().map(Arrival::event_at);
            let span = times().min().zip(times().max());
            let told = outage.span.map(|span| (span.start(), span.end()));
            assert_eq!(told, span, "the times of {outage:?} are wrong\n{self}");
        }
        let is_dated_before = outage.cause.reason == OutageReason::DatedBeforeEnabling;
        let all_dated = lines.iter().all(|line| line.origin == Origin::DatedBefore);
        assert!(!is_dated_before || all_dated, "{outage:?} has other lines\n{self}");
    }

    /// Whether a settled healing job of the outage has delivered the line.
    fn is_delivered_by_settled(&self, line: Arrival, listed: &Listed) -> bool {
        self.delivered(line).any(|(_, sender)| match sender {
            Sender::Healing(job, outage) => {
                outage == listed.outage.id && self.seen.unsettled() != Some(job)
            }
            Sender::Lane | Sender::Replay(_) => false,
        })
    }

    /// Records what the retention has removed, and asserts that the lane does not need it.
    pub(super) fn note_trimmed(&mut self, before: &Self) {
        let lane = &before.seen.lane;
        let healed: Vec<_> =
            before.seen.outages.iter().filter(|one| one.outage.healed.is_some()).collect();
        let removed = |line: &Arrival| self.is_trimmed(*line) && !before.is_trimmed(*line);
        let removed: Vec<_> = self.due_lines().filter(removed).collect();
        for line in removed {
            let is_in_batch = lane.batch.is_some_and(|batch| line.is_within(&[batch]));
            let is_ahead = lane.is_delivering() && line.seq > lane.cursor_seq;
            let is_needed = is_in_batch || is_ahead;
            assert!(!is_needed, "{} was trimmed, which the lane needs\n{self}", line.text);
            let is_healed = healed.iter().any(|listed| line.is_within(&listed.ranges));
            let is_delivered = self.delivered(line).any(|(_, sender)| {
                sender != Sender::Lane || !self.disabled_in_flight.contains(&line.seq)
            });
            if !is_healed && !is_delivered {
                self.lost.insert(line.seq);
                let is_listed = line.is_within(&before.ranges());
                self.met.insert(if is_listed {
                    "lines of an outage that has ended are lost"
                } else {
                    "lines of the open outage are lost"
                });
            }
        }
    }

    /// Asserts that no line was sealed that the lane has not passed.
    pub(super) fn check_sealed(&mut self) {
        let lane = &self.seen.lane;
        let is_ahead = lane.is_delivering()
            && self.seen.parts.iter().any(|part| part.is_block && part.seqs.last > lane.cursor_seq);
        assert!(!is_ahead, "a line that the lane needs was sealed\n{self}");
        if lane.is_interrupted() && lane.batch.is_some() {
            self.met.insert("the batch of an outage is sealed");
        }
    }
}
