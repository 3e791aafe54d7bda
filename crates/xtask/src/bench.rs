//! `cargo xtask bench`: figures of a release build of the server on this machine, against the bars of the
//! design. They are printed, never asserted: it fails only where something cannot be measured.

mod api;
mod archive;
mod bodies;
mod clock;
mod context;
mod disk;
mod ingest;
mod interrupt;
mod latency;
mod lines;
mod nginx;
mod nodes;
mod number;
mod options;
mod page;
mod postgres;
mod process;
mod random;
mod raw_sender;
mod replay;
mod scenarios;
mod server;
mod slow_receiver;
mod spread;
mod table;

use std::{
    io::{Write, stderr},
    os::unix::process::CommandExt,
    process::Command,
};

use context::Context;
use options::Options;
pub(crate) use page::page;
use table::print_head;

use crate::Failure;

/// Measures what these words name.
///
/// # Errors
/// A word is not known, or something cannot be measured; the other scenarios are measured first.
pub(crate) fn bench(words: &[&str]) -> Result<(), Failure> {
    let options = Options::read(words)?;
    if cfg!(debug_assertions) {
        server::build()?;
        // The generator and the raw sender work as hard as the server.
        return Err(Command::new(server::built("xtask")).arg("bench").args(words).exec().into());
    }
    interrupt::listen()?;
    let mut context = Context::start(options.is_large)?;
    print_head()?;
    let mut failed = Vec::new();
    for scenario in options.scenarios {
        if let Err(error) = scenario.run(&mut context) {
            interrupt::check()?;
            writeln!(stderr(), "== {}: {error}", scenario.name())?;
            failed.push(scenario.name());
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("not measured to the end: {}", failed.join(", ")).into())
    }
}
