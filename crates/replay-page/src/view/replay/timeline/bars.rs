//! The bars of the timeline: entries per bucket as heights, as a summary in words, and as a table.

use alloc::{string::String, vec::Vec};

use replay_wire::{Bucket, Preview};
use time_range::Context;

use crate::{
    timeline::{Period, Place, Scale},
    view::Time,
    words,
};

/// The entries of a bucket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bar {
    /// Where the bucket starts.
    pub start: Place,
    /// Where it ends.
    pub end: Place,
    /// The height of the bar, up to [`Bar::HEIGHT`].
    pub height: u32,
    /// The height of the part of it that is undelivered.
    pub undelivered: u32,
}

/// A row of the table of the bars.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BarRow {
    /// The start of the bucket.
    pub time: Time,
    /// The number of entries.
    pub entries: String,
    /// How many of them are undelivered.
    pub undelivered: String,
}

impl Bar {
    /// The height of the highest bar.
    pub const HEIGHT: u32 = 72;
}

/// The buckets that are shown.
pub(super) fn shown<'a>(preview: &'a Preview, scale: &Scale) -> Vec<&'a Bucket> {
    let start = scale.shown.start - preview.bucket.num_seconds();
    let mut shown = Vec::new();
    for bucket in &preview.buckets {
        let at = bucket.at.timestamp();
        if start < at && at < scale.shown.end {
            shown.push(bucket);
        }
    }
    shown
}

pub(super) fn bars(preview: &Preview, shown: &[&Bucket], scale: &Scale) -> Vec<Bar> {
    let most = most(shown).map_or(1, |bucket| bucket.lines.max(1));
    let bar = |bucket: &&Bucket| Bar {
        start: scale.place(bucket.at.timestamp()),
        end: scale.place(bucket.at.timestamp() + preview.bucket.num_seconds()),
        height: height(bucket.lines, most),
        undelivered: height(undelivered(bucket), most),
    };
    shown.iter().map(bar).collect()
}

/// Says how many entries there are, the first and the last one, the fullest bucket, and how many are
/// undelivered.
pub(super) fn summarize(
    text: &mut String,
    preview: &Preview,
    shown: &[&Bucket],
    context: Context<'_>,
) {
    let (mut lines, mut missed) = (0_u64, 0_u64);
    for bucket in shown {
        lines += bucket.lines;
        missed += undelivered(bucket);
    }
    *text += ": ";
    *text += &words::entries(lines);
    if let (Some(first), Some(last), Some(most)) = (preview.first_at, preview.last_at, most(shown))
    {
        for (what, part) in [
            (", the first ", words::moment(first, context)),
            (", the last ", words::moment(last, context)),
            (". Most are in the ", words::length(preview.bucket)),
            (" from ", words::moment(most.at, context)),
            (": ", words::grouped(most.lines)),
        ] {
            *text += what;
            *text += &part;
        }
    }
    if missed > 0 {
        *text += ". ";
        *text += &words::grouped(missed);
        *text += " are undelivered";
    }
    *text += ".";
}

/// The bar at a place in words, like `Today 11:30 – 12:00, 300 entries, 60 undelivered`.
// Not inlined, so that it can be loaded later.
#[inline(never)]
pub(super) fn said(
    preview: &Preview,
    shown: &[&Bucket],
    bars: &[Bar],
    place: Place,
    context: Context<'_>,
) -> String {
    let mut text = String::new();
    for (bucket, bar) in shown.iter().zip(bars) {
        if bar.start <= place && place < bar.end {
            let start = bucket.at.timestamp();
            let period = Period { start, end: start + preview.bucket.num_seconds() };
            text += &words::window(period, context);
            text += ", ";
            text += &words::entries(bucket.lines);
            if undelivered(bucket) > 0 {
                text += ", ";
                text += &words::grouped(undelivered(bucket));
                text += " undelivered";
            }
        }
    }
    text
}

pub(super) fn rows(shown: &[&Bucket], context: Context<'_>) -> Vec<BarRow> {
    let row = |bucket: &&Bucket| BarRow {
        time: Time { shown: words::moment(bucket.at, context), ..Time::of(bucket.at, context) },
        entries: words::grouped(bucket.lines),
        undelivered: words::grouped(undelivered(bucket)),
    };
    shown.iter().map(row).collect()
}

/// The bucket with the most lines.
fn most<'a>(shown: &[&'a Bucket]) -> Option<&'a Bucket> {
    let mut most: Option<&Bucket> = None;
    for bucket in shown {
        if most.is_none_or(|most| bucket.lines > most.lines) {
            most = Some(bucket);
        }
    }
    most
}

/// The height of a number of lines; the least one is still visible.
fn height(lines: u64, most: u64) -> u32 {
    let height = lines.saturating_mul(Bar::HEIGHT.into()) / most;
    let height = u32::try_from(height).unwrap_or(Bar::HEIGHT);
    if lines > 0 { height.max(2) } else { 0 }
}

fn undelivered(bucket: &Bucket) -> u64 {
    bucket.undelivered_lines.unwrap_or_default()
}
