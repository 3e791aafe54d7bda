//! PostgreSQL, which the tests of the store run on, too.

use std::path::Path;

use which::which;

use crate::{Failure, apt::install_where_possible};

/// Makes sure that the server's programs are there. The tests find them by themselves.
///
/// # Errors
/// When they are not and cannot be installed, with the command that installs them.
pub(crate) fn need_postgres() -> Result<(), Failure> {
    if is_there() {
        return Ok(());
    }
    install_where_possible("installing PostgreSQL, which the tests of the store run on", &INSTALL)?;
    if is_there() {
        return Ok(());
    }
    let install = INSTALL.join(" ");
    Err(format!(
        "the tests of the store need PostgreSQL; on Debian: {install}, as root; elsewhere have \
         initdb and postgres on PATH"
    )
    .into())
}

const INSTALL: [&str; 4] = ["apt-get", "install", "--yes", "postgresql"];

/// Debian keeps the programs out of PATH, in a folder for each version.
fn is_there() -> bool {
    which("initdb").is_ok() || Path::new("/usr/lib/postgresql").is_dir()
}
