//! The words after `cargo xtask bench`.

use super::scenarios::Scenario;
use crate::Failure;

/// What is measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Options {
    /// Whether the long scenarios have ten million lines.
    pub(super) is_large: bool,
    /// The scenarios, in the order in which they run.
    pub(super) scenarios: Vec<Scenario>,
}

impl Options {
    /// Reads the words: names of scenarios, all where there is none, and `--large`; or `--database`.
    ///
    /// # Errors
    /// A word is neither.
    pub(super) fn read(words: &[&str]) -> Result<Self, Failure> {
        if words == ["--database"] {
            return Ok(Self { is_large: false, scenarios: vec![Scenario::Database] });
        }
        let (options, names): (Vec<&str>, Vec<&str>) =
            words.iter().partition(|word| word.starts_with("--"));
        let known = |name: &&str| Scenario::ALL.iter().any(|scenario| scenario.name() == *name);
        if options.iter().any(|option| *option != "--large") || !names.iter().all(known) {
            return Err(usage().into());
        }
        let wanted = |scenario: &Scenario| names.is_empty() || names.contains(&scenario.name());
        let scenarios = Scenario::ALL.into_iter().filter(wanted).collect();
        Ok(Self { is_large: !options.is_empty(), scenarios })
    }
}

fn usage() -> String {
    let scenario =
        |scenario: Scenario| format!("  {:12}{}\n", scenario.name(), scenario.description());
    format!(
        "usage: cargo xtask bench [--large] [NAME…]\n       cargo xtask bench --database\n\n{}\n  \
         --large     \
         `random` and `scale` with ten million lines: most of an hour, and 20 GB of disk\n  \
         --database  {}\n\n\
         `cargo xtask bench page --help` is about the page in a browser",
        Scenario::ALL.map(scenario).concat(),
        Scenario::Database.description()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_run_in_their_order_and_all_of_them_by_default() {
        let read = |words: &[&str]| Options::read(words).unwrap();
        assert_eq!(read(&[]).scenarios, Scenario::ALL);
        let some = read(&["replay", "--large", "ingest", "replay"]);
        assert_eq!(some.scenarios, [Scenario::Ingest, Scenario::Replay]);
        assert!(some.is_large && !read(&["replay"]).is_large);
        assert_eq!(read(&["--database"]).scenarios, [Scenario::Database]);
    }

    #[test]
    fn an_unknown_word_is_answered_with_every_name() {
        for words in [&["replays"][..], &["--larger"], &["replay", ""], &["--database", "replay"]] {
            let usage = Options::read(words).unwrap_err().to_string();
            for scenario in Scenario::ALL {
                assert!(usage.contains(&format!("\n  {} ", scenario.name())), "{usage}");
            }
        }
    }
}
