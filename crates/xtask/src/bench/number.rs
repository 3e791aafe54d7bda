//! Figures as floating-point numbers: rates, ratios and units.

use core::time::Duration;

/// Counts per second.
pub(super) fn rate(count: u64, seconds: f64) -> f64 {
    float(count) / seconds.max(f64::EPSILON)
}

/// One count divided by another.
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    float(part) / float(whole.max(1))
}

/// Seconds per million of a count.
pub(super) fn per_million(seconds: f64, count: u64) -> f64 {
    seconds * 1e6 / float(count.max(1))
}

/// Bytes in MB, 1 MB being 1 000 000.
pub(super) fn megabytes(bytes: u64) -> f64 {
    float(bytes) / 1e6
}

/// A time in milliseconds.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "no count here is beyond 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}
