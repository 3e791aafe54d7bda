//! The browser that the page's tests run in, and the driver that they steer it with.

use std::path::PathBuf;

use which::which;

use crate::{Failure, apt::install_where_possible};

/// Makes sure that a Chromium is there, and a driver, which finds it by itself.
///
/// # Errors
/// When they are not and cannot be installed, with the command that installs them.
pub(crate) fn need_browser() -> Result<PathBuf, Failure> {
    if let Some(driver) = find() {
        return Ok(driver);
    }
    let what = "installing Chromium, where the page's tests run; about a minute, once";
    install_where_possible(what, &INSTALL)?;
    find().ok_or_else(|| {
        let install = INSTALL.join(" ");
        format!(
            "the page's tests need Chromium and its driver; on Debian: {install}, as root; \
             elsewhere have chromium or google-chrome, and chromedriver, on PATH"
        )
        .into()
    })
}

const INSTALL: [&str; 5] = ["apt-get", "install", "--yes", "chromium", "chromium-driver"];

/// The names of the browser's program.
pub(crate) const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn find() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| which(name).ok())?;
    which("chromedriver").ok()
}
