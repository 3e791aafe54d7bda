//! Child processes that keep running: each is killed when its value is dropped, and its output is
//! shown until then.

use core::time::Duration;
use std::{
    io::{BufRead, BufReader, Lines, Write, stdout},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Instant,
};

use crate::{Failure, step::command};

/// A child process that is killed when this value is dropped.
#[derive(Debug)]
pub(crate) struct EndsWithScope(pub(crate) Child);

/// A program of this workspace that has printed where it listens.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    child: EndsWithScope,
    output: Option<Lines<BufReader<ChildStdout>>>,
    /// Where it listens.
    pub(crate) url: String,
}

impl Running {
    /// Starts a program, and waits until it listens.
    ///
    /// # Errors
    /// When it ends before that.
    pub(crate) fn start(
        name: &'static str,
        words: &[&str],
        token: Option<&str>,
    ) -> Result<Self, Failure> {
        Self::start_command(name, &mut command(words), token)
    }

    /// Starts the program of this command, and waits until it listens.
    ///
    /// # Errors
    /// When it ends before that.
    pub(crate) fn start_command(
        name: &'static str,
        command: &mut Command,
        token: Option<&str>,
    ) -> Result<Self, Failure> {
        command.env_remove(TOKEN).envs(token.map(|token| (TOKEN, token)));
        let mut child = EndsWithScope(command.stdout(Stdio::piped()).spawn()?);
        let output = child.0.stdout.take().ok_or("a program without output")?;
        let mut output = BufReader::new(output).lines();
        let first = output.next().transpose()?.unwrap_or_default();
        let url = first.strip_prefix("listening on ").map(str::to_owned);
        let url = url.ok_or_else(|| format!("{name} did not start: {command:?}"))?;
        Ok(Self { name, child, output: Some(output), url })
    }
}

impl Running {
    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// Asks the program to end, and waits until it has; after a while it is killed.
    ///
    /// # Errors
    /// When it cannot be asked, or waited for.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        let asked = Instant::now();
        while self.child.0.try_wait()?.is_none() && asked.elapsed() < STOPS_WITHIN {
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Prints the program's output, line by line, until it ends; then sends to `end`.
    pub(crate) fn show_output(&mut self, end: Option<mpsc::Sender<()>>) {
        let (name, output) = (self.name, self.output.take());
        thread::spawn(move || {
            for line in output.into_iter().flatten().map_while(Result::ok) {
                let _ = writeln!(stdout(), "{name}: {line}");
            }
            if let Some(end) = end {
                let _ = end.send(());
            }
        });
    }
}

/// How long a program may take to end in order.
const STOPS_WITHIN: Duration = Duration::from_secs(30);

const TOKEN: &str = "REPLAY_ADMIN_TOKEN";

impl Drop for EndsWithScope {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Shows the programs' output until one of them ends or Ctrl-C is pressed; then ends all of them.
///
/// # Errors
/// Ctrl-C cannot be listened for.
pub(crate) fn until_the_end(mut programs: Vec<Running>) -> Result<(), Failure> {
    let (end, ended) = mpsc::channel();
    on_interrupt(end.clone())?;
    for program in &mut programs {
        program.show_output(Some(end.clone()));
    }
    ended.recv()?;
    Ok(())
}

/// Sends to `end` when Ctrl-C is pressed.
///
/// # Errors
/// Ctrl-C cannot be listened for.
pub(crate) fn on_interrupt(end: mpsc::Sender<()>) -> Result<(), Failure> {
    ctrlc::set_handler(move || {
        // The receiver is gone only if the end has come already.
        let _ = end.send(());
    })?;
    Ok(())
}
