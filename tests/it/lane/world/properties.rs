//! The properties of every world, and of those in which nothing is left to do. Each is worded as the
//! complaint that nobody may have.

use replay_core::webhook::WebhookStatus;

use super::{World, arrivals::Origin, observed::Listed, requests::Sender};

impl World {
    /// Asserts the properties of the world.
    pub(in crate::lane) fn assert_properties(&self) {
        self.assert_lines_are_accounted_for();
        self.assert_lines_are_listed_once();
        self.assert_health();
        for listed in &self.seen.outages {
            self.assert_counts(listed);
            self.assert_healed(listed);
        }
    }

    /// Asserts the properties of a world in which nothing is due and the receiver works.
    pub(in crate::lane) fn assert_quiet(&self) {
        assert_eq!(self.seen.unsettled(), None, "the job does not settle\n{self}");
        if !self.seen.health.enabled {
            return;
        }
        // Without a line to probe with, the outage ends when one has arrived and was delivered.
        let open = self.seen.open_outage().filter(|open| open.outage.undelivered.lines > 0);
        assert_eq!(open, None, "an outage stays open although the receiver works\n{self}");
        let (ranges, cursor) = (self.ranges(), self.seen.lane.cursor_seq);
        let waiting = self.due_lines().find(|line| line.seq > cursor && !line.is_within(&ranges));
        assert_eq!(waiting, None, "a line waits although the receiver works\n{self}");
    }

    fn assert_lines_are_accounted_for(&self) {
        let (ranges, cursor) = (self.ranges(), self.seen.lane.cursor_seq);
        for line in self.due_lines().filter(|line| line.seq <= cursor) {
            let is_listed = line.is_within(&ranges);
            let is_known = is_listed || self.delivered(line).next().is_some();
            assert!(is_known, "{} was neither delivered nor listed\n{self}", line.text);
        }
    }

    fn assert_lines_are_listed_once(&self) {
        let mut ranges = self.ranges();
        ranges.sort_unstable();
        let overlap = ranges.windows(2).find(|pair| pair[1].first <= pair[0].last);
        assert_eq!(overlap, None, "a line was listed twice\n{self}");
        for listed in self.seen.outages.iter().filter(|listed| listed.outage.healed.is_none()) {
            for line in self.due_lines().filter(|line| line.is_within(&listed.ranges)) {
                let by_lane = self.delivered(line).any(|(_, sender)| sender == Sender::Lane);
                let was_in_flight = self.disabled_in_flight.contains(&line.seq);
                assert!(
                    !by_lane || was_in_flight,
                    "{} was listed although the lane had delivered it\n{self}",
                    line.text
                );
            }
        }
        let samples = super::arrivals::lines(self.arrived)
            .filter(|line| line.origin == Origin::Sample && line.is_within(&ranges));
        assert_eq!(samples.count(), 0, "a sample was listed\n{self}");
    }

    fn assert_health(&self) {
        let health = &self.seen.health;
        if let Some(open) = self.seen.open_outage().filter(|_| health.enabled) {
            let began_at = Some(open.outage.began_at);
            let status = health.status;
            assert_eq!(
                (status, health.inactive_since),
                (WebhookStatus::Inactive, began_at),
                "the webhook said active and nothing was delivered\n{self}"
            );
        }
        let is_interrupted = self.seen.lane.is_interrupted();
        let is_open = self.seen.open_outage().is_some();
        assert_eq!(is_open, is_interrupted, "the lane and its outages disagree\n{self}");
    }

    /// Asserts that the lines of a healed outage were delivered, and that one whose lines were delivered
    /// by the last job is healed.
    fn assert_healed(&self, listed: &Listed) {
        let outage = &listed.outage;
        let lines = self.due_lines().filter(|line| line.is_within(&listed.ranges));
        if outage.healed.is_some() {
            for line in lines {
                let is_delivered = self.acknowledged(line).next().is_some();
                assert!(
                    is_delivered || self.lost.contains(&line.seq),
                    "{} was not delivered, but its outage is healed\n{self}",
                    line.text
                );
            }
            return;
        }
        let Some(job) = self.seen.job.configured() else { return };
        let by_job =
            |sender| matches!(sender, Sender::Healing(id, _) | Sender::Replay(id) if id == job.id);
        let mut left = lines.filter(|line| !self.lost.contains(&line.seq));
        let all = left.all(|line| self.acknowledged(line).any(|(_, sender)| by_job(sender)));
        let is_completed = job.status == replay_core::JobStatus::Completed;
        let is_empty = outage.undelivered.lines == 0;
        assert!(
            !(is_completed && all && outage.ended_at.is_some()) || is_empty,
            "{outage:?} is not healed although the job has delivered its lines\n{self}"
        );
    }
}
