//! The time zone that the page shows times in: the browser's, or UTC.

use time_range::{Context, Timestamp, Zone};

use super::{Page, Phase};
use crate::{clocks::Clocks, effect::Effect};

impl Page {
    /// The zone that times are shown in.
    #[must_use]
    pub fn zone(&self) -> Zone {
        match self.clocks {
            Clocks::Local => self.browser_zone.clone(),
            Clocks::Utc => Zone::utc(),
        }
    }

    /// The name of the browser's zone, like `Europe/Berlin`.
    #[must_use]
    pub fn browser_zone_name(&self) -> &str {
        self.browser_zone.name()
    }

    /// Reads the browser's zone again, since the user may have travelled, for all times that the
    /// server retains.
    pub(super) fn read_zone(&mut self, now: Timestamp) {
        if let Phase::Ready(workspace) = &self.phase {
            let since = workspace.policy.expired_before(now);
            self.effects.push(Effect::ReadZone(since));
        }
    }

    /// Sets the clocks and the browser's zone. The drafted range keeps its meaning.
    pub(super) fn set_clocks(&mut self, clocks: Clocks, browser_zone: Zone, now: Timestamp) {
        let before = self.zone();
        (self.clocks, self.browser_zone) = (clocks, browser_zone);
        let after = self.zone();
        if let Phase::Ready(workspace) = &mut self.phase
            && before != after
        {
            workspace.picker.rewrite(&before, Context { zone: &after, now });
        }
    }
}
