//! What is wrong with a range: a text that cannot be read, or a timeframe that the policy does not
//! permit.

use alloc::vec::Vec;

use chrono::SubsecRound;
use replay_core::{
    Policy, Timeframe,
    timeframe::{Edge, TimeframeError},
};
use time_range::{Context, Range, RangeError, Timestamp};

use super::field::RangeField;

/// A fault of a range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RangeFault {
    /// The text of a field cannot be read.
    Unreadable(RangeField, RangeError),
    /// The policy does not permit the timeframe.
    Timeframe(TimeframeError),
}

impl RangeFault {
    /// The field of the faulty end, or of the whole range if its text cannot be read.
    #[must_use]
    pub const fn field(&self) -> RangeField {
        match self {
            Self::Unreadable(field, _) => *field,
            Self::Timeframe(error) => match error.edge() {
                Edge::Start => RangeField::From,
                Edge::End => RangeField::To,
            },
        }
    }
}

/// Resolves a range.
///
/// # Errors
/// All faults, if the policy does not permit the timeframe.
pub(crate) fn resolve(
    range: Range,
    policy: &Policy,
    context: Context<'_>,
) -> Result<Timeframe, Vec<RangeFault>> {
    let context = Context { now: whole_second(context.now), ..context };
    permitted(range.start(context), range.end(context), policy, context.now)
}

/// The timeframe to send at `now`: that of a range, moved inside the retention and its margin.
///
/// # Errors
/// All faults, if the policy does not permit the timeframe.
pub(crate) fn to_send(
    range: Range,
    policy: &Policy,
    context: Context<'_>,
) -> Result<Timeframe, Vec<RangeFault>> {
    let timeframe = resolve(range, policy, context)?;
    Ok(policy.with_margin(timeframe, whole_second(context.now)))
}

/// The timeframe with these ends, if the policy permits it at `now`.
///
/// # Errors
/// All faults, if it does not.
pub(crate) fn permitted(
    start: Timestamp,
    end: Timestamp,
    policy: &Policy,
    now: Timestamp,
) -> Result<Timeframe, Vec<RangeFault>> {
    let faults = policy.faults(Some(start), Some(end), whole_second(now));
    let fine = Timeframe::new(start, end).ok().filter(|_| faults.is_empty());
    fine.ok_or_else(|| faults.into_iter().map(RangeFault::Timeframe).collect())
}

/// The start of the second of `now`. Relative bounds are resolved against it, so that the longest
/// permitted range is not refused for a fraction of a second.
pub(crate) fn whole_second(now: Timestamp) -> Timestamp {
    now.trunc_subsecs(0)
}
