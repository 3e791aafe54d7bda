//! The browser that the page's tests run in, and the driver that they steer it with.

use std::{path::PathBuf, process::Command};

use which::which;

use crate::{Failure, step::step};

/// Makes sure that a Chromium is there, and a driver, which finds it by itself.
///
/// # Errors
/// When they are not and cannot be installed, with the command that installs them.
pub(crate) fn need_browser() -> Result<PathBuf, Failure> {
    if let Some(driver) = find() {
        return Ok(driver);
    }
    if is_root() && which("apt-get").is_ok() {
        step("updating the list of packages", &["apt-get", "update"])?;
        step("installing Chromium, where the page's tests run; about a minute, once", &INSTALL)?;
    }
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

fn find() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().find_map(|name| which(name).ok())?;
    which("chromedriver").ok()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout == b"0\n")
}
