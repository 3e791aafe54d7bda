//! The project's glue: `cargo xtask run`, `cargo xtask test` and their parts. It starts tools and
//! says why; what the product does is not decided here.

mod apt;
mod assets;
mod attribution;
mod bench;
mod browser;
mod counts;
mod dev;
mod lighthouse;
mod page;
mod page_toolchain;
mod postgres;
mod promtool;
mod publish;
mod run;
mod running;
mod sample_server;
mod services;
mod shots;
mod size;
mod split;
mod step;
mod test;
mod tools;
mod transfer;
mod wasm;

use std::{
    env,
    io::{Write, stderr},
    process::ExitCode,
};

/// Why a command ended early.
type Failure = Box<dyn core::error::Error>;

const USAGE: &str = "\
usage: cargo xtask run              the page and its server on this machine, with a sink
       cargo xtask run --sample     the same, with seven days of sample lines
       cargo xtask run --konnect    the page over real Konnect
       cargo xtask dev              the server and `trunk serve`, rebuilt when sources change
       cargo xtask test             everything CI runs
       cargo xtask page             the page alone, into dist
       cargo xtask size             what a cold load of the page transfers, and whose bytes it is
       cargo xtask bench [--large] [NAME…]   figures of a release build against their bars
       cargo xtask bench page [--help]       how soon the page is painted and usable, in Chromium
       cargo xtask lighthouse       the page's scores in Lighthouse, which are 95 or more
       cargo xtask shots            a picture of each state of the page, into target/shots";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["run"] => run::run(run::Over::Archive),
        ["run", "--sample"] => run::run(run::Over::Samples),
        ["run", "--konnect"] => run::run(run::Over::Konnect),
        ["dev"] => dev::dev(),
        ["test"] => test::test(),
        ["page"] => page::build(),
        ["size"] => size::size(),
        ["lighthouse"] => lighthouse::lighthouse(),
        ["bench", "page", ref words @ ..] => bench::page(words),
        ["bench", ref words @ ..] => bench::bench(words),
        ["shots"] => shots::shots(),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
