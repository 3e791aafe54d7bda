//! Choosing a range: a draft that the user edits, and the applied range, which is sent. Only a valid
//! draft is applied. How texts are read is decided by `time-range`, which ranges are valid by the
//! policy.

mod applying;
mod choice;
mod days;
mod draft;
mod fault;
mod field;
mod length;
mod mends;
mod reading;
mod remembered;

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_core::{
    Policy, Timeframe,
    timeframe::{PRESETS, Preset},
};
use time_range::{Context, Range, Step, Zone};

use self::days::DayCursor;
pub use self::{
    choice::{Choice, CopyForm, RangeTab},
    days::CursorMove,
    draft::RangeDraft,
    fault::RangeFault,
    field::RangeField,
    mends::{Mend, MendKind},
    remembered::{Remembered, RememberedPlace, Saved},
};
pub(crate) use self::{
    days::day_id,
    fault::{permitted, resolve, to_send, whole_second},
    length::{largest_unit, length_of},
    reading::{bound_text, name_of},
};
use crate::address::RangeTexts;

/// The drafted and the applied range, and the popover in which they are chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picker {
    applied: Range,
    /// The invalid range of a link. Until another range is applied, nothing can be sent.
    refused: Option<RangeTexts>,
    draft: RangeDraft,
    tab: RangeTab,
    /// Whether the popover is open.
    is_open: bool,
    /// Whether the user tried to apply the draft: from then on its fields are marked as invalid.
    tried: bool,
    days: DayCursor,
    /// The name to save the draft by.
    name: String,
    /// What was typed before a text field had the focus, if that is the last thing the user did.
    typed_ahead: String,
    /// Whether the browser has copied a text; `None` unless that is the last thing the user did.
    copied: Option<bool>,
}

impl Picker {
    /// The id of the trigger's element.
    pub const TRIGGER: &str = "range";

    /// The id of the element of the offered range that is the draft.
    pub const CHOSEN: &str = "chosen-range";

    /// The range that is applied at first.
    pub const FIRST: Range = Range::last(PRESETS[0].duration);

    /// A picker with `range` applied.
    #[must_use]
    pub fn new(range: Range, context: Context<'_>) -> Self {
        Self {
            applied: range,
            refused: None,
            draft: RangeDraft::of(range, context),
            tab: tab_of(range),
            is_open: false,
            tried: false,
            days: DayCursor::default(),
            name: String::new(),
            typed_ahead: String::new(),
            copied: None,
        }
    }

    /// A picker with the range of a link as its draft, which is applied if it is valid.
    #[must_use]
    pub fn of_link(texts: &RangeTexts, policy: &Policy, context: Context<'_>) -> Self {
        let draft = RangeDraft::of_texts(texts, context);
        let mut picker = Self { draft, tab: RangeTab::Custom, ..Self::new(Self::FIRST, context) };
        if picker.apply(policy, context).is_ok() {
            return Self::new(picker.applied, context);
        }
        picker.refused = Some(texts.clone());
        picker
    }

    /// The applied range.
    #[must_use]
    pub const fn applied(&self) -> Range {
        self.applied
    }

    /// The range for the page's address: the applied one, or the invalid range of a link until
    /// another range is applied.
    #[must_use]
    pub fn texts(&self) -> RangeTexts {
        match &self.refused {
            Some(texts) => texts.clone(),
            None => {
                RangeTexts { from: self.applied.from.to_string(), to: self.applied.to.to_string() }
            }
        }
    }

    /// Whether nothing is applied, because the range of a link is invalid.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The draft.
    #[must_use]
    pub const fn draft(&self) -> &RangeDraft {
        &self.draft
    }

    /// The tab in view.
    #[must_use]
    pub const fn tab(&self) -> RangeTab {
        self.tab
    }

    /// Whether the popover is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the draft differs from the applied range.
    #[must_use]
    pub fn is_drafted(&self) -> bool {
        self.is_refused() || self.draft.range() != Some(self.applied)
    }

    /// Whether the user tried to apply the draft.
    #[must_use]
    pub const fn is_tried(&self) -> bool {
        self.tried
    }

    /// The name to save the draft by, as the user typed it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the browser has copied a text; `None` unless that is the last thing the user did.
    #[must_use]
    pub const fn copied(&self) -> Option<bool> {
        self.copied
    }

    /// Replaces the name to save the draft by.
    pub fn rename(&mut self, name: String) {
        self.name = name;
    }

    /// Remembers whether the browser has copied a text.
    pub fn set_copied(&mut self, copied: Option<bool>) {
        self.copied = copied;
    }

    /// The draft's timeframe.
    ///
    /// # Errors
    /// All faults of the draft, if it has any.
    pub fn resolve(
        &self,
        policy: &Policy,
        context: Context<'_>,
    ) -> Result<Timeframe, Vec<RangeFault>> {
        match self.draft.range() {
            Some(range) => resolve(range, policy, context),
            None => Err(self.draft.unreadable().to_vec()),
        }
    }

    /// The field that a fault of the draft is shown at: if the whole range was edited last, that one.
    #[must_use]
    pub const fn field_of(&self, fault: &RangeFault) -> RangeField {
        if self.draft.is_whole() { RangeField::Whole } else { fault.field() }
    }

    /// Opens or closes the popover; returns the id of the element that gets the focus.
    pub fn set_open(&mut self, open: bool) -> &'static str {
        self.is_open = open;
        self.end_choice_of_days();
        if open { self.tab_focus() } else { Self::TRIGGER }
    }

    /// Shows a tab; returns the id of the element that gets the focus.
    pub fn turn(&mut self, tab: RangeTab) {
        self.tab = tab;
    }

    /// Drafts a range.
    pub fn draft_range(&mut self, range: Range, context: Context<'_>) {
        self.tried = false;
        self.end_choice_of_days();
        self.draft = RangeDraft::of(range, context);
    }

    /// Replaces the text of a field.
    pub fn type_in(&mut self, field: RangeField, text: String, context: Context<'_>) {
        self.end_choice_of_days();
        self.draft.type_in(field, text, context);
    }

    /// Replaces the text of the whole range, which has a field on the tab Custom.
    pub(crate) fn type_ahead(&mut self, text: String, context: Context<'_>) {
        self.turn(RangeTab::Custom);
        self.type_in(RangeField::Whole, text.clone(), context);
        self.typed_ahead = text;
    }

    /// Takes what was typed before a text field had the focus.
    pub(crate) fn take_typed_ahead(&mut self) -> String {
        core::mem::take(&mut self.typed_ahead)
    }

    /// Discards the draft, and the invalid range of a link.
    pub fn discard(&mut self, context: Context<'_>) {
        let is_open = self.is_open;
        *self = Self { is_open, ..Self::new(self.applied, context) };
    }

    /// Changes the part of a field's text at the caret; returns the part to select, in UTF-16 code
    /// units.
    pub fn step(
        &mut self,
        field: RangeField,
        caret: usize,
        step: Step,
        context: Context<'_>,
    ) -> Option<core::ops::Range<usize>> {
        let stepped = time_range::step(self.draft.text(field), caret, step, context)?;
        self.type_in(field, stepped.text, context);
        Some(stepped.selection)
    }

    /// Rewrites the draft's absolute times from the zone `before` to the zone `after`.
    pub fn rewrite(&mut self, before: &Zone, after: Context<'_>) {
        self.draft.rewrite(before, after);
    }

    /// The id of the element that gets the focus when the tab is shown.
    fn tab_focus(&self) -> &'static str {
        match self.tab {
            RangeTab::Custom => RangeField::Whole.id(),
            RangeTab::Relative if self.draft.range().and_then(preset_of).is_some() => Self::CHOSEN,
            RangeTab::Relative => RangeTab::Relative.id(),
        }
    }
}

/// The preset with this range.
pub(crate) fn preset_of(range: Range) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| Range::last(preset.duration) == range)
}

/// The tab in which a range is chosen.
fn tab_of(range: Range) -> RangeTab {
    if preset_of(range).is_some() { RangeTab::Relative } else { RangeTab::Custom }
}

#[cfg(test)]
mod tests;
