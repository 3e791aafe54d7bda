//! When a live lane with an open outage sends its oldest batch again: after a wait that doubles up to the
//! longest one, or at once after a sign that the receiver works.

use core::time::Duration;

use tokio::time::Instant;

use super::retry_state::TakenOver;

/// The probes of an open outage.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Probing {
    /// The number of probes that have failed in a row.
    failures: u32,
    /// The time before which no probe is sent.
    not_before: Option<Instant>,
    /// The time of the last probe that was sent because of a sign.
    prompted_at: Option<Instant>,
    /// The end of a wait that another node has stored. A sign does not shorten it, since the receiver may
    /// have asked for it.
    held_until: Option<Instant>,
}

/// The wait after the first probe.
const SHORTEST: Duration = Duration::from_secs(1);

/// Signs lead to one probe in this time: a job gives a sign with each acknowledgement.
const BETWEEN_SIGNS: Duration = Duration::from_secs(1);

impl Probing {
    /// The probes of a node that takes the lane over.
    pub(super) const fn taken_over(TakenOver { not_before, failures }: TakenOver) -> Self {
        let not_before = Some(not_before);
        Self { failures, not_before, prompted_at: None, held_until: not_before }
    }

    /// The number of probes that have failed in a row.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Schedules the next probe after one has failed: after a wait of at most `longest`, and not before
    /// `requested`.
    pub(super) fn failed(&mut self, longest: Duration, requested: Option<Instant>, now: Instant) {
        let wait = SHORTEST.saturating_mul(2_u32.saturating_pow(self.failures)).min(longest);
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(requested.unwrap_or(now).max(now + wait));
    }

    /// Forgets how many requests have failed. A pause that the receiver has asked for goes on.
    pub(super) fn restart(&mut self) {
        self.failures = 0;
    }

    /// Schedules the next probe at once, because the receiver may work again.
    pub(super) fn prompt(&mut self, now: Instant) {
        let is_early =
            self.prompted_at.is_some_and(|last| now.duration_since(last) < BETWEEN_SIGNS);
        if !is_early {
            self.prompted_at = Some(now);
            self.not_before = self.held_until;
        }
    }

    /// The time until the next probe.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_mins(1);

    #[test]
    fn probes_follow_each_other_after_waits_that_double_up_to_a_minute() {
        let (mut probing, mut now) = (Probing::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..9 {
            now += probing.wait(now);
            probing.failed(LONGEST, None, now);
            waits.push(probing.wait(now).as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn a_sign_leads_to_a_probe_at_once_and_the_next_one_not_within_a_second() {
        let (mut probing, now) = (Probing::default(), Instant::now());
        probing.failed(LONGEST, Some(now + Duration::from_mins(5)), now);
        assert_eq!(probing.wait(now), Duration::from_mins(5));
        probing.prompt(now);
        assert_eq!(probing.wait(now), Duration::ZERO);
        probing.failed(LONGEST, None, now);
        probing.prompt(now);
        assert_eq!(probing.wait(now), Duration::from_secs(2));
        probing.prompt(now + BETWEEN_SIGNS);
        assert_eq!(probing.wait(now + BETWEEN_SIGNS), Duration::ZERO);
    }
}
