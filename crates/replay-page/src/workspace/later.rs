//! Replays that are sent later or once more: when the present job has ended, or with the timeframe of
//! a past job.

use replay_client::{ClientEffects, Mutation};
use replay_core::Region;
use time_range::{Context, Timestamp, Zone};

use super::Workspace;
use crate::{
    effects::Effects,
    picker::permitted,
    region_state::{RegionState, WaitingSend, WaitingState},
    words,
};

impl Workspace {
    /// Sends the applied range once the job of the region is settled. Relative ends are resolved now.
    pub(super) fn send_later(
        &mut self,
        region: &Region,
        zone: &Zone,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        if self.picker.is_drafted() {
            return;
        }
        let context = Context { zone, now };
        match self.picker.send(&self.policy, context) {
            Ok(timeframe) => {
                let waiting = WaitingSend { timeframe, state: WaitingState::Waiting };
                self.with_region(region, |region_state| region_state.waiting_send = Some(waiting));
                self.send_waiting(now, &mut effects.client);
            }
            Err(faults) => self.report(&faults, context, effects),
        }
    }

    /// Sends each waiting replay whose region's job is settled and may be changed. That of a region out
    /// of view is announced: its result is not in view either.
    pub(crate) fn send_waiting(&mut self, now: Timestamp, effects: &mut ClientEffects) {
        for place in 0..self.region_states.len() {
            let region = self.region_states[place].region.clone();
            if self.may_change(&region)
                && self.region_states[place].send_waiting(&self.policy, now, effects)
                && !self.is_in_view(&region)
            {
                self.announce(words::waiting_sent(&region));
            }
        }
    }

    /// Drops the waiting replays: another user may have signed in.
    pub(crate) fn drop_waiting(&mut self) {
        for region_state in &mut self.region_states {
            region_state.waiting_send = None;
        }
    }

    /// Sends the replay that was held back once the job of the region is settled.
    pub(super) fn send_held(
        &mut self,
        region: &Region,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) {
        self.with_region(region, RegionState::release_waiting);
        self.send_waiting(now, effects);
    }

    /// Cancels the job of the region, and holds back the replay that waits for its end.
    pub(super) fn cancel(&mut self, region: &Region, effects: &mut ClientEffects) {
        self.with_region(region, |region_state| {
            region_state.hold_waiting();
            region_state.tracker.start_mutation(Mutation::Cancel, effects);
        });
    }

    /// Sends the timeframe of a past job again, if it is still valid and has all kinds of events.
    pub(super) fn resend_past(
        &mut self,
        region: &Region,
        id: &str,
        now: Timestamp,
        effects: &mut ClientEffects,
    ) {
        let policy = self.policy;
        if let Some(region_state) = self.find(region)
            && let Some(past) = region_state.past_jobs.as_ref().and_then(|jobs| jobs.find(id))
            && past.kinds.is_none()
            && let Ok(timeframe) = permitted(past.start_at, past.end_at, &policy, now)
        {
            region_state.submit(Mutation::Send(timeframe), effects);
        }
    }
}
