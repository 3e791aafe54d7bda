//! PostgreSQL, which the tests of the store and the benchmark of the database run on.

use local_postgres::programs;

use crate::{Failure, apt::install_where_possible};

/// Makes sure that PostgreSQL's programs are there.
///
/// # Errors
/// When they are not and cannot be installed, with the command that installs them.
pub(crate) fn need_postgres() -> Result<(), Failure> {
    if programs().is_ok() {
        return Ok(());
    }
    install_where_possible("installing PostgreSQL, a database of the server", &INSTALL)?;
    if programs().is_ok() {
        return Ok(());
    }
    let install = INSTALL.join(" ");
    Err(format!(
        "PostgreSQL is needed; on Debian: {install}, as root; elsewhere have initdb and postgres on PATH"
    )
    .into())
}

const INSTALL: [&str; 4] = ["apt-get", "install", "--yes", "postgresql"];
