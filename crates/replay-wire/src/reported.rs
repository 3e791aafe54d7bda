//! Enum values in responses. Konnect may add values, so an unknown value is kept as text to display
//! and is never an error.

use alloc::{borrow::ToOwned, string::String};

use replay_core::{
    JobStatus,
    outage::OutageReason,
    webhook::{LogFormat, WebhookStatus},
};

/// The value of an enum field in a response.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Reported<E> {
    /// A documented value.
    Known(E),
    /// Any other text; empty if the field is missing or null.
    Unknown(String),
}

/// An enum of the API.
pub trait ApiEnum: Copy + 'static {
    /// Every documented value.
    const ALL: &'static [Self];

    /// The value as the API spells it.
    fn as_str(self) -> &'static str;
}

/// The value of a missing field.
impl<E> Default for Reported<E> {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl<E: ApiEnum> Reported<E> {
    /// The value of a text.
    pub(crate) fn read(text: &str) -> Self {
        match E::ALL.iter().find(|value| value.as_str() == text) {
            Some(value) => Self::Known(*value),
            None => Self::Unknown(text.to_owned()),
        }
    }

    /// The value as the API spells it, or the unknown text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// The documented value; `None` if it is unknown.
    #[must_use]
    pub fn known(&self) -> Option<E> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Unknown(_) => None,
        }
    }
}

impl ApiEnum for JobStatus {
    const ALL: &'static [Self] = &Self::ALL;

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

impl ApiEnum for LogFormat {
    const ALL: &'static [Self] = &Self::ALL;

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

impl ApiEnum for OutageReason {
    const ALL: &'static [Self] = &Self::ALL;

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

impl ApiEnum for WebhookStatus {
    const ALL: &'static [Self] = &Self::ALL;

    fn as_str(self) -> &'static str {
        self.as_str()
    }
}
