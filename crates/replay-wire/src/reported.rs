//! A word of the API as an answer said it: the sets of words are open upstream, so one that nobody
//! documents is a value to show and never an error.

use alloc::{borrow::ToOwned, string::String};

use replay_core::{
    JobStatus,
    webhook::{LogFormat, WebhookStatus},
};

/// What an answer said where a word of such a set belongs.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Reported<W> {
    /// One of the documented words.
    Known(W),
    /// Any other, as it was said; empty where nothing was said.
    Unknown(String),
}

/// A documented set of words.
pub trait Word: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The word as the API spells it.
    fn spelt(self) -> &'static str;
}

impl<W: Word> Reported<W> {
    /// What was said.
    pub(crate) fn read(text: &str) -> Self {
        let known = W::ALL.iter().find(|word| word.spelt() == text);
        known.map_or_else(|| Self::Unknown(text.to_owned()), |word| Self::Known(*word))
    }

    /// The word as the API spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.spelt(),
            Self::Unknown(word) => word,
        }
    }

    /// The documented word, if it is one.
    #[must_use]
    pub fn known(&self) -> Option<W> {
        if let Self::Known(word) = self { Some(*word) } else { None }
    }
}

impl Word for JobStatus {
    const ALL: &'static [Self] = &Self::ALL;

    fn spelt(self) -> &'static str {
        self.as_str()
    }
}

impl Word for LogFormat {
    const ALL: &'static [Self] = &Self::ALL;

    fn spelt(self) -> &'static str {
        self.as_str()
    }
}

impl Word for WebhookStatus {
    const ALL: &'static [Self] = &Self::ALL;

    fn spelt(self) -> &'static str {
        self.as_str()
    }
}
