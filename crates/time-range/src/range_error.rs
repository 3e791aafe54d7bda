//! Why a text is not a range. A message names what is wrong with this text; what would be accepted
//! instead is a value, so that it can be offered.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::{
    ClockTimeError, Range, Reading,
    digits::{push_clock, push_date},
    names,
};

/// Why the texts of two ends are not a range. At least one is present.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndErrors {
    /// The fault of the start.
    pub from: Option<RangeError>,
    /// The fault of the end, or of both ends together.
    pub to: Option<RangeError>,
}

/// A text is not one clear range; `Display` says why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RangeError {
    /// The text, or a part of it, has no known form.
    NotUnderstood {
        /// The part; empty if there is no text.
        part: String,
        /// The date of the example in the message.
        yesterday: NaiveDate,
    },
    /// A part of the text has a known form and is refused.
    Part {
        /// The part.
        part: String,
        /// Why it is refused.
        reason: Reason,
    },
    /// A month has no such day.
    NoSuchDay {
        /// The year; `None` if the text has none and no year has such a day.
        year: Option<i32>,
        /// The month, from 1.
        month: u32,
        /// The day that does not exist.
        day: u32,
        /// The last day of the month.
        last: u32,
    },
    /// The weekday is not the one of the date.
    Weekday {
        /// The date.
        date: NaiveDate,
        /// The weekday of the text, from Monday as 0.
        named: u32,
    },
    /// The name of another time zone.
    Zone {
        /// The name.
        name: String,
        /// The names that are accepted.
        known: String,
    },
    /// The clock time does not exist in the zone.
    Clock {
        /// The clock time.
        clock: NaiveDateTime,
        /// The clock times beside it.
        error: ClockTimeError,
    },
    /// The end is before the start.
    Reversed {
        /// The range with its ends swapped.
        swapped: Range,
    },
    /// A whole range in the place of one end.
    WholeRange {
        /// The range.
        range: Range,
    },
    /// The text has several meanings.
    Ambiguous {
        /// The meanings; at least two.
        readings: Vec<Reading>,
    },
}

/// Why a part of a text is refused.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Reason {
    /// An hour above 24 or a minute above 59.
    Time,
    /// An hour that is not from 1 to 12, with am or pm.
    TwelveHours,
    /// Not from -12:00 to +14:00 in quarter hours.
    Offset,
    /// A zone beside the times whose clocks are not known.
    OtherZone,
    /// A year of two digits.
    ShortYear,
    /// A number of digits that no unit of Unix time has.
    Unix,
    /// A month, week or day of the year that does not exist.
    Date,
    /// A numeric date with day and month in another order than the other end.
    Order,
    /// A time after now.
    Future,
    /// An end without a start.
    NoStart,
    /// A time of day beside a date without a time.
    DateMissing,
    /// The same end twice, with different values.
    Twice,
    /// A range that starts and ends now.
    Empty,
    /// More text than a range has.
    Long,
}

impl Reason {
    const fn text(self) -> &'static str {
        match self {
            Self::Time => "is not a time of day",
            Self::TwelveHours => "is not a time of day: with am or pm, hours are from 1 to 12",
            Self::Offset => {
                "is not a UTC offset in use: they are from -12:00 to +14:00 in quarter hours \
                 (between two times, write to)"
            }
            Self::OtherZone => {
                "is another zone than the one shown: write the times with their UTC offset"
            }
            Self::ShortYear => "has a year of two digits: write all four",
            Self::Unix => {
                "is not Unix time: it has 10 digits in seconds, 13 in milliseconds, 16 in \
                 microseconds, 19 in nanoseconds"
            }
            Self::Date => "does not exist",
            Self::Order => "has its day and month in another order than the other date",
            Self::Future => "is in the future",
            Self::NoStart => "has no start: write START to END",
            Self::DateMissing => "needs a date as well, or the other end a time",
            Self::Twice => "is a second time for the same end",
            Self::Empty => "is empty: it starts and ends now",
            Self::Long => "is too long for a range",
        }
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl RangeError {
    // Not inlined, so that a page can load it later.
    #[inline(never)]
    fn text(&self) -> String {
        let mut text = String::new();
        match self {
            Self::NotUnderstood { part, yesterday } => {
                if part.is_empty() {
                    text.push_str("no time is given");
                } else {
                    quote(part, "is not understood", &mut text);
                }
                text.push_str("; write a range like ");
                push_date(*yesterday, &mut text);
                text.push_str(" 10:12 to 13:47, or like last 6 hours");
            }
            Self::Part { part, reason } => quote(part, reason.text(), &mut text),
            Self::NoSuchDay { year, month, day, last } => {
                let mut name = String::from(names::month(*month));
                if let Some(year) = year {
                    name.push(' ');
                    name.push_str(&year.unsigned_abs().to_string());
                }
                for part in [&day.to_string(), " ", &name, " does not exist: ", &name, " has "] {
                    text.push_str(part);
                }
                text.push_str(&last.to_string());
                text.push_str(" days");
            }
            Self::Weekday { date, named } => {
                push_date(*date, &mut text);
                text.push_str(" is a ");
                text.push_str(names::weekday(date.weekday().num_days_from_monday()));
                text.push_str(", not a ");
                text.push_str(names::weekday(*named));
            }
            Self::Zone { name, known } => {
                quote(name, "is not a zone that is known here: write ", &mut text);
                text.push_str(known);
                text.push_str(" or an offset like +01:00");
            }
            Self::Clock { clock, error } => {
                push_clock(*clock, ' ', &mut text);
                text.push(' ');
                text.push_str(&error.to_string());
            }
            Self::Reversed { swapped } => {
                text.push_str("the end is before the start; swapped: ");
                swapped.push_to(&mut text);
            }
            Self::WholeRange { range } => {
                text.push_str("this is a whole range: ");
                range.push_to(&mut text);
            }
            Self::Ambiguous { readings } => {
                text.push_str("this can mean ");
                for (index, reading) in readings.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { " or " });
                    reading.push_to(&mut text);
                }
            }
        }
        text
    }
}

impl core::error::Error for RangeError {}

fn quote(part: &str, reason: &str, text: &mut String) {
    for part in ["“", part, "” ", reason] {
        text.push_str(part);
    }
}
