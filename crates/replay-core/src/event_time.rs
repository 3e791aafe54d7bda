//! Which event times an archived line may have: those that a replay can still select. This module
//! reads no lines; the caller passes the event time and `now`.
//!
//! ```
//! use replay_core::{EventTimeError, Policy};
//! use time_range::read_timestamp;
//!
//! let now = read_timestamp("2026-11-23T12:00:00Z")?;
//! let event_at = read_timestamp("2026-11-01T00:00:00Z")?;
//! assert_eq!(
//!     Policy::DEFAULT.check_event_time(event_at, now),
//!     Err(EventTimeError::TooOld { event_at, earliest: read_timestamp("2026-11-16T12:00:00Z")? })
//! );
//! # Ok::<(), time_range::InvalidTimestamp>(())
//! ```

use core::fmt;

use chrono::TimeDelta;

use time_range::write_timestamp;

use crate::{Policy, Timestamp};

/// Why a line is not archived, with the accepted bound.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EventTimeError {
    /// The event is older than the retention.
    TooOld {
        /// The line's event time.
        event_at: Timestamp,
        /// The earliest accepted event time.
        earliest: Timestamp,
    },
    /// The event lies further in the future than the tolerance for skewed clocks.
    TooFarAhead {
        /// The line's event time.
        event_at: Timestamp,
        /// The latest accepted event time.
        latest: Timestamp,
    },
}

impl Policy {
    /// Checks that a line with this event time may be archived at `now`. Both bounds are inclusive.
    ///
    /// # Errors
    /// [`EventTimeError::TooOld`] before `now` − retention; [`EventTimeError::TooFarAhead`] after
    /// `now` + the larger of the grace and one hour.
    pub fn check_event_time(
        &self,
        event_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), EventTimeError> {
        let earliest = self.earliest(now);
        let ahead = self.grace.max(TimeDelta::hours(1));
        let latest = now.checked_add_signed(ahead).unwrap_or(Timestamp::MAX_UTC);
        if event_at < earliest {
            Err(EventTimeError::TooOld { event_at, earliest })
        } else if event_at > latest {
            Err(EventTimeError::TooFarAhead { event_at, latest })
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for EventTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooOld { event_at, earliest } => write!(
                f,
                "the event time, {}, is before the earliest that is kept, {}",
                write_timestamp(*event_at),
                write_timestamp(*earliest)
            ),
            Self::TooFarAhead { event_at, latest } => write!(
                f,
                "the event time, {}, is after the latest that is accepted, {}",
                write_timestamp(*event_at),
                write_timestamp(*latest)
            ),
        }
    }
}

impl core::error::Error for EventTimeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const MILLISECOND: TimeDelta = TimeDelta::milliseconds(1);

    #[test]
    fn both_bounds_are_inclusive_and_an_error_names_the_bound() {
        let (earliest, latest) = (at("2026-11-16T12:00:00Z"), at("2026-11-23T13:00:00Z"));
        for event_at in [earliest, latest] {
            assert_eq!(Policy::DEFAULT.check_event_time(event_at, now()), Ok(()));
        }
        let event_at = earliest - MILLISECOND;
        assert_eq!(
            Policy::DEFAULT.check_event_time(event_at, now()),
            Err(EventTimeError::TooOld { event_at, earliest })
        );
        let event_at = latest + MILLISECOND;
        assert_eq!(
            Policy::DEFAULT.check_event_time(event_at, now()),
            Err(EventTimeError::TooFarAhead { event_at, latest })
        );
    }

    #[test]
    fn a_grace_above_one_hour_extends_the_latest_event_time() {
        let policy = Policy { grace: TimeDelta::hours(2), ..Policy::DEFAULT };
        let latest = now() + TimeDelta::hours(2);
        assert_eq!(policy.check_event_time(latest, now()), Ok(()));
        assert!(policy.check_event_time(latest + MILLISECOND, now()).is_err());
    }

    #[test]
    fn the_grace_does_not_extend_the_retention_of_a_line() {
        let policy = Policy { grace: TimeDelta::hours(2), ..Policy::DEFAULT };
        assert!(policy.check_event_time(policy.earliest(now()) - MILLISECOND, now()).is_err());
    }

    #[test]
    fn the_message_names_the_event_time_and_the_bound() {
        let error = |event_at| Policy::DEFAULT.check_event_time(event_at, now()).unwrap_err();
        assert_eq!(
            error(at("1970-01-21T18:43:51.600Z")).to_string(),
            "the event time, 1970-01-21T18:43:51.6Z, is before the earliest that is kept, \
             2026-11-16T12:00:00Z"
        );
        assert_eq!(
            error(at("2036-01-01T00:00:00Z")).to_string(),
            "the event time, 2036-01-01T00:00:00Z, is after the latest that is accepted, \
             2026-11-23T13:00:00Z"
        );
    }

    #[test]
    fn a_policy_without_bounds_does_not_overflow() {
        let policy = Policy { retention: TimeDelta::MAX, grace: TimeDelta::MAX, ..Policy::DEFAULT };
        for event_at in [Timestamp::MIN_UTC, Timestamp::MAX_UTC] {
            assert_eq!(policy.check_event_time(event_at, now()), Ok(()));
        }
    }

    fn now() -> Timestamp {
        at("2026-11-23T12:00:00Z")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
}
