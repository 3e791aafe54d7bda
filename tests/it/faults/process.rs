//! The real program: started, told to end, killed, and started again on the same data directory.

use core::time::Duration;
use std::{
    fs::{self, File},
    path::PathBuf,
    process::{ExitStatus, Output, Stdio},
};

use replay_server::clock::Clock;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use super::{api::Api, lines::Window};

/// The token in the environment of every server that is not told otherwise.
pub(super) const TOKEN: &str = "the token of an org-admin, for tests";

/// Where a server keeps everything; outlives the processes that work on it.
pub(super) struct Place {
    dir: TempDir,
}

/// A process that has said where it listens.
pub(super) struct Process {
    pub(super) child: Child,
    pub(super) base: String,
    stdout: Option<Lines<BufReader<ChildStdout>>>,
}

/// A server's process, and its API.
pub(super) struct Server {
    pub(super) process: Process,
    pub(super) api: Api,
}

impl Place {
    pub(super) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A file beside the data.
    pub(super) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// All that its processes have logged.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    /// `serve`, without having been started yet.
    pub(super) fn serving(&self, args: &[&str]) -> Command {
        self.prepare(program(), args)
    }

    /// The same through `by`, a command that becomes what it is told.
    pub(super) fn prepare(&self, mut by: Command, args: &[&str]) -> Command {
        let log = File::options().append(true).create(true).open(self.dir.path().join("log"));
        by.arg("serve").arg("--data").arg(self.data());
        if !args.contains(&"--listen") {
            by.args(["--listen", "127.0.0.1:0"]);
        }
        by.args(args).env("REPLAY_ADMIN_TOKEN", TOKEN).stderr(log.unwrap());
        by
    }

    /// A server that may send to loopback.
    pub(super) async fn serve(&self, args: &[&str]) -> Server {
        let args = [&["--allow-net", "127.0.0.0/8", "--no-self-audit"], args].concat();
        Server::start(self.serving(&args)).await
    }

    /// Runs another subcommand on the data directory to its end.
    pub(super) async fn run(&self, args: &[&str]) -> Output {
        program().args(args).arg("--data").arg(self.data()).output().await.unwrap()
    }
}

impl Process {
    pub(super) async fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = stdout.next_line().await.unwrap().unwrap_or_default();
        let Some(base) = first.strip_prefix("listening on ") else {
            panic!("its first line is {first:?}")
        };
        Self { base: base.to_owned(), child, stdout: Some(stdout) }
    }

    /// What it prints next; `None` when it has ended.
    pub(super) async fn printed(&mut self) -> Option<String> {
        let next = self.stdout.as_mut().unwrap().next_line();
        timeout(Duration::from_secs(30), next).await.expect("it prints nothing").unwrap()
    }

    /// From now on nobody reads what it prints.
    pub(super) fn unread(&mut self) {
        self.stdout = None;
    }

    /// Ends it as a loss of power would, as far as it can tell.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to end.
    pub(super) async fn signal(&self, name: &str) {
        let kill = format!("kill -s {name} {}", self.child.id().unwrap());
        assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
    }

    /// How it has ended.
    pub(super) async fn ended(mut self) -> ExitStatus {
        let ended = timeout(Duration::from_secs(30), self.child.wait()).await;
        ended.expect("the process never ended").unwrap()
    }
}

impl Server {
    pub(super) async fn start(command: Command) -> Self {
        let process = Process::start(command).await;
        let api = Api::new(process.base.clone(), TOKEN);
        Self { process, api }
    }

    pub(super) async fn kill(self) {
        self.process.kill().await;
    }

    /// Ends it in good order: the database file holds everything then, and its log is deleted.
    pub(super) async fn stop(self) {
        // A server that answers has begun to listen for signals.
        self.api.job().await;
        self.process.signal("TERM").await;
        assert_eq!(self.process.ended().await.code(), Some(0));
    }
}

/// The program, without arguments.
pub(super) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_server-under-test"))
}

/// Runs a command that is expected to end, and answers what it said on stderr.
pub(super) async fn refused(mut command: Command) -> String {
    let output = command.stderr(Stdio::piped()).kill_on_drop(true).output();
    let output = timeout(Duration::from_secs(30), output).await.expect("it never ended").unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(output.stdout, b"", "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A minute of the real past that can be replayed.
pub(super) fn window() -> Window {
    Window::before(Clock::system().now())
}
