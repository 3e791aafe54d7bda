//! `cargo xtask dev`: the server, a sink and `trunk serve`, each rebuilt when its sources change. The
//! page is at Trunk's address, which passes requests to `/api` on to the server.

use core::time::Duration;
use std::{
    fs,
    io::{self, Write, stderr, stdout},
    sync::mpsc::{self, RecvTimeoutError},
    time::SystemTime,
};

use crate::{
    Failure,
    assets::files,
    page,
    running::{EndsWithScope, Running, on_interrupt},
    services::{self, DATA, SERVER_PORT, Services, is_free},
    step::{need_c_compiler, root},
};

/// Runs everything until Ctrl-C is pressed or Trunk ends.
///
/// # Errors
/// Something cannot be built or started, or the server's port is taken.
pub(crate) fn dev() -> Result<(), Failure> {
    need_c_compiler()?;
    if !is_free(SERVER_PORT) {
        let reason =
            format!("port {SERVER_PORT}, which Trunk.toml names, is taken: end what uses it");
        return Err(reason.into());
    }
    services::build_server()?;
    let address = format!("127.0.0.1:{SERVER_PORT}");
    let Services { mut server, mut sink, token } = services::start(&address, &[])?;
    server.show_output(None);
    sink.show_output(None);
    let mut trunk = EndsWithScope(page::serve()?);
    writeln!(
        stdout(),
        "\n  open  {}/#token={token}\n\nThe page and the server are rebuilt when their sources \
         change; the data is in ./{DATA}. Ctrl-C ends everything.\n",
        page::SERVE_URL,
    )?;

    let (end, ended) = mpsc::channel();
    on_interrupt(end)?;
    let mut seen = newest_source()?;
    while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(Duration::from_millis(500)) {
        if trunk.0.try_wait()?.is_some() {
            return Err("trunk has ended; see above".into());
        }
        let newest = newest_source()?;
        if newest > seen {
            seen = newest;
            server = rebuilt(server, &address, &token)?;
        }
    }
    Ok(())
}

/// The server built anew; the running one where it does not build.
fn rebuilt(running: Running, address: &str, token: &str) -> Result<Running, Failure> {
    if let Err(error) = services::build_server() {
        writeln!(stderr(), "{error}; the previous server keeps running")?;
        return Ok(running);
    }
    drop(running);
    let mut server = services::start_server(address, &[], token)?;
    server.show_output(None);
    Ok(server)
}

/// When a source file of the server was last changed.
fn newest_source() -> io::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for package in ["time-range", "replay-core", "replay-wire", "audit-log", "replay-server"] {
        let folder = root().join("crates").join(package);
        for file in files(&folder)? {
            newest = newest.max(fs::metadata(folder.join(file))?.modified()?);
        }
    }
    Ok(newest)
}
