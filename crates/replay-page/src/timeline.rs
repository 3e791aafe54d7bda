//! The timeline: the part of the retention that is shown, and the choice that a pointer is making on
//! it. It only says which window the user means; the window becomes a draft elsewhere.

mod count;
mod period;
mod scale;
#[cfg(test)]
mod tests;
mod window;

use alloc::vec::Vec;

use replay_core::Policy;
use time_range::Timestamp;

pub(crate) use self::{
    count::{Count, count},
    period::{MINUTE, floor, instant},
};
pub use self::{
    period::Period,
    scale::{Place, Scale},
    window::{Direction, Handle, HandleStep, placed, stepped},
};

/// The id of the area where a pointer chooses.
pub const AREA: &str = "timeline-area";

/// What the user does on the timeline.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Gesture {
    /// A pointer was pressed at this place of the picture.
    Press(Place),
    /// The pressed pointer has moved to this place.
    Drag(Place),
    /// The pressed pointer was released at this place.
    Release(Place),
    /// A pointer that is not pressed is over this place.
    Hover(Place),
    /// The choice in progress was cancelled.
    Cancel,
    /// The slider of a handle was moved to this place.
    Slide(Handle, Place),
    /// A key moved a handle.
    Key(Handle, HandleStep),
    /// The slider or the key of a handle was released.
    Settle,
    /// Apply the chosen window.
    Apply,
    /// Start the chosen window at its first entry.
    StartAtFirst,
    /// Show half of what is shown, around the chosen window.
    ZoomIn,
    /// Show twice as much.
    ZoomOut,
    /// Show half of what is shown; what is at this place stays there.
    ZoomInAt(Place),
    /// Show twice as much; what is at this place stays there.
    ZoomOutAt(Place),
    /// Show the chosen window.
    ZoomToWindow,
    /// Show what was shown before the last zoom.
    UndoZoom,
    /// Show or hide the table of the bars.
    ToggleTable,
}

/// The state of the timeline.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Timeline {
    /// The parts that were shown one after the other; `None` is the whole retention.
    zooms: Vec<Option<Period>>,
    /// The end that the first of two clicks chose.
    first: Option<i64>,
    held: Option<Held>,
    /// Where a pointer was that was not pressed.
    pub(crate) hovered: Option<Place>,
    /// Whether the table of the bars is shown.
    pub(crate) has_table: bool,
}

/// A pointer that is pressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Held {
    from: Place,
    to: Place,
}

/// What a released pointer has chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Chosen {
    /// A window.
    Window(Period),
    /// One end of a window; the next click chooses the other.
    FirstEnd(i64),
}

/// A pointer that moves less than this has clicked.
const CLICK: Place = 50;

/// The least number of seconds that is shown.
pub(crate) const LEAST_SHOWN: i64 = 30 * MINUTE;

impl Timeline {
    /// The part that is shown; `None` if it is the whole retention.
    pub(crate) fn part(&self) -> Option<Period> {
        self.zooms.last().copied().flatten()
    }

    /// The scale at `now`.
    pub(crate) fn scale(&self, policy: &Policy, now: Timestamp) -> Scale {
        Scale::of(self.part(), policy, now)
    }

    /// The window that the pointer is choosing.
    pub(crate) fn choosing(&self, scale: &Scale) -> Option<Period> {
        let Some(held) = self.held else {
            return self.first.map(|first| Period::between(first, first));
        };
        let to = scale.second(held.to);
        let from = self.first.filter(|_| !held.is_drag()).unwrap_or(scale.second(held.from));
        Some(Period::between(from, to))
    }

    pub(crate) const fn press(&mut self, place: Place) {
        self.held = Some(Held { from: place, to: place });
    }

    pub(crate) fn drag(&mut self, place: Place) {
        if let Some(held) = &mut self.held {
            held.to = place;
        }
    }

    /// Ends the choice of a pointer. A drag chooses a window, and so do two clicks.
    pub(crate) fn release(&mut self, place: Place, scale: &Scale) -> Option<Chosen> {
        self.drag(place);
        let held = self.held?;
        let (window, first) = (self.choosing(scale)?, self.first);
        self.cancel();
        if held.is_drag() || first.is_some() {
            return Some(Chosen::Window(window));
        }
        self.first = Some(window.start);
        self.first.map(Chosen::FirstEnd)
    }

    /// Discards the choice in progress; returns whether there was one.
    pub(crate) fn cancel(&mut self) -> bool {
        let is_choosing = self.held.is_some() || self.first.is_some();
        (self.held, self.first) = (None, None);
        is_choosing
    }

    /// Shows a part of the retention, or all of it if the part is as long.
    pub(crate) fn zoom(&mut self, part: Period, policy: &Policy) {
        let part = Some(part).filter(|part| part.length() < policy.retention.num_seconds());
        if part != self.part() {
            self.zooms.push(part);
        }
    }

    /// Shows what was shown before the last zoom.
    pub(crate) fn undo_zoom(&mut self) {
        self.zooms.pop();
    }

    /// Whether there is a zoom to undo.
    pub(crate) const fn is_zoomed(&self) -> bool {
        !self.zooms.is_empty()
    }
}

impl Held {
    const fn is_drag(self) -> bool {
        self.from.abs_diff(self.to) >= CLICK
    }
}
