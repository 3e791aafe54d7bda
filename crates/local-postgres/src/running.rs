//! A server that ends with the process that has started it, even if that is killed.

use std::{
    fs::File,
    io,
    os::unix::process::CommandExt,
    process::{Child, Stdio},
};

use crate::Cluster;

/// A running server: a shell, which ends the server when its input is closed. That is so when this process
/// ends, or this value is dropped.
#[derive(Debug)]
pub struct Running(Child);

/// What happens to the folder of a server after its end.
#[derive(Clone, Copy, Debug)]
pub enum FolderAtEnd {
    /// It is kept, so that the server can be started again.
    Kept,
    /// It is removed.
    Removed,
}

impl Running {
    /// Starts a server with more options, which writes its log into the folder.
    pub(crate) fn start(
        cluster: &Cluster,
        options: &[String],
        folder: FolderAtEnd,
    ) -> io::Result<Self> {
        let at_end = match folder {
            FolderAtEnd::Kept => "",
            FolderAtEnd::Removed => r#"rm -r "$PWD""#,
        };
        let script = format!(
            r#"
            "$0" "$@" &
            cat
            kill -QUIT $! 2>/dev/null
            wait
            {at_end}"#
        );
        let log = File::options().append(true).create(true).open(cluster.folder().join("log"))?;
        let (server, mut shell) = (cluster.server(), cluster.command("sh"));
        shell.arg("-c").arg(script).arg(server.get_program()).args(server.get_args()).args(options);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        // Signals to the group of this process, such as that of Ctrl+C, are not for the shell.
        Ok(Self(shell.process_group(0).spawn()?))
    }

    /// Stops the server at once, as a crash does, and waits for its end.
    ///
    /// # Errors
    /// The wait fails.
    pub fn stop(mut self) -> io::Result<()> {
        // This closes its input.
        self.0.wait().map(drop)
    }
}
