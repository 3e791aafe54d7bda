//! Adds to the page's script what loads the second part.

use super::LOAD;
use crate::Failure;

/// The script with the loader of the second part, which is the file `second` beside it.
///
/// # Errors
/// The script is not as wasm-bindgen makes it.
pub(crate) fn with_loader(script: &str, second: &str) -> Result<String, Failure> {
    let parts: Vec<&str> = script.split(IMPORTS).collect();
    let [before, after] = parts[..] else {
        return Err(format!("the page's script does not have `{IMPORTS}` once").into());
    };
    let loader = LOADER.replace("SECOND_PART_NAME", second);
    Ok(format!("{before}{IMPORTS} {LOAD},{after}\n{loader}"))
}

/// Where the script begins to list what it gives to the module.
const IMPORTS: &str = "const import0 = {";

const LOADER: &str = include_str!("loader.js");
