//! The event time of a line. The caller passes the time at which the line arrived.

use alloc::format;
use core::num::IntErrorKind;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc};

use crate::LineError;

/// `rt` as whole milliseconds since 1970, or the time in the header if `rt` is not a whole number.
///
/// # Errors
/// [`LineError::NoTime`] if neither is a time; [`LineError::TimeOutOfRange`] if the time does not fit 64 bits of
/// nanoseconds since 1970.
pub(crate) fn event_at(
    rt: Option<&str>,
    header: Option<&str>,
    received_at: DateTime<Utc>,
) -> Result<DateTime<Utc>, LineError> {
    let at = match rt.unwrap_or_default().parse() {
        Ok(milliseconds) => {
            DateTime::from_timestamp_millis(milliseconds).ok_or(LineError::TimeOutOfRange)?
        }
        Err(error)
            if matches!(error.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) =>
        {
            return Err(LineError::TimeOutOfRange);
        }
        Err(_) => {
            header.and_then(|text| header_time(text, received_at)).ok_or(LineError::NoTime)?
        }
    };
    at.timestamp_nanos_opt().map(|_| at).ok_or(LineError::TimeOutOfRange)
}

fn header_time(text: &str, received_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let rfc_3339 = DateTime::parse_from_rfc3339(text).ok();
    rfc_3339.map(|at| at.to_utc()).or_else(|| syslog_time(text, received_at))
}

/// Parses a time like `Apr 14 05:39:08`, in the latest year in which it is at most one day after `received_at`.
fn syslog_time(text: &str, received_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // Leap days may be eight years apart, as around 1900.
    let years = received_at.year() - 8..=received_at.year() + 1;
    years.rev().find_map(|year| {
        let at = NaiveDateTime::parse_from_str(&format!("{year} {text}"), "%Y %b %e %H:%M:%S")
            .ok()?
            .and_utc();
        (at - received_at <= TimeDelta::days(1)).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    #[test]
    fn rt_is_read_as_milliseconds_since_1970() {
        check(Some("1750280466889"), None, "2025-06-18T21:01:06.889Z");
        check(Some("0"), None, "1970-01-01T00:00:00Z");
        check(Some("-1"), None, "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn rt_is_preferred_to_the_header() {
        check(Some("1750280466889"), Some("2025-06-18T21:02:36Z"), "2025-06-18T21:01:06.889Z");
    }

    #[test]
    fn the_header_is_used_if_rt_is_not_a_whole_number() {
        for rt in [None, Some(""), Some("soon"), Some("1750280466889.5"), Some("true"), Some(" 1")]
        {
            check(rt, Some("2025-06-18T21:02:36Z"), "2025-06-18T21:02:36Z");
        }
    }

    #[test]
    fn a_header_time_may_have_an_offset_and_a_fraction() {
        check(None, Some("2025-06-18T23:02:36.25+02:00"), "2025-06-18T21:02:36.250Z");
    }

    #[test]
    fn a_time_without_a_year_is_placed_in_the_year_of_its_arrival() {
        check(None, Some("Apr 14 05:39:08"), "2024-04-14T05:39:08Z");
        check(None, Some("Apr  4 05:39:08"), "2024-04-04T05:39:08Z");
        check(None, Some("Feb 29 05:39:08"), "2024-02-29T05:39:08Z");
    }

    #[test]
    fn a_time_without_a_year_lies_at_most_a_day_ahead() {
        check(None, Some("Jul  2 12:00:00"), "2024-07-02T12:00:00Z");
        check(None, Some("Jul  2 12:00:01"), "2023-07-02T12:00:01Z");
    }

    #[test]
    fn a_time_without_a_year_may_cross_new_year() {
        assert_eq!(
            shown(None, Some("Jan  1 00:00:30"), at("2023-12-31T23:59:00Z")),
            "2024-01-01T00:00:30Z"
        );
        assert_eq!(
            shown(None, Some("Dec 31 23:59:00"), at("2024-01-01T00:00:30Z")),
            "2023-12-31T23:59:00Z"
        );
    }

    #[test]
    fn a_leap_day_is_placed_in_a_leap_year_across_1900() {
        assert_eq!(
            shown(None, Some("Feb 29 12:00:00"), at("1904-02-01T00:00:00Z")),
            "1896-02-29T12:00:00Z"
        );
    }

    #[test]
    fn a_line_without_a_time_is_rejected() {
        for header in
            [None, Some(""), Some("konghq.com"), Some("Apr 31 05:39:08"), Some("2025-06-18")]
        {
            assert_eq!(event_at(None, header, arrival()), Err(LineError::NoTime), "{header:?}");
        }
    }

    #[test]
    fn a_time_beyond_64_bits_of_nanoseconds_is_rejected() {
        for rt in ["9223372036855", "-9223372036855", "9223372036854775807", "99999999999999999999"]
        {
            let read = event_at(Some(rt), Some("2025-06-18T21:02:36Z"), arrival());
            assert_eq!(read, Err(LineError::TimeOutOfRange), "{rt}");
        }
        assert_eq!(
            event_at(None, Some("9999-12-31T23:59:59Z"), arrival()),
            Err(LineError::TimeOutOfRange)
        );
    }

    #[test]
    fn an_arrival_at_the_earliest_or_latest_timestamp_does_not_overflow() {
        let header = Some("Apr 14 05:39:08");
        assert_eq!(event_at(None, header, DateTime::<Utc>::MAX_UTC), Err(LineError::NoTime));
        assert_eq!(event_at(None, header, DateTime::<Utc>::MIN_UTC), Err(LineError::NoTime));
    }

    fn check(rt: Option<&str>, header: Option<&str>, expected: &str) {
        assert_eq!(
            shown(rt, header, arrival()),
            shown(None, Some(expected), arrival()),
            "{rt:?} {header:?}"
        );
    }

    fn shown(rt: Option<&str>, header: Option<&str>, received_at: DateTime<Utc>) -> String {
        event_at(rt, header, received_at)
            .unwrap()
            .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }

    fn arrival() -> DateTime<Utc> {
        at("2024-07-01T12:00:00Z")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }
}
