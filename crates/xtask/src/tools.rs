//! The programs that cargo does not bring: each in the one version that fits, from PATH or else
//! from a cache folder of the user's. What is on PATH is never changed.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
};

use crate::{
    Failure,
    step::{command, perform, root, say},
};

/// A program that `cargo install` can build.
#[derive(Debug)]
pub(crate) struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    options: &'static [&'static str],
    why: &'static str,
}

/// Trunk, which needs only what builds a page: no TLS, and no look for a newer Trunk.
pub(crate) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        program: "trunk",
        version: "0.21.14".to_owned(),
        options: &["--locked", "--no-default-features"],
        why: "which builds the page; about three minutes, once",
    }
}

/// The program that fits the page's wasm to a browser, and the one that runs its tests there. The
/// version is that of the library, or neither understands what the compiler left.
///
/// # Errors
/// When the lock file does not name the library.
pub(crate) fn wasm_bindgen() -> Result<Tool, Failure> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let version = locked_version(&lock, "wasm-bindgen").ok_or("Cargo.lock has no wasm-bindgen")?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: version.to_owned(),
        // Its own lock file may name crates that a registry no longer serves.
        options: &[],
        why: "which fits the page to a browser; about a minute, once",
    })
}

/// The program that starts the page's tests.
pub(crate) fn wasm_pack() -> Tool {
    Tool {
        package: "wasm-pack",
        program: "wasm-pack",
        version: "0.15.1".to_owned(),
        options: &["--locked"],
        why: "which runs the page's tests in a browser; about a minute, once",
    }
}

/// PATH, with these tools on it.
///
/// # Errors
/// When one is missing and cannot be installed.
pub(crate) fn path_with(tools: &[Tool]) -> Result<OsString, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !tool.is_on_path()).collect();
    let cache = cache()?;
    if missing.iter().any(|tool| !tool.folder(&cache).exists()) {
        install(&missing, &cache)?;
    }
    let folders = missing.iter().map(|tool| tool.folder(&cache).join("bin"));
    Ok(env::join_paths(folders.chain(env::split_paths(&path)))?)
}

/// Installs what is missing, one process at a time.
fn install(tools: &[&Tool], cache: &Path) -> Result<(), Failure> {
    fs::create_dir_all(cache)?;
    let path = cache.join("lock");
    let lock = File::create(&path)?;
    if lock.try_lock().is_err() {
        say("waiting for another process to install tools", &[&path.to_string_lossy()]);
        lock.lock()?;
    }
    let built = cache.join("build");
    for tool in tools {
        tool.install(cache, &built)?;
    }
    if built.exists() {
        // Large, and of no use any more.
        fs::remove_dir_all(built)?;
    }
    Ok(())
}

impl Tool {
    fn is_on_path(&self) -> bool {
        let said = command(&[self.program, "--version"]).output();
        said.is_ok_and(|said| {
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            said.split_whitespace().nth(1) == Some(&self.version)
        })
    }

    fn folder(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.package, self.version))
    }

    fn install(&self, cache: &Path, built: &Path) -> Result<(), Failure> {
        let folder = self.folder(cache);
        if folder.exists() {
            return Ok(());
        }
        // It gets its name when it is complete: an interrupted installation does not look like one.
        let unfinished = cache.join("unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        let wanted = format!("{}@{}", self.package, self.version);
        let to = unfinished.to_string_lossy().into_owned();
        let words = ["cargo", "install", "--debug", "--root", &to, &wanted];
        let words = [&words[..], self.options].concat();
        let what = format!("installing {wanted}, {}", self.why);
        say(&what, &words);
        perform(
            &what,
            &words,
            command(&words)
                .env("CARGO_TARGET_DIR", built)
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .current_dir(cache),
        )?;
        fs::rename(unfinished, folder)?;
        Ok(())
    }
}

/// The folder that all of the user's checkouts share.
///
/// # Errors
/// The environment does not say where the user's files are.
pub(crate) fn cache() -> Result<PathBuf, Failure> {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = named.or_else(home).ok_or("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("audit-log-replay"))
}

/// The version of a package in the text of a lock file.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(after.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_version_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"…\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
