//! A replay that waits for the region's job to end, and is then sent by this page, once. It is not
//! stored: it ends with the page.

use replay_client::{ClientEffects, Mutation};
use replay_core::{Policy, Timeframe};
use time_range::Timestamp;

use super::RegionState;
use crate::picker::permitted;

/// A replay that waits for the job to end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct WaitingSend {
    /// Its timeframe, resolved when the user asked for it.
    pub(crate) timeframe: Timeframe,
    /// Whether the job has ended and the policy no longer permitted the timeframe: it is not sent.
    pub(crate) is_expired: bool,
}

impl RegionState {
    /// Sends the waiting replay if the job is settled, as far as the last read tells. Does nothing
    /// while a mutation is in progress.
    pub(crate) fn send_waiting(
        &mut self,
        policy: &Policy,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) {
        let job = self.tracker.job();
        let is_known = job.request_error().is_none() && !job.is_loading();
        if !is_known || !self.is_settled() || self.tracker.pending_mutation().is_some() {
            return;
        }
        let Some(waiting) = &mut self.waiting_send else { return };
        let timeframe = waiting.timeframe;
        if permitted(timeframe.start(), timeframe.end(), policy, now).is_err() {
            waiting.is_expired = true;
            return;
        }
        self.waiting_send = None;
        self.submit(Mutation::Send(timeframe), effects);
    }
}
