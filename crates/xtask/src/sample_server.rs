//! A server of the release build with the page and seven days of sample lines, for what is measured in
//! a browser. Its data is deleted when it ends.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    Failure, page,
    running::Running,
    services::{deliver_to_sink, token},
    step::{need_c_compiler, perform, say, step, target},
};

/// The running server and its receiver.
#[derive(Debug)]
pub(crate) struct SampleServer {
    server: Running,
    token: String,
    _sink: Running,
    _data: TempDir,
}

impl SampleServer {
    /// Builds the page and the server, and starts it with an enabled webhook in `us`.
    ///
    /// # Errors
    /// Something cannot be built or started.
    pub(crate) fn start() -> Result<Self, Failure> {
        need_c_compiler()?;
        page::build()?;
        let words = ["cargo", "build", "--release", "--package", "replay-server", "--locked"];
        step("building the server for release", &words)?;
        let program = target().join("release/replay-server").to_string_lossy().into_owned();
        let data = tempfile::Builder::new().prefix("sample-").tempdir_in(target())?;
        insert_samples(&program, data.path())?;

        let (token, dist) = (token()?, page::dist().to_string_lossy().into_owned());
        let folder = data.path().to_string_lossy().into_owned();
        let sink = [&program, "sink", "--listen", "127.0.0.1:0"];
        let sink = Running::start("sink", &sink, None)?;
        let serve = [&program, "serve", "--listen", "127.0.0.1:0", "--data", &folder];
        let options = ["--dist", &dist, "--allow-net", "127.0.0.0/8", "--forward"];
        let words = [&serve[..], &options].concat();
        let server = Running::start("server", &words, Some(&token))?;
        deliver_to_sink(&server.url, &sink.url, &token)?;
        Ok(Self { server, token, _sink: sink, _data: data })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.server.url
    }

    /// What a link to the page has at its end, so that the page opens signed in.
    pub(crate) fn fragment(&self) -> String {
        format!("#token={}", self.token)
    }
}

fn insert_samples(program: &str, data: &Path) -> Result<(), Failure> {
    let data = data.to_string_lossy().into_owned();
    let words = [program, "sample", "--data", &data, "--days", "7"];
    say("inserting sample lines", &words);
    perform("inserting sample lines", &words, Command::new(program).args(&words[1..]))
}
