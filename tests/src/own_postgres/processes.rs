//! The processes of a server, and the signals that a test sends them.

use std::{fs, path::Path, process::Command};

/// The process that listens, of the server with these files; `None` if it is not running.
pub(super) fn listener(data: &Path) -> Option<u32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

/// The processes that a process has started.
pub(super) fn children(of: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|number| parent(*number) == Some(of)).collect()
}

/// Sends processes the signal with this name, without `SIG`. Those that have ended are left out.
pub(super) fn signal(name: &str, processes: &[u32]) {
    for process in processes {
        let kill = format!("kill -s {name} {process} 2>/dev/null || true");
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

/// The process that has started a process.
fn parent(of: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{of}/stat")).ok()?;
    // The name of the program is in parentheses, and may have spaces.
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}
