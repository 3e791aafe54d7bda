//! Reads range expressions from standard input, one a line, and answers each with a line:
//! `START/END` in RFC 3339, `ambiguous: …` or `refused: …`.

use std::io::{BufRead, Write};

use chrono_tz::Tz;
use time_range::{Context, Timestamp};

#[path = "../tests/answering/mod.rs"]
mod answering;
#[path = "../tests/sampling/mod.rs"]
mod sampling;

use answering::answer;
use sampling::sampled;

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

fn run() -> Result<(), Box<dyn core::error::Error>> {
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
                zone = Some(value.parse::<Tz>().map_err(|error| format!("--zone: {error}"))?);
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
