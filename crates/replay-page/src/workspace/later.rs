//! Replays that are sent later or once more: when the present job has ended, or with the timeframe of
//! a past job.

use replay_client::{ClientEffects, Mutation};
use replay_core::Region;
use time_range::{Context, Timestamp, Zone};

use super::Workspace;
use crate::{effects::Effects, picker::permitted, region_state::WaitingSend};

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
                let waiting = WaitingSend { timeframe, is_expired: false };
                self.with_region(region, |region_state| region_state.waiting_send = Some(waiting));
                self.send_waiting(now, &mut effects.client);
            }
            Err(faults) => self.report(&faults, context, effects),
        }
    }

    /// Sends each waiting replay whose region's job is settled.
    pub(crate) fn send_waiting(&mut self, now: Timestamp, effects: &mut ClientEffects) {
        for region_state in &mut self.region_states {
            region_state.send_waiting(&self.policy, now, effects);
        }
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
