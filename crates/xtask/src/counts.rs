//! What test runners say about their tests, added up. Each says it in the words of Rust's own.

use std::{
    io::{BufRead, BufReader, Write, stdout},
    process::{Command, Stdio},
};

use crate::{
    Failure,
    step::{failed, missing, say},
};

/// How many tests passed and failed.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// Runs a test runner, shows what it says, and adds its counts to these.
    ///
    /// # Errors
    /// When it cannot be started, a test fails, or there was none.
    pub(crate) fn run(
        &mut self,
        what: &str,
        words: &[&str],
        runner: &mut Command,
    ) -> Result<(), Failure> {
        say(what, words);
        let runner = runner.stdout(Stdio::piped()).spawn();
        let mut runner = runner.map_err(|error| missing(words, &error.to_string()))?;
        let before = self.passed;
        if let Some(output) = runner.stdout.take() {
            for line in BufReader::new(output).lines() {
                let line = line?;
                self.add(&line);
                writeln!(stdout(), "{line}")?;
            }
        }
        let some = runner.wait()?.success() && self.passed > before;
        if some { Ok(()) } else { Err(failed(what, words)) }
    }

    /// Adds what a line like `test result: ok. 45 passed; 0 failed; …` says.
    fn add(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        let count = |what: &str| {
            let words = counts.split_once(what).map(|(before, _)| before)?;
            words.trim().rsplit(' ').next()?.parse::<u64>().ok()
        };
        self.passed += count("passed").unwrap_or_default();
        self.failed += count("failed;").unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_every_runner_are_added_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 45 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 49, failed: 2 });
    }
}
