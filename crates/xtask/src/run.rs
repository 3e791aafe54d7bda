//! `cargo xtask run`: the page and its server on this machine, and the one address to open. It ends
//! when one of its programs does, or with Ctrl-C, which reaches all of them.

use std::{
    io::{Write, stdout},
    thread,
};

use crate::{
    Failure, page,
    running::{Running, until_the_end},
    services::{self, DATA, SERVER_PORT, address_near},
    step::need_c_compiler,
};

/// What the page works on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Over {
    /// An archive on this machine, with the lines that are there.
    Archive,
    /// The same, with seven days of synthetic sample lines.
    Samples,
    /// Real Konnect, with the token that the page is given.
    Konnect,
}

/// Builds and runs everything.
///
/// # Errors
/// Something cannot be built or started.
pub(crate) fn run(over: Over) -> Result<(), Failure> {
    need_c_compiler()?;
    build()?;
    let dist = page::dist().to_string_lossy().into_owned();
    if over == Over::Konnect {
        let server = start_gateway(&dist)?;
        let open = &server.url;
        writeln!(stdout(), "\n  open  {open}\n\nYour Konnect token is asked for there. {END}")?;
        return until_the_end(vec![server]);
    }

    if over == Over::Samples {
        services::insert_samples()?;
    }
    let services = services::start(&address_near(SERVER_PORT), &["--dist", &dist])?;
    writeln!(
        stdout(),
        "\n  open  {}/#token={}\n\nThe sink is at {}; the data \
         is in ./{DATA}. {END}",
        services.server.url,
        services.token,
        services.sink.url,
    )?;
    until_the_end(vec![services.server, services.sink])
}

const END: &str = "Ctrl-C ends everything.\n";

/// Builds the page while the server is built.
fn build() -> Result<(), Failure> {
    thread::scope(|scope| {
        // An error is passed between threads as its text.
        let page = scope.spawn(|| page::build().map_err(|error| error.to_string()));
        services::build_server()?;
        Ok(page.join().map_err(|_| "the page's build ended in a panic")??)
    })
}

fn start_gateway(dist: &str) -> Result<Running, Failure> {
    let (program, address) = (services::program(), address_near(SERVER_PORT));
    let upstream = "https://{region}.api.konghq.com";
    let words = [&program, "serve", "--listen", &address, "--dist", dist, "--upstream", upstream];
    Running::start("server", &words, None)
}
