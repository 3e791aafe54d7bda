//! Splits the page's module in two: the first part is loaded with the page, the second part on the
//! first use of the page. Which functions are in the second part is decided by `chosen`.
//!
//! Both parts share memory, globals and tables. What the first part calls of the second, it calls
//! through a slot of the table of functions. A slot is empty until the second part is there: then the
//! first part asks its script for the second part, and waits.

mod chosen;
mod contents;
mod first;
mod loader;
mod plan;
mod second;
mod shared;

use core::{error::Error, fmt};

use wasm_encoder::reencode;
use wasmparser::Validator;

use self::plan::Plan;
pub(crate) use self::{chosen::is_chosen, loader::with_loader};

/// What the second part names the first.
const FIRST: &str = "first";
/// What the first part imports from its script to load the second part at once.
const LOAD: &str = "load_second_part";

/// Why a module cannot be split.
pub(crate) type SplitError = reencode::Error<Unexpected>;

/// What is not in a module that wasm-bindgen made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unexpected(&'static str);

impl fmt::Display for Unexpected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl Error for Unexpected {}

/// A module in two parts.
pub(crate) struct Parts {
    /// What is loaded with the page.
    pub(crate) first: Vec<u8>,
    /// What is loaded later.
    pub(crate) second: Vec<u8>,
}

/// Splits `module`. The functions whose names are chosen are in the second part, and with them what
/// only they call.
///
/// # Errors
/// The module cannot be read, or is not as wasm-bindgen makes it.
pub(crate) fn split(module: &[u8], is_chosen: impl Fn(&str) -> bool) -> Result<Parts, SplitError> {
    let plan = Plan::of(module, is_chosen)?;
    let parts =
        Parts { first: first::encode(&plan, module)?, second: second::encode(&plan, module)? };
    for part in [&parts.first, &parts.second] {
        Validator::new().validate_all(part)?;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
