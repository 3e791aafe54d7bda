//! A length of time as a text has it: months, which have no fixed length, and seconds.

use crate::ago::{Ago, Unit};

/// A length of time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Length {
    pub(crate) months: u32,
    pub(crate) seconds: u32,
    /// Whether it is of ISO 8601, which may stand for an end of a range.
    pub(crate) is_iso: bool,
}

impl Length {
    /// `count` units and `nanos` billionths of one; a part of a second is no length.
    pub(crate) fn of(count: u32, nanos: u32, unit: Unit) -> Option<Self> {
        const BILLION: u64 = 1_000_000_000;
        let seconds = u64::from(unit.seconds().unwrap_or(0));
        let (whole, part) = (seconds * u64::from(count), seconds * u64::from(nanos));
        // More months than a thousand years cannot be counted back.
        let months = count.checked_mul(unit.months()).filter(|months| *months < 12_000)?;
        let is_whole = part % BILLION == 0 && (nanos == 0 || unit.months() == 0);
        let seconds = u32::try_from(whole + part / BILLION).ok().filter(|_| is_whole)?;
        Some(Self { months, seconds, is_iso: false })
    }

    pub(crate) fn plus(self, more: Self) -> Option<Self> {
        let months = self.months.checked_add(more.months)?;
        Some(Self { months, seconds: self.seconds.checked_add(more.seconds)?, ..self })
    }

    /// `None` if more is taken away than there is.
    pub(crate) fn minus(self, less: Self) -> Option<Self> {
        let months = self.months.checked_sub(less.months)?;
        Some(Self { months, seconds: self.seconds.checked_sub(less.seconds)?, ..self })
    }

    pub(crate) const fn ago(self) -> Ago {
        Ago { months: self.months, seconds: self.seconds, round: None }
    }
}
