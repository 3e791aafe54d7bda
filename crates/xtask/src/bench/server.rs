//! The server under measurement: the program of the release build, and a process of it over a data
//! directory.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{api::Api, process::Process};
use crate::{
    Failure,
    running::Running,
    services::token,
    step::{need_c_compiler, step, target},
};

/// The built server.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: PathBuf,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    running: Running,
    /// Its API, for an org-admin.
    pub(super) api: Api,
    /// Its process.
    pub(super) process: Process,
}

/// Builds the server and this benchmark for release, both at once: the raw sender must not compress
/// with another build of the same library than the server.
///
/// # Errors
/// They do not build.
pub(super) fn build() -> Result<(), Failure> {
    need_c_compiler()?;
    let both = ["--package", "replay-server", "--package", "xtask"];
    let words = [&["cargo", "build", "--release", "--locked"], &both[..]].concat();
    step("building the server and the benchmark for release", &words)
}

/// A program of the release build.
pub(super) fn built(name: &str) -> PathBuf {
    target().join("release").join(name)
}

impl Program {
    /// The server of the release build.
    pub(super) fn of_release() -> Self {
        Self { path: built("replay-server") }
    }

    /// Starts a server over a data directory, with these options besides.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn start(&self, data: &Path, options: &[&str]) -> Result<Server, Failure> {
        self.serve(|command| command.arg("--data").arg(data).args(options))
    }

    /// Starts a server on a database.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn start_on_database(&self, url: &str) -> Result<Server, Failure> {
        self.serve(|command| command.args(["--database", url]))
    }

    fn serve(
        &self,
        add_options: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<Server, Failure> {
        let token = token()?;
        let mut command = Command::new(&self.path);
        command.args(["serve", "--listen", "127.0.0.1:0", "--allow-net", "127.0.0.0/8"]);
        // The log has a line for every job, in between the rows of the table.
        add_options(&mut command).env("RUST_LOG", "warn");
        let running = Running::start_command("server", &mut command, Some(&token))?;
        let api = Api::new(&running.url, &token);
        let process = Process(running.id());
        Ok(Server { running, api, process })
    }
}

impl Server {
    /// Ends it in order.
    ///
    /// # Errors
    /// It cannot be ended.
    pub(super) fn stop(self) -> Result<(), Failure> {
        self.running.stop()
    }
}
