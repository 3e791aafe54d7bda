//! The page: Trunk builds it, and what comes of it is made ready for serving. What is in it is not
//! decided here.

use std::{
    ffi::OsString,
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command},
};

use crate::{
    Failure,
    page_toolchain::{PageToolchain, WASM},
    publish::publish,
    step::{self, command, missing, need_toolchain_part, perform, root, say},
    tools::{path_with, trunk, wasm_bindgen},
};

/// Builds the page into [`dist`].
///
/// # Errors
/// When something cannot be installed or built.
pub(crate) fn build() -> Result<(), Failure> {
    let path = tools()?;
    let toolchain = PageToolchain::install()?;
    // Unlike cargo, Trunk does not wait for another that builds the same.
    fs::create_dir_all(target())?;
    let lock = File::create(target().join("lock"))?;
    lock.lock()?;
    let built = built();
    let to = built.to_string_lossy().into_owned();
    let words = ["trunk", "build", "--release", "--offline", "--locked", "--dist", &to];
    say("building the page", &words);
    let mut trunk = trunk_command(&words, path);
    perform("building the page", &words, toolchain.select(&mut trunk))?;
    publish(&built, &dist())
}

/// Where [`serve`] serves the page.
pub(crate) const SERVE_URL: &str = "http://127.0.0.1:8080";

/// Starts `trunk serve`, which rebuilds the page when its sources change.
///
/// # Errors
/// Something cannot be installed, or Trunk does not start.
pub(crate) fn serve() -> Result<Child, Failure> {
    let path = tools()?;
    let words = ["trunk", "serve", "--offline", "--locked", "--address", "127.0.0.1"];
    let words = [&words[..], &["--port", "8080"]].concat();
    say("serving the page", &words);
    let started = trunk_command(&words, path).spawn();
    started.map_err(|error| missing(&words, &error.to_string()))
}

/// PATH with the page's tools on it, once all that a build needs is there.
fn tools() -> Result<OsString, Failure> {
    need_toolchain_part("target", WASM, "where the page runs")?;
    let path = path_with(&[trunk(), wasm_bindgen()?])?;
    // Trunk runs offline, so that it downloads no program itself: cargo needs its crates before.
    let fetch = ["cargo", "fetch", "--quiet", "--locked"];
    perform("fetching crates", &fetch, &mut command(&fetch))?;
    Ok(path)
}

fn trunk_command(words: &[&str], path: OsString) -> Command {
    let mut trunk = command(words);
    // In a target folder of its own, or it would wait for the server's build.
    trunk.env("PATH", path).env("CARGO_TARGET_DIR", target());
    // Trunk accepts only `true` or `false` there.
    trunk.env_remove("NO_COLOR");
    trunk
}

/// The page as Trunk leaves it, with the names of its functions.
pub(crate) fn built() -> PathBuf {
    target().join("trunk")
}

/// The page as the server serves it.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Where cargo puts what it builds for the page.
pub(crate) fn target() -> PathBuf {
    step::target().join("page")
}
