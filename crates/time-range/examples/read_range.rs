//! Reads range expressions from standard input, one a line, and answers each with a line:
//! `START/END` in RFC 3339, `ambiguous: …` or `refused: …`.

use std::io::{BufRead, Write};

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};
use time_range::{
    Abbreviation, Context, RangeError, Reading, Timestamp, Zone, read, write_timestamp,
};

const USAGE: &str = "usage: read_range --zone Europe/Berlin --now 2026-11-25T02:30:00Z";

fn main() -> std::process::ExitCode {
    match run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("read_range: {error}\n{USAGE}");
            std::process::ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let (mut zone, mut now) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, arguments.next()),
        };
        let value = value.ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--zone" => {
                zone = Some(value.parse::<Tz>().map_err(|error| format!("--zone: {error}"))?)
            }
            "--now" => {
                now = Some(value.parse::<Timestamp>().map_err(|error| format!("--now: {error}"))?);
            }
            _ => return Err(format!("{name} is not an option").into()),
        }
    }
    let zone = sampled(zone.ok_or("--zone is required")?);
    let context = Context { zone: &zone, now: now.ok_or("--now is required")? };
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        writeln!(output, "{}", answer(&line?, context))?;
    }
    Ok(())
}

/// The answer to one expression.
fn answer(text: &str, context: Context<'_>) -> String {
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

/// The zone from 1970 to 2200, with its abbreviations.
fn sampled(tz: Tz) -> Zone {
    let years = [1970, 2200].map(|year| {
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
