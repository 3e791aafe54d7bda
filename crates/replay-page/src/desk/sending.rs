//! Applying a range and sending it to the regions in view. Which ranges are valid is not decided
//! here.

use alloc::vec::Vec;

use replay_core::{Instant, Region, Zone};

use super::Desk;
use crate::{
    doors::{Effect, Outbox},
    picker::{Fault, field_id},
    words,
};

impl Desk {
    /// Applies the drafted range; what was answered to an earlier one has been read.
    pub(super) fn apply(&mut self, zone: &Zone, now: Instant, out: &mut Outbox) {
        match self.picker.apply(zone, &self.policy, now) {
            Ok(()) => self.in_view_mut().for_each(|station| station.tracker.dismiss()),
            Err(faults) => self.blame(&faults, zone, out),
        }
    }

    /// Asks for a confirmation that the applied range is sent to all regions.
    pub(super) fn ask_to_send(&mut self, zone: &Zone, now: Instant, out: &mut Outbox) {
        if self.picker.is_drafted(zone) {
            return;
        }
        match self.picker.send(zone, &self.policy, now) {
            Ok(_) => self.confirming = true,
            Err(faults) => self.blame(&faults, zone, out),
        }
    }

    /// Sends the applied range to the recipients in view.
    pub(super) fn send(&mut self, zone: &Zone, now: Instant, out: &mut Outbox) {
        self.confirming = false;
        if self.picker.is_drafted(zone) {
            return;
        }
        let recipients = self.recipients();
        match self.picker.send(zone, &self.policy, now) {
            Ok(timeframe) => {
                for station in self.in_view_mut() {
                    station.tracker.dismiss();
                    if recipients.contains(&station.region) {
                        station.send(timeframe, out);
                    }
                }
            }
            Err(faults) => self.blame(&faults, zone, out),
        }
    }

    /// Sends the timeframe of the region's settled job once more, unless it cannot be asked for any
    /// more.
    pub(super) fn resend(&mut self, region: &Region, now: Instant, out: &mut Outbox) {
        let policy = self.policy;
        if let Some(station) = self.find(region)
            && let Some(Ok(timeframe)) = station.settled_timeframe(&policy, now)
        {
            station.send(timeframe, out);
        }
    }

    /// The regions that the applied range is sent to: the one in view, or those of all where a
    /// webhook may be enabled and the token may change something.
    pub(crate) fn recipients(&self) -> Vec<Region> {
        let one = !self.is_global();
        let recipients = self.in_view().filter(|station| {
            one || station.setup.is_enabled() != Some(false) && self.may_change(&station.region)
        });
        recipients.map(|station| station.region.clone()).collect()
    }

    /// Announces the faults of the range and moves the focus to the first faulty field, which may
    /// have the focus already.
    fn blame(&mut self, faults: &[Fault], zone: &Zone, out: &mut Outbox) {
        let faults_in_words = faults.iter().map(|fault| words::fault(fault, &self.policy, zone));
        self.say(faults_in_words.collect::<Vec<_>>().join(" "));
        if let Some(fault) = faults.first() {
            out.push(Effect::Focus(field_id(fault.edge())));
        }
    }
}
