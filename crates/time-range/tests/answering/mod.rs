//! The answer to an expression as a line, and a zone of the tz database.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};
use time_range::{
    Abbreviation, Context, RangeError, Reading, Timestamp, Zone, read, write_timestamp,
};

/// The answer to one expression.
pub(crate) fn answer(text: &str, context: Context<'_>) -> String {
    let now = context.now;
    match read(text, context) {
        Ok(Reading::Moment(at)) if at > now => {
            format!("refused: {} is after now", write_timestamp(at))
        }
        Ok(reading) => resolved(reading, context),
        Err(RangeError::Ambiguous { readings }) => {
            let readings: Vec<_> =
                readings.into_iter().map(|reading| resolved(reading, context)).collect();
            format!("ambiguous: {}", readings.join(" or "))
        }
        Err(RangeError::Reversed { swapped }) => {
            let swapped = resolved(Reading::Range(swapped), context);
            format!("refused: the end is before the start; swapped: {swapped}")
        }
        Err(error) => format!("refused: {error}").replace(['\n', '\r'], " "),
    }
}

fn resolved(reading: Reading, context: Context<'_>) -> String {
    let range = reading.range();
    let start = write_timestamp(range.start(context));
    let end = match reading {
        Reading::Moment(_) => context.now,
        Reading::Range(_) => range.end(context),
    };
    format!("{start}/{}", write_timestamp(end))
}

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
