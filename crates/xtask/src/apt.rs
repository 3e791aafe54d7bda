//! Packages of the system that a command needs: on Debian, root has them installed.

use std::process::Command;

use which::which;

use crate::{Failure, step::step};

/// Installs a package after saying what for, where apt-get is there and this is root; elsewhere it
/// does nothing.
///
/// # Errors
/// When the installation fails.
pub(crate) fn install_where_possible(what: &str, command: &[&str]) -> Result<(), Failure> {
    if is_root() && which("apt-get").is_ok() {
        step("updating the list of packages", &["apt-get", "update"])?;
        step(what, command)?;
    }
    Ok(())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout == b"0\n")
}
