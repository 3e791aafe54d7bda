//! The ranges that a refused draft is likely meant to be. Each is valid itself, unless no reading of an
//! ambiguous text is.

use alloc::vec::Vec;

use replay_core::{
    Policy,
    timeframe::{Edge, TimeframeError},
};
use time_range::{Bound, Context, Range, RangeError};

use super::{Picker, RangeDraft, RangeFault, RangeField, resolve};

/// A range to take in place of the draft.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mend {
    /// How it differs from the draft.
    pub kind: MendKind,
    /// The range.
    pub range: Range,
}

/// How the range of a mend differs from the draft.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MendKind {
    /// It starts at the retention edge.
    FromEarliest,
    /// It is the whole retention.
    Retention,
    /// It ends now.
    UntilNow,
    /// Its ends are swapped.
    Swapped,
    /// It is one of the readings of an ambiguous text.
    Reading,
}

impl Picker {
    /// The mends of the draft; none if it has no faults.
    #[must_use]
    pub fn mends(&self, policy: &Policy, context: Context<'_>) -> Vec<Mend> {
        let mut mends = Vec::new();
        let Some(range) = self.draft.range() else {
            for fault in self.draft.unreadable() {
                push_readings(&mut mends, fault, &self.draft, context);
            }
            let is_valid = |mend: &Mend| resolve(mend.range, policy, context).is_ok();
            if mends.iter().any(is_valid) {
                mends.retain(is_valid);
            }
            return mends;
        };
        let earliest = Range { from: Bound::ago(policy.retention), ..range };
        let whole = Range::last(policy.retention);
        let until_now = Range { to: Bound::NOW, ..range };
        let mend = |kind, range| Mend { kind, range };
        for fault in resolve(range, policy, context).err().unwrap_or_default() {
            let RangeFault::Timeframe(error) = fault else { continue };
            match error {
                TimeframeError::Reversed { .. } => {
                    let swapped = Range { from: range.to, to: range.from };
                    mends.push(mend(MendKind::Swapped, swapped));
                }
                TimeframeError::TooOld { edge: Edge::Start, .. } => {
                    if range.to != Bound::NOW {
                        mends.push(mend(MendKind::FromEarliest, earliest));
                    }
                    mends.push(mend(MendKind::Retention, whole));
                }
                TimeframeError::InFuture { edge: Edge::End, .. } => {
                    mends.push(mend(MendKind::UntilNow, until_now));
                }
                TimeframeError::TooOld { .. } | TimeframeError::InFuture { .. } => {}
            }
        }
        mends.retain(|mend| resolve(mend.range, policy, context).is_ok());
        mends
    }
}

/// Appends the mends of a text that cannot be read; `draft` has the text of the other end.
fn push_readings(
    mends: &mut Vec<Mend>,
    fault: &RangeFault,
    draft: &RangeDraft,
    context: Context<'_>,
) {
    let RangeFault::Unreadable(field, error) = fault else { return };
    match error {
        RangeError::Ambiguous { readings } => {
            for reading in readings {
                let range = with_other_end(reading.range(), *field, draft, context);
                mends.push(Mend { kind: MendKind::Reading, range });
            }
        }
        RangeError::Reversed { swapped } => {
            mends.push(Mend { kind: MendKind::Swapped, range: *swapped });
        }
        RangeError::WholeRange { range } => {
            mends.push(Mend { kind: MendKind::Reading, range: *range });
        }
        RangeError::NotUnderstood { .. }
        | RangeError::Part { .. }
        | RangeError::NoSuchDay { .. }
        | RangeError::Weekday { .. }
        | RangeError::Zone { .. }
        | RangeError::Clock { .. } => {}
    }
}

/// The range with the start of `reading` as the end that `field` has.
fn with_other_end(
    reading: Range,
    field: RangeField,
    draft: &RangeDraft,
    context: Context<'_>,
) -> Range {
    match field {
        RangeField::Whole => reading,
        RangeField::From => {
            let to = Bound::read_end(draft.text(RangeField::To), context);
            Range { to: to.unwrap_or(Bound::NOW), ..reading }
        }
        RangeField::To => {
            let from = Bound::read_start(draft.text(RangeField::From), context);
            Range { from: from.unwrap_or(reading.from), to: reading.from }
        }
    }
}
