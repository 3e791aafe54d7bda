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
    pub(crate) state: WaitingState,
}

/// What a replay waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WaitingState {
    /// The end of the job.
    Waiting,
    /// The user, who has cancelled the job before it and may want nothing sent.
    Held,
    /// Nothing: the job has ended, and the policy no longer permitted any part of the timeframe.
    Expired,
}

/// A waiting replay whose start was moved when it was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct MovedStart {
    sent: Timeframe,
    from: Timestamp,
}

impl RegionState {
    /// Sends the waiting replay if the job is settled, as far as the last read tells; returns whether it
    /// did. Does nothing while a mutation is in progress.
    pub(crate) fn send_waiting(
        &mut self,
        policy: &Policy,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) -> bool {
        let job = self.tracker.job();
        let is_known = job.request_error().is_none() && !job.is_loading();
        if !is_known || !self.is_settled() || self.tracker.pending_mutation().is_some() {
            return false;
        }
        let Some(waiting) = &mut self.waiting_send else { return false };
        if waiting.state != WaitingState::Waiting {
            return false;
        }
        let asked = waiting.timeframe;
        let Some(sent) = still_kept(asked, policy, now) else {
            waiting.state = WaitingState::Expired;
            return false;
        };
        self.waiting_send = None;
        self.moved_start = Some(MovedStart { sent, from: asked.start() }).filter(|_| sent != asked);
        self.submit(Mutation::Send(sent), effects);
        true
    }

    /// Holds the waiting replay back, since the user cancels the job before it.
    pub(crate) fn hold_waiting(&mut self) {
        if let Some(waiting) = &mut self.waiting_send
            && waiting.state == WaitingState::Waiting
        {
            waiting.state = WaitingState::Held;
        }
    }

    /// No longer holds the waiting replay back.
    pub(crate) fn release_waiting(&mut self) {
        if let Some(waiting) = &mut self.waiting_send
            && waiting.state == WaitingState::Held
        {
            waiting.state = WaitingState::Waiting;
        }
    }

    /// Whether a replay is not sent yet and still can be.
    pub(crate) fn has_unsent(&self) -> bool {
        self.waiting_send.is_some_and(|waiting| waiting.state != WaitingState::Expired)
    }

    /// Whether a replay is sent once the job is settled.
    pub(super) fn is_awaited(&self) -> bool {
        self.waiting_send.is_some_and(|waiting| waiting.state == WaitingState::Waiting)
    }

    /// The start that the user has asked for, if `mutation` sends a later one since the replay waited.
    pub(crate) fn asked_start(&self, mutation: &Mutation) -> Option<Timestamp> {
        let moved = self.moved_start.filter(|moved| *mutation == Mutation::Send(moved.sent))?;
        Some(moved.from)
    }
}

/// The part of a timeframe that can be sent at `now`: its start may have become too old while it
/// waited.
fn still_kept(timeframe: Timeframe, policy: &Policy, now: Timestamp) -> Option<Timeframe> {
    let start = timeframe.start().max(policy.earliest(now));
    let rest = policy.with_margin(Timeframe::new(start, timeframe.end()).ok()?, now);
    permitted(rest.start(), rest.end(), policy, now).ok()
}
