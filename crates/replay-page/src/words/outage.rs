//! An outage in words: how many lines were not delivered and when, why, and why the server does not
//! deliver them by itself.

use alloc::string::{String, ToString};

use replay_core::outage::{Hold, OutageReason};
use replay_wire::{OutageReport, Reported};
use time_range::Context;

use super::{
    meaning::{entries, grouped, push_loss},
    span, time, within,
};

/// Describes an outage.
pub(crate) fn outage(outage: &OutageReport, context: Context<'_>) -> String {
    let count = outage.undelivered_lines;
    let mut text = if count > 0 {
        let were = if count == 1 { ") was" } else { ") were" };
        entries(count) + " (" + &size(outage.undelivered_bytes) + were + " not delivered "
    } else {
        "Outage ".to_string()
    };
    text += &period(outage, context);
    text += ". ";
    push_reason(&mut text, outage);
    push_loss(&mut text, outage.lost_lines);
    push_hold(&mut text, outage.hold.as_deref());
    text
}

/// When an outage was, like `between … and …`.
pub(crate) fn period(outage: &OutageReport, context: Context<'_>) -> String {
    let began = time(outage.began_at, context);
    let Some(ended) = outage.ended_at else { return "since ".to_string() + &began };
    let span = span(outage.began_at, ended, context);
    match span.split_once('–') {
        Some((start, end)) if start.trim() != within(end.trim().to_string()) => {
            "between ".to_string() + start + "and " + &within(end.trim().to_string())
        }
        Some(_) | None => "at ".to_string() + &began,
    }
}

fn push_reason(text: &mut String, outage: &OutageReport) {
    *text += match &outage.reason {
        Reported::Known(OutageReason::Unreachable) => "Deliveries failed",
        Reported::Known(OutageReason::Refused) => "Deliveries were refused",
        Reported::Known(OutageReason::Lag) => "Deliveries lagged too far behind",
        Reported::Known(OutageReason::Disabled) => "The webhook was disabled",
        Reported::Known(OutageReason::NotForwarding) => "The server was not forwarding",
        Reported::Known(OutageReason::BatchRefused) => "Entries were refused",
        Reported::Known(OutageReason::DatedBeforeEnabling) => {
            "The entries are dated before the webhook was enabled"
        }
        Reported::Unknown(word) if word.is_empty() => "The reason is unknown",
        Reported::Unknown(word) => word,
    };
    if let Some(detail) = &outage.detail {
        *text += ": ";
        *text += detail;
    }
    *text += ".";
}

/// Appends why the server does not deliver the lines by itself, if it says so.
fn push_hold(text: &mut String, hold: Option<&str>) {
    let Some(hold) = hold else { return };
    *text += " The server does not send them by itself, since ";
    *text += match Hold::named(hold) {
        Some(Hold::Cancelled) => "a replay of them was cancelled",
        Some(Hold::Refused) => "the receiver has refused a replay of them",
        Some(Hold::BatchRefused) => "the receiver does not accept one of their batches",
        None => hold,
    };
    *text += ".";
}

/// A number of bytes, like `900 B` or `1.2 MB`, rounded to the nearest tenth; 1 KB is 1 000 B.
pub(crate) fn size(bytes: u64) -> String {
    let mut tenths = bytes.saturating_mul(10);
    for unit in [" B", " KB", " MB", " GB"] {
        if tenths < 10_000 {
            let (mut text, tenth) = ((tenths / 10).to_string(), tenths % 10);
            if tenth > 0 {
                text += ".";
                text += &tenth.to_string();
            }
            return text + unit;
        }
        tenths = (tenths + 500) / 1_000;
    }
    grouped(tenths / 10) + " TB"
}

#[cfg(test)]
mod tests;
