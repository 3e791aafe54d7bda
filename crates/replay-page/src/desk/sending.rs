//! Applying a range and sending it to the regions in view. Which ranges are valid is not decided
//! here.

use replay_core::{Instant, Scope, Zone};

use super::Desk;
use crate::{
    doors::{Effect, Outbox},
    picker::{Fault, field_id},
    tracker::Order,
};

impl Desk {
    /// Applies the drafted range; what was answered to an earlier one has been read.
    pub(super) fn apply(&mut self, zone: &Zone, now: Instant, out: &mut Outbox) {
        match self.picker.apply(zone, &self.policy, now) {
            Ok(()) => self.in_view_mut().for_each(|station| station.tracker.dismiss()),
            Err(faults) => point_at(&faults, out),
        }
    }

    /// Sends the applied range to every region in view; to all of them, only where a webhook may be
    /// enabled.
    pub(super) fn send(&mut self, zone: &Zone, now: Instant, out: &mut Outbox) {
        if self.picker.is_drafted(zone) {
            return;
        }
        let global = self.scope == Scope::Global;
        match self.picker.send(zone, &self.policy, now) {
            Ok(timeframe) => {
                for station in self.in_view_mut() {
                    station.tracker.dismiss();
                    if !global || station.setup.is_enabled() != Some(false) {
                        station.tracker.order(Order::Send(timeframe), out);
                    }
                }
            }
            Err(faults) => point_at(&faults, out),
        }
    }
}

/// Leads to the field that is at fault first.
fn point_at(faults: &[Fault], out: &mut Outbox) {
    if let Some(fault) = faults.first() {
        out.push(Effect::Focus(field_id(fault.edge())));
    }
}
