//! What every part of the page is made of: links, buttons, notices and moments. None of them knows
//! what it is for.

use alloc::string::String;

use time_range::{Timestamp, Zone, write_timestamp};

use crate::{intent::Intent, message::Msg, words::Tone};

/// A place that can be gone to, and has an address of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Its words.
    pub label: String,
    /// Whether it is what is in view.
    pub current: bool,
    /// Where it leads, if a browser is to go there.
    pub href: String,
    /// What going there means.
    pub msg: Msg,
}

/// One of a few things of which one is always chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Its words.
    pub label: String,
    /// Its name in the document.
    pub id: &'static str,
    /// Whether it is the one.
    pub current: bool,
    /// What choosing it means.
    pub msg: Msg,
}

/// A field that can be filled in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// Its name in the document.
    pub id: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What belongs into it.
    pub hint: String,
    /// What is wrong with what is in it.
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

/// Something that can be pressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its words.
    pub label: &'static str,
    /// Its accessible name, where its words alone occur several times.
    pub name: Option<String>,
    /// What pressing it means.
    pub msg: Msg,
    /// Whether it can be pressed.
    pub state: Readiness,
}

/// Whether something can be pressed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// What it does is being done.
    Busy,
    /// It cannot, for this reason; the keyboard still finds it, so that the reason is heard.
    Hindered(String),
    /// It cannot until something else is done, for this reason.
    Disabled(String),
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// The words.
    pub text: String,
    /// What can be done about it.
    pub action: Option<Action>,
}

/// A moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Time {
    /// On the clocks that were chosen.
    pub shown: String,
    /// For machines.
    pub iso: String,
}

impl Action {
    pub(crate) const fn intent(label: &'static str, intent: Intent) -> Self {
        Self::ready(label, Msg::Intended(intent))
    }

    pub(crate) const fn ready(label: &'static str, msg: Msg) -> Self {
        Self { label, name: None, msg, state: Readiness::Ready }
    }

    pub(crate) fn named(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// The action, which cannot be pressed if there is a reason.
    pub(crate) fn hindered_if(mut self, reason: Option<String>) -> Self {
        if let Some(reason) = reason {
            self.state = Readiness::Hindered(reason);
        }
        self
    }

    /// The action, busy while that is so.
    pub(crate) fn busy_if(mut self, busy: bool) -> Self {
        if busy {
            self.state = Readiness::Busy;
        }
        self
    }
}

impl Time {
    pub(crate) fn of(at: Timestamp, zone: &Zone) -> Self {
        Self { shown: zone.print(at), iso: write_timestamp(at) }
    }
}
