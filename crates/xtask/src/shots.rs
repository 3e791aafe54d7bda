//! `cargo xtask shots`: a picture of every state of the page, for people to look at, and among them
//! the README's. The states and how they are reached are the tests'.

use std::fs;

use crate::{
    Failure,
    browser::need_browser,
    page,
    step::{command, need_c_compiler, perform, root, say, target},
};

/// Builds the page and has its tests take the pictures.
///
/// # Errors
/// When something cannot be built, or a state is not as it should be.
pub(crate) fn shots() -> Result<(), Failure> {
    need_c_compiler()?;
    page::build()?;
    need_browser()?;
    let folder = target().join("shots");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let what = "a picture of every state";
    let words = ["cargo", "test", "--locked", "--package", "replay-tests", "--test", "browser"];
    let words = [&words[..], &["states::"]].concat();
    say(what, &words);
    perform(what, &words, command(&words).env("SHOTS", fs::canonicalize(&folder)?))?;
    fs::copy(folder.join("completed-wide-light.png"), root().join("screenshot.png"))?;
    Ok(())
}
