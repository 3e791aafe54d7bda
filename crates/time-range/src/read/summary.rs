//! The page's own summary of a range: its name, its times, its length and its zone, with `·` between
//! them. The absolute times decide, if there are any. It does not know how a part is read.

use alloc::string::String;

use crate::{Bound, Context, RangeError, Reading, Zone, read::refused::Refused};

/// Reads a part of a summary.
type Read = fn(&str, Context<'_>) -> Result<Reading, Refused>;

/// Reads a summary; `None` if the text is none.
pub(crate) fn summary(
    text: &str,
    context: Context<'_>,
    read: Read,
) -> Option<Result<Reading, Refused>> {
    if !text.contains('·') {
        return None;
    }
    let utc = Zone::utc();
    let zone = if parts(text).any(|part| is_name(part, &utc)) { &utc } else { context.zone };
    let context = Context { zone, ..context };
    let (mut absolute, mut relative, mut are_equal) = (None, None, true);
    for part in parts(text) {
        if is_name(part, zone) {
            continue;
        }
        let Ok(reading) = read(part, context) else {
            return unknown_zone(part, context, read).map(Err);
        };
        let Reading::Range(range) = reading else { return None };
        let is_absolute = matches!((range.from, range.to), (Bound::At(_), Bound::At(_)));
        if is_absolute && !has_date(part) {
            return None;
        }
        let found = if is_absolute { &mut absolute } else { &mut relative };
        let is_other = *found.get_or_insert(reading) != reading;
        if is_other && is_absolute {
            return None;
        }
        are_equal &= !is_other;
    }
    absolute.or(relative.filter(|_| are_equal)).map(Ok)
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split('·').map(str::trim)
}

fn is_name(part: &str, zone: &Zone) -> bool {
    part.eq_ignore_ascii_case(zone.name())
}

/// Whether a span starts with a date: a time of day alone may belong to a date in another part.
fn has_date(part: &str) -> bool {
    !part.split_once(':').is_some_and(|(first, _)| first.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The refusal of a part that is the name of another zone.
fn unknown_zone(part: &str, context: Context<'_>, read: Read) -> Option<Refused> {
    let mut time = String::from("00:00 ");
    time.push_str(part);
    let error = read(&time, context).err()?.error();
    matches!(error, RangeError::Zone { .. }).then(|| Refused::new(error))
}
