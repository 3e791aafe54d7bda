//! Sending replays from a desk. What became of one is the tracker's concern.

use replay_core::{Instant, Region, Scope, Zone};

use super::{Desk, point_at};
use crate::doors::Outbox;

impl Desk {
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
                        station.send(timeframe, out);
                    }
                }
            }
            Err(faults) => point_at(&faults, out),
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
}
