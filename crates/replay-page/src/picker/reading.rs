//! Prints the times in the fields. They have a date, so that they mean the same tomorrow.

use alloc::string::{String, ToString};

use time_range::{Bound, Context, Range, Timestamp, write_timestamp};

use super::{length_of, preset_of};
use crate::joined::joined;

/// The name of a range in words that are read as that range: of a preset, of a range that ends now, and
/// of whole days, weeks and months.
pub(crate) fn name_of(range: Range, context: Context<'_>) -> Option<String> {
    const NAMES: [&str; 7] = [
        "Today",
        "Yesterday",
        "This week",
        "Previous week",
        "Past month",
        "This month",
        "Previous month",
    ];
    if !range.from.is_relative() {
        return None;
    }
    if let Some(preset) = preset_of(range) {
        return Some(preset.name.to_string());
    }
    let length = range.end(context) - range.start(context);
    if Range::last(length) == range {
        return Some(joined(&["Last ", &length_of(length)]));
    }
    let name = NAMES.into_iter().find(|name| Range::read(name, context) == Ok(range));
    name.map(ToString::to_string)
}

/// The text of an end: a clock time with its date and as much more as its meaning needs, or a relative
/// time.
pub(crate) fn bound_text(bound: Bound, context: Context<'_>) -> String {
    match bound {
        Bound::At(at) => text_of(at, context),
        Bound::Ago(_) => bound.to_string(),
    }
}

/// The shortest text that is read as this time: without the seconds, without the offset, with both, or
/// in RFC 3339.
fn text_of(at: Timestamp, context: Context<'_>) -> String {
    let full = context.zone.print(at);
    let lengths = ["2026-11-23 10:00".len(), "2026-11-23 10:00:00".len(), full.len()];
    for length in lengths {
        let text = full.get(..length).unwrap_or(&full);
        if Bound::read_start(text, context) == Ok(Bound::At(at)) {
            return text.to_string();
        }
    }
    write_timestamp(at)
}
