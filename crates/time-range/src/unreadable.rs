//! Why a text is not a range, in words that say what would do.

use core::fmt;

use crate::{InvalidDuration, NotOneMoment};

/// Text that is not what it should be; its `Display` says what would do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unreadable {
    /// Not a duration after `now-`.
    Duration(InvalidDuration),
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

impl core::error::Error for Unreadable {}
