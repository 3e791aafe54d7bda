//! Programs of ours that go on running: they end with the value that stands for them, and their
//! output is shown meanwhile.

use std::{
    io::{BufRead, BufReader, Lines, Write, stdout},
    process::{Child, ChildStdout, Stdio},
    sync::mpsc,
    thread,
};

use crate::{Failure, step::command};

/// A program of ours that has said where it listens; it ends with this value.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    child: Child,
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
        let mut command = command(words);
        command.env_remove(TOKEN).envs(token.map(|token| (TOKEN, token)));
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("a program without output")?;
        let mut output = BufReader::new(output).lines();
        let first = output.next().transpose()?.unwrap_or_default();
        let url = first.strip_prefix("listening on ").map(str::to_owned);
        let url = url.ok_or_else(|| format!("{} did not start", words.join(" ")))?;
        Ok(Self { name, child, output: Some(output), url })
    }
}

impl Running {
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

const TOKEN: &str = "REPLAY_ADMIN_TOKEN";

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
