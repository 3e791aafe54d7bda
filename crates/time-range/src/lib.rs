//! Range expressions, timestamps, durations and time zones: parsed, resolved and printed. This crate
//! performs no IO and has no clock: the caller passes `now` and the UTC offsets of a zone.
//!
//! ```
//! use time_range::{Range, Zone, read_timestamp, write_timestamp};
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let range = Range::read("now-6h", &Zone::utc())?;
//! assert_eq!(write_timestamp(range.from.at(now)), "2026-11-23T06:00:00Z");
//! assert_eq!(range.to.at(now), now);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;

mod duration;
mod range;
mod range_error;
mod timestamp;
mod zone;

pub use duration::{InvalidDuration, read_duration, write_duration};
pub use range::{Bound, Range};
pub use range_error::RangeError;
pub use timestamp::{InvalidTimestamp, Timestamp, read_timestamp, write_timestamp};
pub use zone::{Choices, ClockTimeError, LocalInstant, Zone};
