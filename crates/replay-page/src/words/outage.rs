//! An outage in words: why lines were not delivered, and how many are undelivered.

use alloc::{
    format,
    string::{String, ToString},
};

use replay_core::outage::OutageReason;
use replay_wire::{OutageReport, Reported};

use super::{entries, loss, meaning::grouped};

/// Describes why lines were not delivered, in one sentence.
pub(crate) fn cause(outage: &OutageReport) -> String {
    let lead = match &outage.reason {
        Reported::Known(OutageReason::Unreachable) => "Deliveries failed",
        Reported::Known(OutageReason::Refused) => "Deliveries were refused",
        Reported::Known(OutageReason::Lag) => "The deliveries lagged too far behind",
        Reported::Known(OutageReason::Disabled) => "The webhook was disabled",
        Reported::Known(OutageReason::NotForwarding) => "The server was not forwarding",
        Reported::Known(OutageReason::BatchRefused) => "These entries were refused",
        Reported::Known(OutageReason::DatedBeforeEnabling) => {
            "These entries are dated before the webhook was enabled"
        }
        Reported::Unknown(word) if word.is_empty() => "The server does not say why",
        Reported::Unknown(word) => return format!("Reason: {word}."),
    };
    match &outage.detail {
        Some(detail) => format!("{lead}: {}.", detail.trim_end_matches('.')),
        None => format!("{lead}."),
    }
}

/// Describes how many entries are undelivered so far, and how many are lost.
pub(crate) fn undelivered(outage: &OutageReport) -> String {
    let (count, bytes) = (outage.undelivered_lines, size(outage.undelivered_bytes));
    let left = match (count, outage.ended_at) {
        (0, None) => "No entry is undelivered so far.".to_string(),
        (0, Some(_)) => "No entry is left to deliver.".to_string(),
        (1, _) => format!("1 entry ({bytes}) is undelivered."),
        (count, _) => format!("{} ({bytes}) are undelivered.", entries(count)),
    };
    match loss(outage.lost_lines) {
        Some(loss) => format!("{left} {loss}"),
        None => left,
    }
}

/// A number of bytes, like `900 B` or `1.2 MB`, rounded to the nearest tenth; 1 KB is 1 000 B.
fn size(bytes: u64) -> String {
    let mut tenths = bytes.saturating_mul(10);
    for unit in ["B", "KB", "MB", "GB"] {
        if tenths < 10_000 {
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return match tenth {
                0 => format!("{whole} {unit}"),
                _ => format!("{whole}.{tenth} {unit}"),
            };
        }
        tenths = (tenths + 500) / 1_000;
    }
    format!("{} TB", grouped(tenths / 10))
}

#[cfg(test)]
mod tests;
