//! What a text is read and printed with: the zone shown, and the time.

use chrono::NaiveDate;

use crate::{Timestamp, Zone};

/// The zone in which clock times are shown, and `now`.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The zone of clock times without a UTC offset.
    pub zone: &'a Zone,
    /// The instant that relative times count from.
    pub now: Timestamp,
}

impl Context<'_> {
    /// The date in the zone at `now`.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.zone.clock(self.now).date()
    }
}
