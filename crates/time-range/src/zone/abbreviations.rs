//! The abbreviations of a zone, like CET and CEST.

use alloc::string::String;

use chrono::FixedOffset;

use super::Zone;
use crate::Timestamp;

/// The abbreviation of a zone's name while clocks have this UTC offset.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Abbreviation {
    /// The UTC offset.
    pub offset: FixedOffset,
    /// The abbreviation, like `CET`.
    pub name: String,
}

impl Zone {
    /// The zone with these abbreviations of its name.
    #[must_use]
    pub fn with_abbreviations(self, abbreviations: impl IntoIterator<Item = Abbreviation>) -> Self {
        Self { abbreviations: abbreviations.into_iter().collect(), ..self }
    }

    /// The abbreviation at an instant.
    #[must_use]
    pub fn abbreviation(&self, at: Timestamp) -> Option<&str> {
        let offset = self.offset(at);
        let known = self.abbreviations.iter().find(|known| known.offset == offset);
        known.map(|known| known.name.as_str())
    }

    pub(crate) fn abbreviations(&self) -> &[Abbreviation] {
        &self.abbreviations
    }
}
