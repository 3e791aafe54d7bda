//! The situations that the walk has to meet.

use replay_core::{JobStatus, outage::OutageReason};

use super::World;

impl World {
    /// Whether each situation occurs in the world, or has occurred on the last event.
    pub(in crate::lane) fn situations(&self) -> Vec<(&'static str, bool)> {
        let outages = || self.seen.outages.iter().map(|listed| &listed.outage);
        let healed = |by: &dyn Fn(replay_core::JobId) -> bool| {
            outages().any(|outage| outage.healed.and_then(|healed| healed.by).is_some_and(by))
        };
        let job = self.seen.job.configured();
        let is_current = |id| job.is_some_and(|job| job.id == id);
        let request = job.map(|job| &job.request);
        let heals = request.is_some_and(|request| request.heals.is_some());
        let resumes = request.is_some_and(|request| request.resumes.is_some());
        let is_completed = self.seen.job.status() == JobStatus::Completed;
        let mut situations = vec![
            ("an outage is healed by its job", healed(&is_current) && heals),
            ("an outage is healed by a replay", healed(&is_current) && !heals),
            ("a healing job that resumes another one completes", resumes && is_completed),
            ("requests of the lane and of a job are in flight", {
                self.live_request.is_some() && self.job_request.is_some()
            }),
            ("a replay runs while an outage is open", {
                self.seen.open_outage().is_some() && self.seen.job.status() == JobStatus::Running
            }),
            ("an outage is probed", {
                self.live_request.as_ref().is_some_and(|request| request.is_probe)
            }),
        ];
        for (name, reason) in [
            ("an outage: the retries are used up", OutageReason::Unreachable),
            ("an outage: the receiver refuses", OutageReason::Refused),
            ("an outage: the webhook is disabled", OutageReason::Disabled),
            ("an outage: a batch is refused", OutageReason::BatchRefused),
            ("an outage: lines are dated before enabling", OutageReason::DatedBeforeEnabling),
        ] {
            situations.push((name, outages().any(|outage| outage.cause.reason == reason)));
        }
        for name in [
            "the server is killed during a request of the lane",
            "the lane heals an outage by itself",
            "a batch is in flight when its webhook is disabled",
            "a batch of the lane is halved",
            "a response is lost",
            "lines of an outage that has ended are lost",
            "lines of the open outage are lost",
            "the batch of an outage is sealed",
        ] {
            situations.push((name, self.met.contains(name)));
        }
        situations
    }
}
