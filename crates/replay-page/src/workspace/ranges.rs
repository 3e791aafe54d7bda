//! Choosing a range: carries out what the user does in the picker, and announces what was
//! understood. Which ranges are valid is decided by the policy.

use alloc::string::String;

use time_range::Context;

use super::Workspace;
use crate::{
    effect::Effect,
    effects::Effects,
    picker::{Choice, RangeFault, RangeField, RangeTab, day_id},
    words,
};

impl Workspace {
    /// Carries out what the user does in the picker.
    pub(super) fn choose(&mut self, choice: Choice, context: Context<'_>, effects: &mut Effects) {
        self.picker.set_copied(None);
        let typed_ahead = self.picker.take_typed_ahead();
        let before = self.picker.draft().range();
        match choice {
            Choice::Toggle => self.set_open(!self.picker.is_open(), effects),
            Choice::Escape => self.set_open(false, effects),
            Choice::Leave => drop(self.picker.set_open(false)),
            Choice::Turn(tab) => self.picker.turn(tab),
            Choice::Draft(range) => self.picker.draft_range(range, context),
            Choice::Mend(range) => {
                self.picker.draft_range(range, context);
                // The pressed button is gone.
                self.focus_draft(effects);
            }
            Choice::Type(field, text) => self.picker.type_in(field, text, context),
            Choice::TypeAhead(text) => {
                self.picker.type_ahead(typed_ahead + &text, context);
                let text = self.picker.draft().text(RangeField::Whole);
                let end = text.encode_utf16().count();
                effects.push(Effect::Retype(RangeField::Whole.id(), text.into(), end..end));
            }
            Choice::Step(field, caret, step) => {
                if let Some(part) = self.picker.step(field, caret, step, context) {
                    let text = self.picker.draft().text(field).into();
                    effects.push(Effect::Retype(field.id(), text, part));
                }
            }
            Choice::Day(date) => self.picker.choose_day(date, &self.policy, context),
            Choice::Move(to) => {
                if let Some(date) = self.picker.move_cursor(to, &self.policy, context) {
                    effects.push(Effect::Focus(day_id(date).into()));
                }
            }
            Choice::Rename(name) => self.picker.rename(name),
            Choice::Save => self.save_range(context, effects),
            Choice::Forget(place) => {
                self.remembered.forget(place);
                self.keep_ranges(effects);
                self.focus_draft(effects);
            }
            Choice::Copy(form) => match self.text_of(form, context) {
                Ok(text) => effects.push(Effect::Copy(text)),
                Err(faults) => self.report(&faults, context, effects),
            },
            Choice::Discard => {
                self.picker.discard(context);
                self.focus_draft(effects);
            }
        }
        let after = self.picker.draft().range();
        if before != after {
            self.in_view_mut().for_each(|region_state| region_state.tracker.clear_refusal());
        }
        if let Some(range) = after.filter(|_| before != after) {
            let understood = words::understood(range, &self.policy, context);
            self.announce(understood);
        }
    }

    /// Applies the drafted range, and dismisses the results of earlier mutations.
    pub(super) fn apply(&mut self, context: Context<'_>, effects: &mut Effects) {
        match self.picker.apply(&self.policy, context) {
            Ok(()) => {
                self.in_view_mut().for_each(|region_state| region_state.tracker.dismiss());
                // The announced faults are corrected.
                self.announcement.clear();
                self.set_open(false, effects);
                self.remembered.apply(self.picker.applied());
                self.keep_ranges(effects);
            }
            Err(faults) => self.report(&faults, context, effects),
        }
    }

    /// Announces the faults of the range, opens the picker, and moves the focus to the first invalid
    /// field. Without the announcement, a screen reader would be silent if that field has the focus
    /// already.
    pub(super) fn report(
        &mut self,
        faults: &[RangeFault],
        context: Context<'_>,
        effects: &mut Effects,
    ) {
        let sentences = words::faults_in_words(faults, &self.policy, context);
        self.announce(sentences);
        if let Some(fault) = faults.first() {
            let field = self.picker.field_of(fault);
            self.picker.turn(RangeTab::Custom);
            self.picker.set_open(true);
            focus(field.id(), effects);
        }
    }

    /// Says whether the browser has copied a text.
    pub(crate) fn copied(&mut self, done: bool) {
        self.picker.set_copied(Some(done));
        self.announce(words::copied(done).into());
    }

    fn save_range(&mut self, context: Context<'_>, effects: &mut Effects) {
        if let Some(range) = self.picker.draft().range() {
            let name = match self.picker.name().trim() {
                "" => words::range(range, context),
                name => name.into(),
            };
            self.remembered.save(&name, range);
            self.picker.rename(String::new());
            self.keep_ranges(effects);
        }
    }

    fn keep_ranges(&self, effects: &mut Effects) {
        effects.push(Effect::KeepRanges(self.remembered.write()));
    }

    /// Moves the focus to the open tab, or to the trigger.
    fn focus_draft(&mut self, effects: &mut Effects) {
        self.set_open(self.picker.is_open(), effects);
    }

    fn set_open(&mut self, open: bool, effects: &mut Effects) {
        focus(self.picker.set_open(open), effects);
    }
}

fn focus(id: &'static str, effects: &mut Effects) {
    effects.push(Effect::Focus(id.into()));
}
