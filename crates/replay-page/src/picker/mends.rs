//! The ranges that a refused draft is likely meant to be. Each is valid itself, except the readings of
//! an ambiguous text.

use alloc::vec::Vec;

use replay_core::{
    Policy,
    timeframe::{Edge, TimeframeError},
};
use time_range::{Bound, Context, Range, RangeError, Reading};

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
        let range = match self.draft.read() {
            Ok(range) => range,
            Err(faults) => {
                let mends = faults.iter().map(|fault| of_unreadable(fault, &self.draft, context));
                return mends.flatten().collect();
            }
        };
        let earliest = Range { from: Bound::ago(policy.retention), ..range };
        let whole = Range::last(policy.retention);
        let until_now = Range { to: Bound::NOW, ..range };
        let mend = |kind, range| Mend { kind, range };
        let mut mends = Vec::new();
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

/// The mends of a text that cannot be read; `draft` has the text of the other end.
fn of_unreadable(fault: &RangeFault, draft: &RangeDraft, context: Context<'_>) -> Vec<Mend> {
    let RangeFault::Unreadable(field, error) = fault else { return Vec::new() };
    let reading = |reading: &Reading| {
        let mut range = reading.range();
        match field {
            RangeField::Whole => {}
            RangeField::From => {
                let to = Bound::read_end(draft.text(RangeField::To), context);
                range.to = to.unwrap_or(Bound::NOW);
            }
            RangeField::To => {
                range.to = range.from;
                let from = Bound::read_start(draft.text(RangeField::From), context);
                range.from = from.unwrap_or(range.to);
            }
        }
        Mend { kind: MendKind::Reading, range }
    };
    match error {
        RangeError::Ambiguous { readings } => readings.iter().map(reading).collect(),
        RangeError::Reversed { swapped } => {
            [Mend { kind: MendKind::Swapped, range: *swapped }].into()
        }
        RangeError::WholeRange { range } => {
            [Mend { kind: MendKind::Reading, range: *range }].into()
        }
        _ => Vec::new(),
    }
}
