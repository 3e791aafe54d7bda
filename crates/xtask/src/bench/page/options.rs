//! The words after `cargo xtask bench page`.

use std::path::{Path, PathBuf};

use crate::Failure;

pub(super) const USAGE: &str = "\
usage: cargo xtask bench page [--comparator DIR_OR_URL [--usable SELECTOR]] [--runs N]

Loads the page of a release server with sample lines in Chromium, signed in and without a cache, on
loopback and on slow 4G (150 ms round trip, 1.6 Mbit/s down, 0.75 Mbit/s up) with four times less CPU.
Prints the median of the first contentful paint and of when the first button Send Replay is enabled.

  --comparator DIR_OR_URL  a page to compare with: a folder with a built page, which is served compressed
                           as ours is, with the API of the server at /api, or the address of a server.
                           The page is opened with #token=…; both pages are loaded in turns.
  --usable SELECTOR        the CSS selector of what the comparator has once it is usable
  --runs N                 loads of each page and network; 9 by default";

/// What is measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Options {
    pub(super) comparator: Option<String>,
    pub(super) usable: Option<String>,
    pub(super) runs: usize,
}

impl Options {
    /// Reads the words.
    ///
    /// # Errors
    /// A word is not known, or its value is missing.
    pub(super) fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self { comparator: None, usable: None, runs: 9 };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let value = words.next().map(|value| (*value).to_owned()).ok_or(USAGE)?;
            match *word {
                "--comparator" => options.comparator = Some(value),
                "--usable" => options.usable = Some(value),
                "--runs" => {
                    options.runs = value.parse().ok().filter(|runs| *runs > 0).ok_or(USAGE)?;
                }
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }

    /// The folder of the comparator, if it is one.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        let comparator = self.comparator.as_ref()?;
        let is_address = comparator.starts_with("http://") || comparator.starts_with("https://");
        (!is_address).then(|| Path::new(comparator).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparator_is_a_folder_or_an_address() {
        let read = |words: &[&str]| Options::read(words).unwrap();
        assert_eq!(read(&[]).runs, 9);
        let options = read(&["--comparator", "vue/dist", "--usable", "#send", "--runs", "3"]);
        assert_eq!((options.folder(), options.runs), (Some("vue/dist".into()), 3));
        assert_eq!(options.usable.as_deref(), Some("#send"));
        assert_eq!(read(&["--comparator", "http://127.0.0.1:5000"]).folder(), None);
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_usage() {
        for words in [&["--runs"][..], &["--runs", "0"], &["--run", "3"], &["page"]] {
            assert_eq!(Options::read(words).unwrap_err().to_string(), USAGE);
        }
    }
}
