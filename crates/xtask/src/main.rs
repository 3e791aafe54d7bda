//! The project's glue: `cargo xtask run` and `cargo xtask test`. It starts tools and says why; what
//! the product does is not decided here.

mod run;
mod step;
mod test;

use std::{
    env,
    io::{Write, stderr},
    process::ExitCode,
};

/// Why a command ended early.
type Failure = Box<dyn core::error::Error>;

const USAGE: &str = "usage: cargo xtask run [--sample]   start server and sink, print what to paste
       cargo xtask test             everything CI runs";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["run"] => run::run(run::Samples::None),
        ["run", "--sample"] => run::run(run::Samples::SevenDays),
        ["test"] => test::test(),
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
