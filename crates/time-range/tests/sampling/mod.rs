//! A zone of the tz database.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};
use time_range::{Abbreviation, Timestamp, Zone};

/// The zone from 1990 to 2060, with its abbreviations.
pub(crate) fn sampled(tz: Tz) -> Zone {
    let years = [1990, 2060].map(|year| {
        chrono::Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().unwrap_or(DateTime::UNIX_EPOCH)
    });
    let mut abbreviations: Vec<Abbreviation> = Vec::new();
    let offset = |at: Timestamp| {
        let offset = tz.offset_from_utc_datetime(&at.naive_utc());
        let name = offset
            .abbreviation()
            .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()));
        if let Some(name) = name
            && !abbreviations.iter().any(|known| known.name == name && known.offset == offset.fix())
        {
            abbreviations.push(Abbreviation { offset: offset.fix(), name: name.to_owned() });
        }
        offset.fix()
    };
    let zone = Zone::sampled(tz.name(), years[0], years[1], offset);
    zone.with_abbreviations(abbreviations)
}
