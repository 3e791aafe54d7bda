//! The ranges that the browser keeps for the user: those applied last, and those saved by name. They
//! are stored as one text: a line for each, with the name after the range.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use time_range::{Context, Range};

use super::preset_of;

/// The ranges that the browser keeps.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Remembered {
    /// The ranges applied last, the latest first.
    pub recent: Vec<Range>,
    /// The saved ranges, in the order they were saved.
    pub saved: Vec<Saved>,
}

/// A saved range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Saved {
    /// The name.
    pub name: String,
    /// The range.
    pub range: Range,
}

/// A range that the browser keeps, by its place.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RememberedPlace {
    /// In the ranges applied last.
    Recent(usize),
    /// In the saved ranges.
    Saved(usize),
}

impl Remembered {
    /// The number of ranges applied last that are kept.
    const RECENT: usize = 5;

    /// The number of saved ranges that are kept.
    const SAVED: usize = 20;

    /// Reads the stored text. Lines that cannot be read are left out.
    pub(crate) fn read(text: &str, context: Context<'_>) -> Self {
        let mut remembered = Self::default();
        for line in text.lines() {
            let (range, name) =
                line.split_once(' ').map_or((line, None), |(range, name)| (range, Some(name)));
            let Ok(range) = Range::read(range, context) else { continue };
            match name {
                Some(name) => remembered.saved.push(Saved { name: name.to_string(), range }),
                None => remembered.recent.push(range),
            }
        }
        remembered.recent.truncate(Self::RECENT);
        remembered.saved.truncate(Self::SAVED);
        remembered
    }

    /// The text to store.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::new();
        for range in &self.recent {
            text += &range.to_string();
            text += "\n";
        }
        for Saved { name, range } in &self.saved {
            text += &range.to_string();
            text += " ";
            text += name;
            text += "\n";
        }
        text
    }

    /// Puts an applied range first. Presets are left out, since they are always offered.
    pub(crate) fn apply(&mut self, range: Range) {
        if preset_of(range).is_none() {
            self.recent.retain(|other| *other != range);
            self.recent.insert(0, range);
            self.recent.truncate(Self::RECENT);
        }
    }

    /// Saves a range by its name, a single line, in place of the one that has the name already.
    pub(crate) fn save(&mut self, name: &str, range: Range) {
        self.saved.retain(|saved| saved.name != *name);
        if self.saved.len() == Self::SAVED {
            self.saved.remove(0);
        }
        self.saved.push(Saved { name: name.to_string(), range });
    }

    /// Removes a range.
    pub(crate) fn forget(&mut self, place: RememberedPlace) {
        match place {
            RememberedPlace::Recent(place) if place < self.recent.len() => {
                self.recent.remove(place);
            }
            RememberedPlace::Saved(place) if place < self.saved.len() => {
                self.saved.remove(place);
            }
            RememberedPlace::Recent(_) | RememberedPlace::Saved(_) => {}
        }
    }
}
