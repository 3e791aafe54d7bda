//! The labels of the time axis: whole days, hours or minutes of the zone shown, as many as have room.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use chrono::Datelike;
use time_range::{WEEKDAYS, Zone};

use crate::timeline::{Place, Scale, floor, instant};

/// A label of the axis.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tick {
    /// Where it is.
    pub place: Place,
    /// Its text.
    pub label: String,
}

/// The most labels.
const MOST: i64 = 8;

/// The distances of labels, in seconds.
const DISTANCES: [i64; 10] = [300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200, DAY, 2 * DAY];

const DAY: i64 = 86_400;

/// The room that half a label needs.
const MARGIN: Place = 350;

pub(super) fn ticks(scale: &Scale, zone: &Zone) -> Vec<Tick> {
    let (shown, length) = (scale.shown, scale.shown.length());
    let mut distance = length / MOST / DAY * DAY + DAY;
    if let Some(shorter) = DISTANCES.into_iter().find(|distance| length / distance <= MOST) {
        distance = shorter;
    }
    let ends_now = shown.end == scale.limits.end;
    let last = Scale::WIDTH - if ends_now { 2 * MARGIN } else { MARGIN };
    let mut ticks = Vec::new();
    let mut local = floor(shown.start + offset(zone, shown.start), distance);
    loop {
        local += distance;
        // The offset may have changed since the start.
        let at = local - offset(zone, local - offset(zone, shown.start));
        if at >= shown.end {
            break;
        }
        let place = scale.place(at);
        if (MARGIN..=last).contains(&place) {
            ticks.push(Tick { place, label: label(local) });
        }
    }
    if ends_now {
        ticks.push(Tick { place: Scale::WIDTH, label: "now".to_string() });
    }
    ticks
}

/// The time of day; at midnight, the day.
fn label(local: i64) -> String {
    let seconds = local.rem_euclid(DAY);
    if seconds > 0 {
        return format!("{:02}:{:02}", seconds / 3_600, seconds / 60 % 60);
    }
    let date = instant(local);
    let weekday = &WEEKDAYS[date.weekday().num_days_from_monday() as usize][..3];
    format!("{weekday} {}", date.day())
}

fn offset(zone: &Zone, second: i64) -> i64 {
    zone.offset(instant(second)).local_minus_utc().into()
}
