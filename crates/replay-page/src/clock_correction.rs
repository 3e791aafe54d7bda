//! Corrects the browser's clock by the server's. The corrected time is never later than the server's,
//! so that the server does not refuse it as a future time.

use chrono::TimeDelta;
use time_range::Timestamp;

/// The difference that is added to the browser's clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ClockCorrection(TimeDelta);

impl ClockCorrection {
    /// The corrected time at the time `browser` of the browser's clock.
    #[must_use]
    pub fn now(self, browser: Timestamp) -> Timestamp {
        browser.checked_add_signed(self.0).unwrap_or(browser)
    }

    /// The correction after a response with the given `Date` header, in whole seconds, was received
    /// at the time `browser`. It does not change if it agrees with the header to the second.
    #[must_use]
    pub fn after(self, date: Timestamp, browser: Timestamp) -> Self {
        let beyond = self.now(browser) - date;
        let agrees = TimeDelta::zero() <= beyond && beyond < TimeDelta::seconds(1);
        if agrees { self } else { Self(date - browser) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_by_hours_is_corrected() {
        let correction = ClockCorrection::default().after(at("12:00:00Z"), at("09:30:00.700Z"));
        assert_eq!(correction.now(at("09:30:00.700Z")), at("12:00:00Z"));
        assert_eq!(correction.now(at("09:31:00.700Z")), at("12:01:00Z"));
    }

    #[test]
    fn a_date_within_the_second_changes_nothing() {
        let right = ClockCorrection::default();
        assert_eq!(right.after(at("12:00:00Z"), at("12:00:00Z")), right);
        assert_eq!(right.after(at("12:00:00Z"), at("12:00:00.999Z")), right);
    }

    #[test]
    fn a_delayed_response_never_moves_the_clock_into_the_future() {
        let slow = ClockCorrection::default().after(at("12:00:00Z"), at("12:00:30Z"));
        assert_eq!(slow.now(at("12:00:30Z")), at("12:00:00Z"));
        let next = slow.after(at("12:00:31Z"), at("12:00:31.100Z"));
        assert_eq!(next.now(at("12:00:31.100Z")), at("12:00:31Z"));
    }

    fn at(time: &str) -> Timestamp {
        alloc::format!("2026-11-23T{time}").parse().unwrap()
    }
}
