//! Uses the timeline: a chosen window becomes the picker's draft, and the counts of what is shown and
//! chosen are read. Nothing is sent.

use replay_client::{ClientEffects, Previewed};
use time_range::{Bound, Context, Range, Timestamp};

use super::Workspace;
use crate::{
    address::Tab,
    effect::Effect,
    effects::Effects,
    picker::resolve,
    region_state::RegionState,
    timeline::{
        Chosen, Gesture, Handle, LEAST_SHOWN, MINUTE, Period, Place, Scale, floor, instant, placed,
        stepped,
    },
    words,
};

/// The middle of the timeline.
const MIDDLE: Place = Scale::WIDTH / 2;

impl Workspace {
    /// Carries out a gesture on the timeline.
    pub(super) fn timeline_used(
        &mut self,
        gesture: Gesture,
        context: Context<'_>,
        effects: &mut Effects,
    ) {
        let scale = self.timeline.scale(&self.policy, context.now);
        let window = self.window(context);
        let shown = scale.shown.length();
        match gesture {
            Gesture::Press(place) => self.timeline.press(place),
            Gesture::Drag(place) => self.timeline.drag(place),
            Gesture::Release(place) => match self.timeline.release(place, &scale) {
                Some(Chosen::Window(window)) => self.choose_window(window, context),
                Some(Chosen::FirstEnd(at)) => {
                    self.announce(words::first_end(at, context));
                }
                None => {}
            },
            Gesture::Hover(place) => self.timeline.hovered = Some(place),
            Gesture::Cancel => {
                if self.timeline.cancel() {
                    self.announce(words::CHOICE_CANCELLED.into());
                }
            }
            Gesture::Slide(handle, place) => {
                let mut to = scale.second(place);
                if handle == Handle::Whole {
                    // Its slider is at the middle of the window.
                    to = floor(to - window.length() / 2, MINUTE);
                }
                self.draft(placed(window, handle, to, scale.limits), context);
            }
            Gesture::Key(handle, step) => {
                self.draft(
                    stepped(window, handle, step, self.bucket(&scale), scale.limits),
                    context,
                );
            }
            Gesture::Settle => self.announce_window(context),
            Gesture::Apply => {
                self.apply(context, effects);
                if !self.picker.is_drafted() {
                    // The button is gone.
                    effects.push(Effect::Focus(Handle::Whole.id().into()));
                }
            }
            Gesture::StartAtFirst => {
                if let Some(first) = self.first_entry() {
                    let start = first.timestamp().min(window.end);
                    self.choose_window(Period { start, ..window }, context);
                }
            }
            Gesture::ZoomIn => {
                self.zoom(window.middle(), MIDDLE, shown / 2, context);
                self.announce_shown(context);
            }
            Gesture::ZoomOut => {
                self.zoom(scale.shown.middle(), MIDDLE, shown * 2, context);
                self.announce_shown(context);
            }
            // Not announced: a wheel has many steps, and its user sees the picture.
            Gesture::ZoomInAt(at) if shown > LEAST_SHOWN => {
                self.zoom(scale.second(at), at, shown / 2, context);
            }
            Gesture::ZoomInAt(_) => {}
            Gesture::ZoomOutAt(at) => self.zoom(scale.second(at), at, shown * 2, context),
            Gesture::ZoomToWindow => {
                self.zoom(window.middle(), MIDDLE, window.length() * 6 / 5, context);
                self.announce_shown(context);
            }
            Gesture::UndoZoom => {
                self.timeline.undo_zoom();
                self.announce_shown(context);
            }
            Gesture::ToggleTable => self.timeline.has_table = !self.timeline.has_table,
        }
    }

    /// The window that the draft means at `now`, else the applied range, else all that can be chosen.
    pub(crate) fn window(&self, context: Context<'_>) -> Period {
        for range in [self.picker.draft().range(), Some(self.picker.applied())] {
            if let Some(range) = range
                && let Ok(timeframe) = resolve(range, &self.policy, context)
            {
                return Period::of(timeframe.start(), timeframe.end());
            }
        }
        self.timeline.scale(&self.policy, context.now).limits
    }

    /// The length of a bucket of the timeline, in seconds.
    pub(crate) fn bucket(&self, scale: &Scale) -> i64 {
        match self.region_state().and_then(RegionState::bars) {
            Some(preview) => preview.bucket.num_seconds(),
            None => (scale.shown.length() / 300).max(MINUTE),
        }
    }

    /// The first entry of the chosen window, if the window starts well before it.
    pub(crate) fn first_entry(&self) -> Option<Timestamp> {
        let range = self.picker.draft().range()?;
        let preview = self.region_state()?.previews.as_ref()?.selection(range)?;
        let first = preview.first_at?;
        let gap = first - preview.start_at;
        let is_first_of_all = preview.archive_first_at == Some(first);
        let is_long = gap >= (preview.end_at - preview.start_at) / 10;
        (gap >= preview.bucket && (is_first_of_all || is_long)).then_some(first)
    }

    /// Requests the previews of what is in view, if they are due.
    pub(crate) fn read_previews(&mut self, context: Context<'_>, effects: &mut ClientEffects) {
        if !self.is_watching() || self.tab() != Tab::Replay {
            return;
        }
        let (policy, is_global) = (self.policy, self.is_global());
        let valid = |range: &Range| resolve(*range, &policy, context).is_ok();
        let selection = self.picker.draft().range().filter(valid);
        let earliest = policy.earliest_to_request(context.now);
        let part = self.timeline.part().map(|part| Range {
            from: Bound::At(instant(part.start).max(earliest)),
            to: Bound::At(instant(part.end)),
        });
        let part = part.filter(valid);
        let all = Range::last(policy.retention);
        for region_state in self.in_view_mut() {
            let Some(previews) = &mut region_state.previews else { continue };
            let mut want = |which, range| previews.want(which, range, &policy, context, effects);
            want(Previewed::Selection, selection);
            if !is_global {
                want(Previewed::Retention, Some(all));
                want(Previewed::Part, part);
            }
        }
    }

    fn choose_window(&mut self, window: Period, context: Context<'_>) {
        self.draft(window, context);
        self.announce_window(context);
    }

    fn draft(&mut self, window: Period, context: Context<'_>) {
        self.in_view_mut().for_each(|region_state| region_state.tracker.clear_refusal());
        self.timeline.cancel();
        let [from, to] = [window.start, window.end].map(|second| Bound::At(instant(second)));
        self.picker.draft_range(Range { from, to }, context);
    }

    /// Shows a period of that length with `second` at that place.
    fn zoom(&mut self, second: i64, place: Place, length: i64, context: Context<'_>) {
        let whole = Scale::of(None, &self.policy, context.now).shown;
        let length = length.max(LEAST_SHOWN).min(whole.length());
        let before = length * i64::from(place) / i64::from(Scale::WIDTH);
        let start = floor(second - before, MINUTE);
        let start = start.clamp(whole.start, whole.end - length);
        self.timeline.zoom(Period { start, end: start + length }, &self.policy);
    }

    fn announce_shown(&mut self, context: Context<'_>) {
        let shown = self.timeline.scale(&self.policy, context.now).shown;
        self.announce(words::shown(shown, context));
    }

    fn announce_window(&mut self, context: Context<'_>) {
        let window = self.window(context);
        let count = self.region_state().and_then(|one| one.count(window));
        let is_applied = !self.picker.is_drafted();
        self.announce(words::chosen_window(window, count, is_applied, context));
    }
}
