//! Applying the draft, and the timeframe that is sent. Which timeframes are valid is decided by the
//! policy.

use alloc::vec::Vec;

use replay_core::{Policy, Timeframe};
use time_range::{Context, Timestamp};

use super::{Picker, RangeFault, RangeTab, resolve, to_send};

impl Picker {
    /// Applies the draft.
    ///
    /// # Errors
    /// All faults of the draft, if it has any; the applied range is unchanged.
    pub fn apply(&mut self, policy: &Policy, context: Context<'_>) -> Result<(), Vec<RangeFault>> {
        self.tried = true;
        self.resolve(policy, context)?;
        self.applied = self.draft.range().unwrap_or(self.applied);
        (self.tried, self.refused) = (false, None);
        Ok(())
    }

    /// The timeframe to send at `now`: the applied range, moved inside the retention and its margin.
    ///
    /// # Errors
    /// All faults of the applied range at `now`, if it has any; it becomes the draft, with its
    /// faults shown.
    pub fn send(
        &mut self,
        policy: &Policy,
        context: Context<'_>,
    ) -> Result<Timeframe, Vec<RangeFault>> {
        let sent = to_send(self.applied, policy, context);
        if sent.is_err() {
            self.draft_range(self.applied, context);
            (self.tab, self.tried) = (RangeTab::Custom, true);
        }
        sent
    }

    /// The start that is sent at `now` in place of the applied one, if the margin moves it.
    pub(crate) fn moved_start(&self, policy: &Policy, context: Context<'_>) -> Option<Timestamp> {
        let timeframe = resolve(self.applied, policy, context).ok()?;
        let sent = to_send(self.applied, policy, context).ok()?;
        (sent != timeframe).then(|| sent.start())
    }
}
