//! Which event times a line may have to be archived: those that a timeframe can still reach. It
//! reads no line and knows no clock.

use core::fmt;

use chrono::TimeDelta;

use time_range::write_timestamp;

use crate::{Policy, Timestamp};

/// Why a line is not archived, with the bound that would do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EventTimeError {
    /// The event took place before the retention.
    TooOld {
        /// The line's event time.
        event_at: Timestamp,
        /// The earliest event time that is kept.
        earliest: Timestamp,
    },
    /// The event lies further in the future than skewed clocks explain.
    TooFarAhead {
        /// The line's event time.
        event_at: Timestamp,
        /// The latest event time that is accepted.
        latest: Timestamp,
    },
}

impl Policy {
    /// Checks that a line with this event time can be replayed, now or within the hour.
    ///
    /// # Errors
    /// [`EventTimeError::TooOld`] before `now` − retention, and [`EventTimeError::TooFarAhead`]
    /// after `now` + the grace, or one hour if that is more.
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
    fn both_bounds_are_inclusive_and_named_by_the_error() {
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
    fn a_grace_of_more_than_an_hour_is_the_bound_ahead() {
        let policy = Policy { grace: TimeDelta::hours(2), ..Policy::DEFAULT };
        let latest = now() + TimeDelta::hours(2);
        assert_eq!(policy.check_event_time(latest, now()), Ok(()));
        assert!(policy.check_event_time(latest + MILLISECOND, now()).is_err());
    }

    #[test]
    fn the_grace_keeps_no_line_that_is_older_than_the_retention() {
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
