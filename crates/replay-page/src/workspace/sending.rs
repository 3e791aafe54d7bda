//! Applying a range and sending it to the regions in view. Which ranges are valid is not decided
//! here.

use alloc::vec::Vec;

use replay_client::ClientEffects;
use replay_core::Region;
use time_range::{Timestamp, Zone};

use super::Workspace;
use crate::{
    effect::Effect,
    effects::Effects,
    picker::{RangeFault, field_id},
    words,
};

impl Workspace {
    /// Applies the drafted range; what was answered to an earlier one has been read.
    pub(super) fn apply(&mut self, zone: &Zone, now: Timestamp, effects: &mut Effects) {
        match self.picker.apply(zone, &self.policy, now) {
            Ok(()) => self.in_view_mut().for_each(|region_state| region_state.tracker.dismiss()),
            Err(faults) => self.blame(&faults, zone, effects),
        }
    }

    /// Asks for a confirmation that the applied range is sent to all regions.
    pub(super) fn ask_to_send(&mut self, zone: &Zone, now: Timestamp, effects: &mut Effects) {
        if self.picker.is_drafted(zone) {
            return;
        }
        match self.picker.send(zone, &self.policy, now) {
            Ok(_) => self.confirming = true,
            Err(faults) => self.blame(&faults, zone, effects),
        }
    }

    /// Sends the applied range to the recipients in view.
    pub(super) fn send(&mut self, zone: &Zone, now: Timestamp, effects: &mut Effects) {
        self.confirming = false;
        if self.picker.is_drafted(zone) {
            return;
        }
        let recipients = self.recipients();
        match self.picker.send(zone, &self.policy, now) {
            Ok(timeframe) => {
                for region_state in self.in_view_mut() {
                    region_state.tracker.dismiss();
                    if recipients.contains(&region_state.region) {
                        region_state.send(timeframe, &mut effects.client);
                    }
                }
            }
            Err(faults) => self.blame(&faults, zone, effects),
        }
    }

    /// Sends the timeframe of the region's settled job once more, unless it cannot be asked for any
    /// more.
    pub(super) fn resend(&mut self, region: &Region, now: Timestamp, effects: &mut ClientEffects) {
        let policy = self.policy;
        if let Some(region_state) = self.find(region)
            && let Some(Ok(timeframe)) = region_state.settled_timeframe(&policy, now)
        {
            region_state.send(timeframe, effects);
        }
    }

    /// The regions that the applied range is sent to: the one in view, or those of all where a
    /// webhook may be enabled and the token may change something.
    pub(crate) fn recipients(&self) -> Vec<Region> {
        let one = !self.is_global();
        let recipients = self.in_view().filter(|region_state| {
            one || region_state.setup.is_enabled() != Some(false)
                && self.may_change(&region_state.region)
        });
        recipients.map(|region_state| region_state.region.clone()).collect()
    }

    /// Announces the faults of the range and moves the focus to the first faulty field, which may
    /// have the focus already.
    fn blame(&mut self, faults: &[RangeFault], zone: &Zone, effects: &mut Effects) {
        let faults_in_words = faults.iter().map(|fault| words::fault(fault, &self.policy, zone));
        self.announce(faults_in_words.collect::<Vec<_>>().join(" "));
        if let Some(fault) = faults.first() {
            effects.push(Effect::Focus(field_id(fault.edge())));
        }
    }
}
