//! The page: Trunk builds it, and what comes of it is made ready for serving. What is in it is not
//! decided here.

use std::{
    fs::{self, File},
    path::PathBuf,
};

use crate::{
    Failure,
    publish::publish,
    step::{self, command, need_toolchain_part, perform, root, say},
    tools::{path_with, trunk, wasm_bindgen},
};

/// Where the page's programs run.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Builds the page into [`dist`].
///
/// # Errors
/// When something cannot be installed or built.
pub(crate) fn build() -> Result<(), Failure> {
    need_toolchain_part("target", WASM, "where the page runs")?;
    let path = path_with(&[trunk(), wasm_bindgen()?])?;
    // Trunk goes offline so that it loads no program of its own choice; cargo has to have its
    // crates by then.
    let fetch = ["cargo", "fetch", "--quiet", "--locked"];
    perform("fetching crates", &fetch, &mut command(&fetch))?;

    // Unlike cargo, Trunk does not wait for another that builds the same.
    fs::create_dir_all(target())?;
    let lock = File::create(target().join("lock"))?;
    lock.lock()?;
    let built = built();
    let to = built.to_string_lossy().into_owned();
    let words = ["trunk", "build", "--release", "--offline", "--locked", "--dist", &to];
    say("building the page", &words);
    let mut trunk = command(&words);
    // A folder of its own, or it would wait for the server's build.
    trunk.env("PATH", path).env("CARGO_TARGET_DIR", target());
    // It takes no other value than `true` or `false`.
    trunk.env_remove("NO_COLOR");
    perform("building the page", &words, &mut trunk)?;
    publish(&built, &dist())
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
