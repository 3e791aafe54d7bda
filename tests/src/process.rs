//! Real server processes: started, stopped, killed, and started again on the same data directory.

use core::time::Duration;
use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
};

use replay_server::clock::Clock;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::{client::ApiClient, lines::Window};

/// The org-admin token in the environment of each server that [`ServerDir`] starts.
pub const TOKEN: &str = "the token of an org-admin, for tests";

/// A temporary directory with a server's data and log. It outlives the processes that use it.
#[derive(Debug)]
pub struct ServerDir {
    dir: TempDir,
    /// The database that the server uses instead of the data directory.
    database: Option<String>,
}

/// A process that has printed the URL at which it listens.
#[derive(Debug)]
pub struct Process {
    /// The process.
    pub child: Child,
    /// The URL, without a slash at its end.
    pub base_url: String,
    stdout: Option<Lines<BufReader<ChildStdout>>>,
}

/// A process of `serve`, and a client of it.
#[derive(Debug)]
pub struct Server {
    /// The process.
    pub process: Process,
    /// A client with [`TOKEN`].
    pub api: ApiClient,
}

impl Default for ServerDir {
    fn default() -> Self {
        Self::new()
    }
}

impl ServerDir {
    /// An empty directory.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), database: None }
    }

    /// An empty directory for the log, and a database at this URL.
    pub fn with_database(url: String) -> Self {
        Self { database: Some(url), ..Self::new() }
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Leaves the directory when this is dropped, and returns its path.
    pub fn keep(&mut self) -> &Path {
        self.dir.disable_cleanup(true);
        self.dir.path()
    }

    /// Writes a file beside the data directory and returns its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// What the processes have logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    /// The command that serves this directory.
    pub fn serve_command(&self, args: &[&str]) -> Command {
        self.serve_command_through(program(), args)
    }

    /// The same command run by `wrapper`, a command that executes its arguments.
    pub fn serve_command_through(&self, mut wrapper: Command, args: &[&str]) -> Command {
        let log = File::options().append(true).create(true).open(self.dir.path().join("log"));
        wrapper.arg("serve");
        self.locate(&mut wrapper);
        if !args.contains(&"--listen") {
            wrapper.args(["--listen", "127.0.0.1:0"]);
        }
        wrapper.args(args).env("REPLAY_ADMIN_TOKEN", TOKEN).stderr(log.unwrap());
        wrapper
    }

    /// Starts a server that may deliver to loopback and writes no self-audit lines.
    pub async fn serve(&self, args: &[&str]) -> Server {
        let args = [&["--allow-net", "127.0.0.0/8", "--no-self-audit"], args].concat();
        Server::start(self.serve_command(&args)).await
    }

    /// Another subcommand on the data directory.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.args(args);
        self.locate(&mut command);
        command
    }

    fn locate(&self, command: &mut Command) {
        match &self.database {
            Some(url) => command.arg("--database").arg(url),
            None => command.arg("--data").arg(self.data()),
        };
    }

    /// Runs another subcommand on the data directory to its exit.
    pub async fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().await.unwrap()
    }

    /// Runs another subcommand on the data directory, which must succeed; returns its stdout.
    pub async fn stdout_of(&self, args: &[&str]) -> String {
        let output = self.run(args).await;
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Process {
    /// Starts the command and waits until it listens.
    pub async fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = stdout.next_line().await.unwrap().unwrap_or_default();
        let Some(base_url) = first.strip_prefix("listening on ") else {
            panic!("the first line is {first:?}")
        };
        Self { base_url: base_url.to_owned(), child, stdout: Some(stdout) }
    }

    /// The next line that it prints; `None` after it has closed its stdout.
    pub async fn next_line(&mut self) -> Option<String> {
        let next = self.stdout.as_mut().unwrap().next_line();
        timeout(Duration::from_secs(30), next).await.expect("the process printed nothing").unwrap()
    }

    /// Closes the reading end of its stdout.
    pub fn close_stdout(&mut self) {
        self.stdout = None;
    }

    /// Kills it with SIGKILL.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends it the signal with this name, without `SIG`.
    pub async fn signal(&self, name: &str) {
        let kill = format!("kill -s {name} {}", self.child.id().unwrap());
        assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
    }

    /// Waits for its exit.
    pub async fn exit_status(mut self) -> ExitStatus {
        let status = timeout(Duration::from_secs(30), self.child.wait()).await;
        status.expect("the process did not exit").unwrap()
    }
}

impl Server {
    /// Starts the command and waits until it listens.
    pub async fn start(command: Command) -> Self {
        let process = Process::start(command).await;
        let api = ApiClient::new(process.base_url.clone(), TOKEN);
        Self { process, api }
    }

    /// Kills it with SIGKILL.
    pub async fn kill(self) {
        self.process.kill().await;
    }

    /// Stops it with SIGTERM: then the database file contains everything and has no write-ahead log.
    pub async fn stop(self) {
        // A server that responds has installed its signal handlers.
        self.api.job().await;
        self.process.signal("TERM").await;
        assert_eq!(self.process.exit_status().await.code(), Some(0));
    }
}

/// The program without arguments. Cargo names its path in the environment of the tests.
pub fn program() -> Command {
    Command::new(env::var_os("CARGO_BIN_EXE_server-under-test").expect("run the tests with cargo"))
}

/// Runs a command that must exit with code 1 and print nothing on stdout; returns its stderr.
pub async fn stderr_of_failure(mut command: Command) -> String {
    let output = command.stderr(Stdio::piped()).kill_on_drop(true).output();
    let output =
        timeout(Duration::from_secs(30), output).await.expect("the process did not exit").unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(output.stdout, b"", "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A minute of the real past that can be replayed.
pub fn window() -> Window {
    Window::before(Clock::system().now())
}
