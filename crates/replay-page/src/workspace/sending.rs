//! Sends the applied range to the regions in view. Which ranges are valid is decided by the
//! policy.

use alloc::vec::Vec;

use replay_client::{ClientEffects, Mutation};
use replay_core::Region;
use time_range::{Context, Timestamp};

use super::Workspace;
use crate::effects::Effects;

impl Workspace {
    /// Asks the user to confirm that the applied range is sent to all regions.
    pub(super) fn ask_to_send(&mut self, context: Context<'_>, effects: &mut Effects) {
        if self.picker.is_drafted() {
            return;
        }
        match self.picker.send(&self.policy, context) {
            Ok(_) => self.confirming = true,
            Err(faults) => self.report(&faults, context, effects),
        }
    }

    /// Sends the applied range to the recipients.
    pub(super) fn send(&mut self, context: Context<'_>, effects: &mut Effects) {
        self.confirming = false;
        if self.picker.is_drafted() {
            return;
        }
        let recipients = self.recipients();
        match self.picker.send(&self.policy, context) {
            Ok(timeframe) => {
                for region_state in self.in_view_mut() {
                    region_state.tracker.dismiss();
                    if recipients.contains(&region_state.region) {
                        region_state.submit(Mutation::Send(timeframe), &mut effects.client);
                    }
                }
            }
            Err(faults) => self.report(&faults, context, effects),
        }
    }

    /// Sends the timeframe of the region's settled job again, if it is still valid.
    pub(super) fn resend(&mut self, region: &Region, now: Timestamp, effects: &mut ClientEffects) {
        let policy = self.policy;
        if let Some(region_state) = self.find(region)
            && let Some(Ok(timeframe)) = region_state.settled_timeframe(&policy, now)
        {
            region_state.submit(Mutation::Send(timeframe), effects);
        }
    }

    /// The regions that the applied range is sent to: the one in view; or of all regions those that
    /// the token may change and whose webhook is not known to be disabled.
    pub(crate) fn recipients(&self) -> Vec<Region> {
        let is_global = self.is_global();
        let recipients = self.in_view().filter(|region_state| {
            let is_disabled = region_state.setup.is_enabled() == Some(false);
            !is_global || (!is_disabled && self.may_change(&region_state.region))
        });
        recipients.map(|region_state| region_state.region.clone()).collect()
    }
}
