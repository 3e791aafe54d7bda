//! Ranges and their faults in words.

use alloc::string::{String, ToString};

use chrono::{DurationRound, TimeDelta};
use replay_core::{
    Policy,
    timeframe::{Edge, TimeframeError},
};
use time_range::{
    Bound, Context, Range, RangeError, Seconds, Timestamp, write_length, write_moment, write_span,
};

use super::{retention, within};
use crate::joined::joined;
use crate::picker::{RangeFault, RangeField, bound_text, name_of, resolve, whole_second};

/// A range: its name, or its ends.
pub(crate) fn range(range: Range, context: Context<'_>) -> String {
    if let Some(name) = name_of(range, context) {
        name
    } else if range.from.is_relative() || range.to.is_relative() {
        joined(&[&bound_text(range.from, context), " to ", &bound_text(range.to, context)])
    } else {
        resolved_span(range, context)
    }
}

/// A range and its absolute times.
pub(crate) fn with_times(range: Range, context: Context<'_>) -> String {
    let mut text = self::range(range, context);
    if range.from.is_relative() || range.to.is_relative() {
        text += " · ";
        text += &resolved_span(range, context);
    }
    text
}

/// A range with its absolute times and their zone, like
/// `Last 15 minutes (today 12:45 – 13:00, Europe/Berlin)`.
pub(crate) fn zoned_range(range: Range, context: Context<'_>) -> String {
    let name = self::range(range, context);
    let times = resolved_span(range, context);
    let zone = context.zone.name();
    if name == times {
        return joined(&[&name, " (", zone, ")"]);
    }
    joined(&[&name, " (", &within(times), ", ", zone, ")"])
}

/// The absolute times of a range; those of relative ends to the minute, since they move.
pub(crate) fn resolved_span(range: Range, context: Context<'_>) -> String {
    let shown = |bound: Bound, at: Timestamp| {
        if bound.is_relative() {
            at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
        } else {
            at
        }
    };
    let start = shown(range.from, range.start(context));
    let end = shown(range.to, range.end(context));
    write_span(start, end, context, Seconds::IfAny)
}

/// What a draft was understood as: the range in words, its times and its length; or why it is refused.
pub(crate) fn understood(range: Range, policy: &Policy, context: Context<'_>) -> String {
    if let Err(faults) = resolve(range, policy, context) {
        return faults_in_words(&faults, policy, context);
    }
    let mut text = with_times(range, context);
    text += " · ";
    text += &write_length(range.end(context) - range.start(context));
    text
}

/// Faults, one sentence each.
pub(crate) fn faults_in_words(
    faults: &[RangeFault],
    policy: &Policy,
    context: Context<'_>,
) -> String {
    let mut text = String::new();
    for one in faults {
        if !text.is_empty() {
            text += " ";
        }
        text += &fault(one, policy, context);
    }
    text
}

/// Whether the browser has copied a text.
pub(crate) const fn copied(done: bool) -> &'static str {
    if done { "Copied." } else { "The browser did not permit copying." }
}

/// The label of the field of an end.
pub(crate) const fn edge(edge: Edge) -> &'static str {
    match edge {
        Edge::Start => "From",
        Edge::End => "To",
    }
}

/// What is wrong with a range, with the bound that would be valid and its reason.
pub(crate) fn fault(fault: &RangeFault, policy: &Policy, context: Context<'_>) -> String {
    let mut text = String::new();
    match fault {
        RangeFault::Unreadable(field, error) => {
            text += match field {
                RangeField::Whole => "Time range: ",
                RangeField::From => "From: ",
                RangeField::To => "To: ",
            };
            match error {
                RangeError::Ambiguous { .. } => text += "this can be read in several ways",
                RangeError::Reversed { .. } => text += "the end is before the start",
                RangeError::WholeRange { .. } => text += "this is a whole time range",
                RangeError::NotUnderstood { .. }
                | RangeError::Part { .. }
                | RangeError::NoSuchDay { .. }
                | RangeError::Weekday { .. }
                | RangeError::Zone { .. }
                | RangeError::Clock { .. } => text += &error.to_string(),
            }
        }
        RangeFault::Timeframe(error) => {
            text += edge(error.edge());
            text += match error {
                TimeframeError::Reversed { .. } => " is before From, ",
                TimeframeError::TooOld { .. } => " is too long ago. The server keeps entries for ",
                TimeframeError::InFuture { .. } => " is in the future: it is now ",
            };
            let bound = match error {
                TimeframeError::Reversed { start } => *start,
                TimeframeError::TooOld { .. } => {
                    text += &retention(policy.retention);
                    text += ": the earliest is ";
                    // Without the margin, the bound would be too long ago by the time it is entered.
                    policy.earliest_to_request(whole_second(context.now))
                }
                TimeframeError::InFuture { latest, .. } => *latest,
            };
            text += &within(write_moment(bound, context, Seconds::IfAny));
            if let TimeframeError::TooOld { .. } = error {
                text += ", ";
                text += &policy.margin.num_seconds().to_string();
                text += " s inside that limit, so that it is still valid on arrival";
            }
        }
    }
    text + "."
}
