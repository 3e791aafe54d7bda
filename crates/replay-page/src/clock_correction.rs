//! The browser's clock, corrected by the server's. It errs to the past, where a moment that is sent
//! is never in the server's future.

use chrono::TimeDelta;
use time_range::Timestamp;

/// How far the browser's clock is to be put forward.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ClockCorrection(TimeDelta);

impl ClockCorrection {
    /// The time, where the browser says it is `browser`.
    #[must_use]
    pub fn now(self, browser: Timestamp) -> Timestamp {
        browser.checked_add_signed(self.0).unwrap_or(browser)
    }

    /// The correction after an answer that came when the browser said it was `browser`, and bore
    /// the `date` of its making in whole seconds. One that agrees with it stays as it is.
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
