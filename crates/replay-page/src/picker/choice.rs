//! What the user does in the range picker. What follows from it is decided by the picker and the
//! workspace.

use alloc::string::String;

use chrono::NaiveDate;
use time_range::{Range, Step};

use super::{CursorMove, RememberedPlace, field::RangeField};

/// Something that the user does in the range picker.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Open the popover, or close it if it is open.
    Toggle,
    /// Close the popover with the Escape key: the focus returns to the trigger.
    Escape,
    /// Close the popover, since the focus or a press went elsewhere.
    Leave,
    /// Show the other tab.
    Turn(RangeTab),
    /// Draft a range: a preset, a suggestion, or a recent or saved range.
    Draft(Range),
    /// Draft the range of a mend.
    Mend(Range),
    /// Replace the text of a field.
    Type(RangeField, String),
    /// Begin or continue the text of a whole range with this one, which was typed or pasted while no text
    /// field had the focus.
    TypeAhead(String),
    /// Change the part of a field's text at the caret, which is counted in UTF-16 code units.
    Step(RangeField, usize, Step),
    /// Choose a day in the calendar.
    Day(NaiveDate),
    /// Move the cursor of the calendar.
    Move(CursorMove),
    /// Discard the draft.
    Discard,
    /// Replace the name to save the draft by.
    Rename(String),
    /// Save the draft.
    Save,
    /// Remove a recent or a saved range.
    Forget(RememberedPlace),
    /// Copy the draft.
    Copy(CopyForm),
}

/// The forms in which a range is copied.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CopyForm {
    /// A range expression.
    Range,
    /// A link to the page with the range.
    Link,
    /// A `curl` command that sends it.
    Curl,
    /// A `kongctl` command that sends it.
    Cli,
}

/// The tabs of the picker.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum RangeTab {
    /// The presets and the short suggestions.
    #[default]
    Relative,
    /// The text fields, the calendar and the long suggestions.
    Custom,
}

impl RangeTab {
    /// The id of the tab's element.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Relative => "relative",
            Self::Custom => "custom",
        }
    }
}
