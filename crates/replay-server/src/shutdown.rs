//! The signals that shut the process down. It does not decide what is done at shutdown.

use core::future::pending;
use std::{fs, io};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Handlers of SIGTERM, SIGINT and SIGHUP.
#[derive(Debug)]
pub(crate) struct ShutdownSignals {
    terminate: Signal,
    interrupt: Signal,
    /// `None` if SIGHUP was ignored when the process started, as under `nohup`; it stays ignored then.
    hangup: Option<Signal>,
}

impl ShutdownSignals {
    /// Installs the handlers. From then on, none of the signals ends the process immediately.
    ///
    /// # Errors
    /// The operating system refuses a handler.
    pub(crate) fn listen() -> io::Result<Self> {
        let hangup = if hangup_is_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup,
        })
    }

    /// Completes at the first of the signals.
    pub(crate) async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = received(self.hangup) => {}
        }
    }
}

async fn received(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => {
            signal.recv().await;
        }
        None => pending().await,
    }
}

/// Whether SIGHUP is ignored; `false` without `/proc`. `SigIgn` is a hexadecimal mask whose lowest bit is
/// signal 1, SIGHUP: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
fn hangup_is_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 != 0)
}
