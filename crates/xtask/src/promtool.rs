//! The program that checks the page of metrics in the tests.

use which::which;

use crate::{Failure, apt::install_where_possible};

/// Makes sure that promtool is there.
///
/// # Errors
/// When it is not and cannot be installed, with the command that installs it.
pub(crate) fn need_promtool() -> Result<(), Failure> {
    if which(PROGRAM).is_ok() {
        return Ok(());
    }
    let what = "installing Prometheus, whose promtool checks the page of metrics";
    install_where_possible(what, &INSTALL)?;
    which(PROGRAM).map(|_| ()).map_err(|_| {
        let install = INSTALL.join(" ");
        format!(
            "the tests need promtool, which checks the page of metrics; on Debian: {install}, as \
             root; elsewhere have it on PATH"
        )
        .into()
    })
}

const PROGRAM: &str = "promtool";

/// Without what the package recommends: another service.
const INSTALL: [&str; 5] = ["apt-get", "install", "--yes", "--no-install-recommends", "prometheus"];
