//! The draft of a range: the texts of its fields, and the range that they mean. The field that the
//! user edited last decides; the other fields follow it.

use alloc::{string::String, vec::Vec};

use time_range::{Bound, Context, Range, Zone};

use super::{
    RangeFault, RangeField,
    reading::{bound_text, name_of},
};
use crate::{address::RangeTexts, joined::joined};

/// The draft of a range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RangeDraft {
    whole: String,
    from: String,
    to: String,
    /// Whether the text of the whole range was edited last.
    is_whole: bool,
    /// The range that the texts mean, as it was understood when they were entered.
    read: Result<Range, Vec<RangeFault>>,
}

impl RangeDraft {
    /// The draft of a range.
    pub(super) fn of(range: Range, context: Context<'_>) -> Self {
        let [from, to] = [range.from, range.to].map(|bound| bound_text(bound, context));
        let whole = name_of(range, context).unwrap_or_else(|| whole_of(&from, &to));
        Self { whole, from, to, is_whole: false, read: Ok(range) }
    }

    /// The draft of the texts of a link.
    pub(super) fn of_texts(texts: &RangeTexts, context: Context<'_>) -> Self {
        let (from, to) = (texts.from.clone(), texts.to.clone());
        let (whole, read) = (String::new(), Err(Vec::new()));
        let mut draft = Self { whole, from, to, is_whole: false, read };
        draft.read_ends(context);
        draft
    }

    /// The text of a field.
    #[must_use]
    pub fn text(&self, field: RangeField) -> &str {
        match field {
            RangeField::Whole => &self.whole,
            RangeField::From => &self.from,
            RangeField::To => &self.to,
        }
    }

    /// The range that the texts mean; `None` if one of them cannot be read.
    #[must_use]
    pub fn range(&self) -> Option<Range> {
        self.read.as_ref().ok().copied()
    }

    /// A fault for each text that cannot be read.
    #[must_use]
    pub fn unreadable(&self) -> &[RangeFault] {
        if let Err(faults) = &self.read { faults } else { &[] }
    }

    /// Whether the text of the whole range was edited last.
    pub(super) const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Replaces the text of a field.
    pub(super) fn type_in(&mut self, field: RangeField, text: String, context: Context<'_>) {
        match field {
            RangeField::Whole => {
                self.whole = text;
                self.read_whole(context);
                return;
            }
            RangeField::From => self.from = text,
            RangeField::To => self.to = text,
        }
        self.read_ends(context);
    }

    /// Rewrites the absolute times from the zone `before` to the zone `after`.
    pub(super) fn rewrite(&mut self, before: &Zone, after: Context<'_>) {
        if let Ok(range) = self.read {
            *self = Self::of(range, after);
        } else if self.is_whole {
            self.read_whole(after);
        } else {
            let before = Context { zone: before, ..after };
            if let Ok(bound) = Bound::read_start(&self.from, before) {
                self.from = bound_text(bound, after);
            }
            if let Ok(bound) = Bound::read_end(&self.to, before) {
                self.to = bound_text(bound, after);
            }
            self.read_ends(after);
        }
    }

    fn read_whole(&mut self, context: Context<'_>) {
        self.is_whole = true;
        match Range::read(&self.whole, context) {
            Ok(range) => {
                [self.from, self.to] =
                    [range.from, range.to].map(|bound| bound_text(bound, context));
                self.read = Ok(range);
            }
            Err(error) => {
                self.read = Err([RangeFault::Unreadable(RangeField::Whole, error)].into());
            }
        }
    }

    fn read_ends(&mut self, context: Context<'_>) {
        self.is_whole = false;
        self.read = match Range::read_ends(&self.from, &self.to, context) {
            Ok(range) => Ok(range),
            Err(errors) => {
                let mut faults = Vec::new();
                for (field, error) in [(RangeField::From, errors.from), (RangeField::To, errors.to)]
                {
                    if let Some(error) = error {
                        faults.push(RangeFault::Unreadable(field, error));
                    }
                }
                Err(faults)
            }
        };
        self.whole = whole_of(&self.from, &self.to);
    }
}

fn whole_of(from: &str, to: &str) -> String {
    joined(&[from, " to ", to])
}
