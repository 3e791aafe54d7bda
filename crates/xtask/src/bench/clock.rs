//! The clock: generated lines end some minutes before now.

use std::time::{SystemTime, UNIX_EPOCH};

/// The milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "this is the benchmark's one clock")]
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or_default()
}
