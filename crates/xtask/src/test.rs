//! `cargo xtask test`: everything CI runs, cheapest first, ending in one line of counts.

use std::{
    io::{BufRead, BufReader, Write, stdout},
    process::Stdio,
};

use crate::{
    Failure,
    step::{command, failed, need_c_compiler, need_toolchain_part, say, step},
};

/// Runs every check.
///
/// # Errors
/// The first check that fails.
pub(crate) fn test() -> Result<(), Failure> {
    need_c_compiler()?;
    need_toolchain_part("component", "rustfmt", "which checks the formatting")?;
    need_toolchain_part("component", "clippy", "which checks the house rules")?;
    need_toolchain_part("target", WASM, "where the pure crates have to build")?;
    step("formatting", &["cargo", "fmt", "--all", "--check"])?;
    for pure in ["replay-core", "audit-log"] {
        // Alone, so that no other crate can lend it a feature it must not have.
        let alone = ["cargo", "build", "--package", pure, "--target", WASM, "--locked"];
        step("without an operating system", &alone)?;
    }
    let clippy = ["cargo", "clippy", "--workspace", "--all-targets", "--locked"];
    step("house rules", &[&clippy[..], &["--", "-D", "warnings"]].concat())?;
    tests(&["cargo", "test", "--workspace", "--locked", "--no-fail-fast"])
}

const WASM: &str = "wasm32-unknown-unknown";

/// Runs the test runner, shows what it says, and adds up its counts.
fn tests(words: &[&str]) -> Result<(), Failure> {
    say("tests", words);
    let mut runner = command(words).stdout(Stdio::piped()).spawn()?;
    let mut counts = Counts::default();
    if let Some(output) = runner.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            counts.add(&line);
            writeln!(stdout(), "{line}")?;
        }
    }
    let status = runner.wait()?;
    writeln!(stdout(), "\n{} passed, {} failed", counts.passed, counts.failed)?;
    if status.success() && counts.passed > 0 { Ok(()) } else { Err(failed("tests", words)) }
}

#[derive(Debug, Default, Eq, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
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
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 46, failed: 2 });
    }
}
