//! An outage in words: why lines were not delivered, and how many are undelivered.

use alloc::string::{String, ToString};

use replay_core::outage::OutageReason;
use replay_wire::{OutageReport, Reported};

use super::meaning::{entries, grouped, push_loss};

/// Appends the description of an outage: why lines were not delivered, how many are undelivered so far, and how many
/// are lost.
pub(crate) fn push_outage(text: &mut String, outage: &OutageReport) {
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
    let count = outage.undelivered_lines;
    if count > 0 {
        *text += ". ";
        *text += &entries(count);
        *text += " (";
        *text += &size(outage.undelivered_bytes);
        *text += if count == 1 { ") is undelivered." } else { ") are undelivered." };
    } else {
        *text += ". No entry is undelivered.";
    }
    push_loss(text, outage.lost_lines);
}

/// A number of bytes, like `900 B` or `1.2 MB`, rounded to the nearest tenth; 1 KB is 1 000 B.
fn size(bytes: u64) -> String {
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
