//! Range expressions, timestamps, durations and time zones: parsed, resolved and printed. This crate
//! performs no IO and has no clock: the caller passes `now` and the UTC offsets of a zone.
//!
//! ```
//! use time_range::{Context, Range, Zone, read_timestamp, write_timestamp};
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let context = Context { zone: &Zone::utc(), now };
//! let range = Range::read("last 6 hours", context)?;
//! assert_eq!(write_timestamp(range.start(context)), "2026-11-23T06:00:00Z");
//! assert_eq!(range.to_string(), "now-6h/now");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;

mod ago;
mod calendar;
mod context;
mod digits;
mod duration;
mod names;
mod people;
mod range;
mod range_error;
mod read;
mod reading;
mod step;
mod timestamp;
mod zone;

pub use ago::Ago;
pub use calendar::{Calendar, Day, Month};
pub use context::Context;
pub use duration::{InvalidDuration, read_duration, write_duration};
pub use names::{MONTHS, WEEKDAYS};
pub use people::{Seconds, write_length, write_moment, write_span};
pub use range::{Bound, Range, Reading};
pub use range_error::{EndErrors, RangeError, Reason};
pub use read::read;
pub use step::{Step, Stepped, step};
pub use timestamp::{InvalidTimestamp, Timestamp, read_timestamp, write_timestamp};
pub use zone::{Abbreviation, Choices, ClockTimeError, LocalInstant, Zone};
