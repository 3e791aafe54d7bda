//! The toolchain that builds the page for serving. The standard library is compiled with the page,
//! without the texts of panics and optimized for size, which makes a cold load 15 KB smaller. Only a
//! nightly compiler can do that, so its version is fixed here.

use std::process::{Command, Stdio};

use crate::{
    Failure,
    step::{command, note, perform, step},
};

/// The target that the page is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// A toolchain that can build the page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PageToolchain {
    /// The fixed nightly compiler, with the standard library built for size.
    Small,
    /// The compiler that runs this program; the page is larger.
    Own,
}

impl PageToolchain {
    /// Installs the nightly compiler if it is missing, and downloads the crates that the standard
    /// library needs, because Trunk builds offline. Without rustup, the compiler at hand is used.
    ///
    /// # Errors
    /// The compiler or a crate cannot be installed.
    pub(crate) fn install() -> Result<Self, Failure> {
        if !succeeds(&["rustup", "--version"]) {
            note(
                "there is no rustup: the page is built by the compiler at hand and is 15 KB larger",
            );
            return Ok(Self::Own);
        }
        if !succeeds(&["rustup", "run", NIGHTLY, "rustc", "--version"]) {
            let words = ["rustup", "toolchain", "install", NIGHTLY, "--profile", "minimal"];
            let parts = ["--component", "rust-src", "--target", WASM];
            step(
                "installing a nightly compiler, which makes the page smaller",
                &[&words[..], &parts].concat(),
            )?;
        }
        let fetch = ["rustup", "run", NIGHTLY, "cargo", "fetch", "--quiet", "--locked", "--target"];
        let fetch = [&fetch[..], &[WASM]].concat();
        let mut cargo = command(&fetch);
        perform("fetching crates", &fetch, Self::Small.select(&mut cargo))?;
        Ok(Self::Small)
    }

    /// Makes `command` build with this toolchain.
    pub(crate) fn select(self, command: &mut Command) -> &mut Command {
        match self {
            Self::Own => command,
            Self::Small => command
                .env("RUSTUP_TOOLCHAIN", NIGHTLY)
                .env_remove("CARGO")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
                .env("RUSTFLAGS", FLAGS),
        }
    }
}

/// The compiler. A newer one may need other flags.
const NIGHTLY: &str = "nightly-2026-10-30";

/// A panic ends the page without a text, and no text says where in the sources it was.
const FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none";

fn succeeds(words: &[&str]) -> bool {
    let status = command(words).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
