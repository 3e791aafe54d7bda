//! Why a text is not a range expression. The messages name the accepted form.

use core::fmt;

use crate::{ClockTimeError, InvalidDuration};

/// A text is not a range expression; `Display` says the accepted form.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RangeError {
    /// The text after `now-` is not a duration.
    Duration(InvalidDuration),
    /// The text is not in a form that [`Bound::read`](crate::Bound::read) accepts.
    Bound,
    /// The clock time does not exist or is ambiguous in the time zone.
    Clock(ClockTimeError),
    /// The UTC offset is not from -12:00 to +14:00 in quarter hours.
    Offset,
    /// The text looks like two times, as in `10:12-13:47`; it could also be a time with an offset.
    TwoTimes,
    /// The text is neither `START/END` nor relative, like `now-6h`.
    Range,
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duration(error) => return error.fmt(f),
            Self::Bound => {
                "must be a date and time, like 2026-11-23 10:00, or relative, like now-6h"
            }
            Self::Clock(error) => return error.fmt(f),
            Self::Offset => "must have a UTC offset from -12:00 to +14:00 in quarter hours",
            Self::TwoTimes => {
                "must be one time: enter a range's start in From and its end in To (or, for an \
                 offset, write seconds or a space before it)"
            }
            Self::Range => "must be like now-6h, or START/END",
        })
    }
}

impl core::error::Error for RangeError {}
