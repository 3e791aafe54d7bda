//! The zone that is named beside pasted times, as in Grafana's `timezone=utc`. Zones that stand at a
//! time of day are read elsewhere.

use crate::{
    Bound, Context, Range, Reading, Zone,
    read::{
        paste::{Pasted, Role},
        words::position,
    },
};

/// The zone that pasted times are in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NamedZone<'a> {
    /// The zone shown, or none that matters.
    Shown,
    Utc,
    /// A zone whose clocks are not known here.
    Other(&'a str),
}

impl<'a> NamedZone<'a> {
    pub(crate) fn of(pasted: &Pasted<'a>, shown: &Zone) -> Self {
        let Some(name) = pasted.value(Role::Zone) else { return Self::Shown };
        if name.eq_ignore_ascii_case(shown.name())
            || position("browser local default", name).is_some()
            || pasted.times().all(is_in_no_zone)
        {
            Self::Shown
        } else if position("utc etc/utc gmt z", name).is_some() {
            Self::Utc
        } else {
            Self::Other(name)
        }
    }
}

/// Whether the text means the same in every zone.
fn is_in_no_zone(text: &str) -> bool {
    let is_exact_ago = text.starts_with("now") && !text.contains(['/', 'M', 'y']);
    is_exact_ago || text.ends_with('Z') || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The reading with fixed ends instead of ends that depend on the zone of `context`.
pub(crate) fn fixed(reading: Reading, context: Context<'_>) -> Reading {
    let Reading::Range(Range { mut from, mut to }) = reading else { return reading };
    let has_unit = |bound: Bound| match bound {
        Bound::Ago(ago) => ago.round.is_some() || ago.months > 0,
        Bound::At(_) => false,
    };
    let range = Range { from, to };
    if has_unit(from) {
        from = Bound::At(range.start(context));
    }
    if has_unit(to) {
        to = Bound::At(range.end(context));
    }
    Reading::Range(Range { from, to })
}
