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

const TOKEN: &str = "REPLAY_ADMIN_TOKEN";

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Shows what the programs say, until one of them ends or Ctrl-C is pressed; then all have ended.
///
/// # Errors
/// When Ctrl-C cannot be listened for.
pub(crate) fn until_the_end(programs: Vec<Running>) -> Result<(), Failure> {
    let (end, ended) = mpsc::channel();
    let told_to_end = end.clone();
    ctrlc::set_handler(move || {
        // Nobody waits any more only if the end has come already.
        let _ = told_to_end.send(());
    })?;
    let mut programs = programs;
    for program in &mut programs {
        let (end, name, output) = (end.clone(), program.name, program.output.take());
        thread::spawn(move || {
            for line in output.into_iter().flatten().map_while(Result::ok) {
                let _ = writeln!(stdout(), "{name}: {line}");
            }
            let _ = end.send(());
        });
    }
    ended.recv()?;
    Ok(())
}
