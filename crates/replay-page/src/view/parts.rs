//! The elements that every part of the page is composed of: links, fields, buttons, notices and times.

use alloc::string::String;

use replay_core::Region;
use time_range::{Context, Timestamp, write_timestamp};

use super::labels::SEE_SETUP;
use crate::{
    intent::Intent,
    message::Msg,
    region_state::RegionState,
    words::{self, Tone},
};

/// A link to a part of the page with an address of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The text.
    pub label: String,
    /// Whether its target is in view.
    pub current: bool,
    /// The address, for opening it in another browser tab.
    pub href: String,
    /// The message when it is followed.
    pub msg: Msg,
}

/// One of several options of which exactly one is selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// The text.
    pub label: String,
    /// The id of its element.
    pub id: &'static str,
    /// Whether it is selected.
    pub current: bool,
    /// The message when it is selected.
    pub msg: Msg,
}

/// A form field without its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// The id of its element.
    pub id: &'static str,
    /// The label.
    pub label: &'static str,
    /// What to enter.
    pub hint: String,
    /// What is wrong with its value.
    pub fault: Option<String>,
}

/// A field with its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Input<T> {
    /// The value, as the user entered it or as it is saved.
    pub value: T,
    /// The field.
    pub field: Field,
}

/// A button.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The text.
    pub label: &'static str,
    /// The accessible name, if several buttons have the same text.
    pub name: Option<String>,
    /// The message when it is pressed.
    pub msg: Msg,
    /// Whether it can be pressed.
    pub state: Readiness,
    /// If it cannot be pressed for want of a webhook: the region whose Setup is shown by a button
    /// beside it.
    pub setup: Option<Region>,
}

/// Whether a button can be pressed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Readiness {
    /// It can be pressed.
    Ready,
    /// Its action is in progress.
    Busy,
    /// It cannot be pressed, for this reason. It keeps the keyboard focus, so that a screen reader
    /// reads the reason.
    Unavailable(String),
    /// It cannot be pressed and cannot have the focus, for this reason: the user has to do something
    /// else first.
    Disabled(String),
}

/// A message to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The severity.
    pub tone: Tone,
    /// The text.
    pub text: String,
    /// A button that may resolve it.
    pub action: Option<Action>,
}

/// A time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Time {
    /// The time in the chosen zone, as people write it.
    pub shown: String,
    /// The time in RFC 3339 and UTC, for the attributes `datetime` and `title`.
    pub iso: String,
}

impl Action {
    pub(crate) const fn intent(label: &'static str, intent: Intent) -> Self {
        Self::ready(label, Msg::Intended(intent))
    }

    pub(crate) const fn ready(label: &'static str, msg: Msg) -> Self {
        Self { label, name: None, msg, state: Readiness::Ready, setup: None }
    }

    /// Adds the button to Setup if the region has no enabled webhook to send to.
    pub(crate) fn with_setup(mut self, region_state: &RegionState) -> Self {
        if matches!(&self.state, Readiness::Unavailable(reason) if reason == words::NO_WEBHOOK) {
            self.setup = Some(region_state.region.clone());
        }
        self
    }

    /// Makes the button unavailable if there is a reason.
    pub(crate) fn unavailable_if(mut self, reason: Option<String>) -> Self {
        if let Some(reason) = reason {
            self.state = Readiness::Unavailable(reason);
        }
        self
    }

    /// Makes the button busy if `busy`.
    pub(crate) fn busy_if(mut self, busy: bool) -> Self {
        if busy {
            self.state = Readiness::Busy;
        }
        self
    }
}

/// The button that shows the webhook of a region.
pub(crate) fn see_setup(region_state: &RegionState) -> Action {
    Action::intent(SEE_SETUP, Intent::OpenSetup(region_state.region.clone()))
}

impl Time {
    pub(crate) fn of(at: Timestamp, context: Context<'_>) -> Self {
        Self { shown: words::time_alone(at, context), iso: write_timestamp(at) }
    }
}
