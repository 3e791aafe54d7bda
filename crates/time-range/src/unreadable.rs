//! Why a text is not a timestamp, a duration or a range, in words that say what would do.

use core::fmt;

use crate::NotOneMoment;

/// Text that is not what it should be; its `Display` says what would do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unreadable {
    /// Not a date and time with a UTC offset.
    Timestamp,
    /// Not a whole number with a unit.
    Duration,
    /// None of the forms of a [`Bound`].
    Bound,
    /// A clock time that is not one moment.
    Clock(NotOneMoment),
    /// A UTC offset that no zone on Earth has.
    Offset,
    /// Two times of a day, like `10:12-13:47`, which could be taken for a time with an offset.
    TwoTimes,
    /// Not one range.
    Range,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timestamp => {
                "must be an RFC 3339 date and time with an offset, like 2026-11-23T10:00:00Z"
            }
            Self::Duration => "must be a whole number with a unit (s, m, h or d), like 15m or 7d",
            Self::Bound => {
                "must be a date and time, like 2026-11-23 10:00, or relative, like now-6h"
            }
            Self::Clock(error) => return error.fmt(f),
            Self::Offset => {
                "must have a UTC offset from -12:00 to +14:00 in quarter hours, like +05:45"
            }
            Self::TwoTimes => {
                "must be one time: enter the start of a range in From and its end in To (or, for a \
                 UTC offset, write seconds or a space before it)"
            }
            Self::Range => "must be like now-6h, or START/END",
        })
    }
}

impl core::error::Error for Unreadable {}
