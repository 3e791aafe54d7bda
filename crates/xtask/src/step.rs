//! One step of a command: a program that is run where everybody can see it, and what is installed
//! before it where it is missing.

use std::{
    env,
    io::{Write, stderr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Failure;

/// A program with its arguments, in the project's root.
pub(crate) fn command(words: &[&str]) -> Command {
    let (program, arguments) = words.split_first().unwrap_or((&"", &[]));
    // The cargo that runs this is the one to go on with.
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let program = if *program == "cargo" { &cargo } else { *program };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a program to its end, after saying what for.
///
/// # Errors
/// When it cannot be started, or fails.
pub(crate) fn step(what: &str, words: &[&str]) -> Result<(), Failure> {
    say(what, words);
    perform(what, words, &mut command(words))
}

/// Runs the command that was made of these words to its end.
///
/// # Errors
/// When it cannot be started, or fails.
pub(crate) fn perform(what: &str, words: &[&str], command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| missing(words, &error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(what, words)) }
}

/// Says what comes next.
pub(crate) fn say(what: &str, words: &[&str]) {
    let _ = writeln!(stderr(), "\n== {what}: {}", words.join(" "));
}

/// Says what goes on within this program.
pub(crate) fn note(what: &str) {
    let _ = writeln!(stderr(), "== {what}");
}

/// A step that came to a bad end.
pub(crate) fn failed(what: &str, words: &[&str]) -> Failure {
    format!("== failed: {what}: {}", words.join(" ")).into()
}

/// Makes sure that a C compiler is there: SQLite and the cryptography are partly written in C.
///
/// # Errors
/// When there is none, with the command that installs one.
pub(crate) fn need_c_compiler() -> Result<(), Failure> {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let found = Command::new(compiler).arg("--version").stdout(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(()),
        _ => Err("SQLite and the cryptography need a C compiler, and there is none; on Debian: \
                  apt-get install -y gcc libc6-dev"
            .into()),
    }
}

/// Installs a part of the Rust toolchain where it is missing.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn need_toolchain_part(kind: &str, name: &str, why: &str) -> Result<(), Failure> {
    let listed = command(&["rustup", kind, "list", "--installed"]).output();
    let Ok(listed) = listed else {
        // A toolchain that rustup does not manage has what its packager gave it.
        return Ok(());
    };
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    if listed.lines().any(|line| line.starts_with(name)) {
        return Ok(());
    }
    step(&format!("installing {name}, {why}"), &["rustup", kind, "add", name])
}

/// The project's root.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program that could not be started.
pub(crate) fn missing(words: &[&str], error: &str) -> Failure {
    format!("== {} could not be started: {error}", words.first().unwrap_or(&"")).into()
}
