//! Which crate each byte of the page's wasm comes from, as far as the names of its functions tell.

use core::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use wasmparser::{Error, KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

/// The texts and tables of all crates.
const DATA: &str = "(data)";
/// What no crate can be named for: entries from outside, and what the compiler adds.
const UNNAMED: &str = "(no crate)";

/// The bytes of each crate's functions and of the data, the largest first.
///
/// # Errors
/// When it is no module, or its names cannot be read.
pub(crate) fn shares(module: &[u8]) -> Result<Vec<(String, u64)>, Error> {
    let mut imported = 0;
    let mut sizes: Vec<u64> = Vec::new();
    let mut names = HashMap::new();
    let mut shares = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ImportSection(imports) = payload {
            for import in imports.into_imports() {
                imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
            }
        } else if let Payload::CodeSectionEntry(body) = payload {
            let range = body.range();
            sizes.push(range.end - range.start);
        } else if let Payload::DataSection(data) = payload {
            let range = data.range();
            shares.insert(DATA.to_owned(), range.end - range.start);
        } else if let Payload::CustomSection(custom) = payload
            && let KnownCustom::Name(section) = custom.as_known()
        {
            names = function_names(section)?;
        }
    }
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).copied().unwrap_or_default();
        *shares.entry(origin(name).to_owned()).or_default() += size;
    }
    let mut shares: Vec<_> = shares.into_iter().collect();
    shares.sort_by_key(|(_, size)| Reverse(*size));
    Ok(shares)
}

/// The names of functions by their numbers.
///
/// # Errors
/// The section cannot be read.
pub(crate) fn function_names(section: NameSectionReader<'_>) -> Result<HashMap<u32, &str>, Error> {
    let mut names = HashMap::new();
    for part in section {
        if let Name::Function(functions) = part? {
            for naming in functions {
                let naming = naming?;
                names.insert(naming.index, naming.name);
            }
        }
    }
    Ok(names)
}

/// The first crate in a function's name that is not the standard library: what is generic there is
/// in the page because of what it was made for.
fn origin(name: &str) -> &str {
    let mut origin = UNNAMED;
    for krate in crates(name) {
        if !STANDARD.contains(&krate) {
            return krate;
        }
        origin = "std";
    }
    origin
}

const STANDARD: [&str; 8] = [
    "__rustc",
    "alloc",
    "compiler_builtins",
    "core",
    "dlmalloc",
    "panic_abort",
    "rustc_demangle",
    "std",
];

/// The first word of each path in a name like `<yew::Html as core[0123]::fmt::Debug>::fmt`.
fn crates(name: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| "<>() ,;=+&*!".contains(c);
    name.split(between).filter_map(|path| {
        let (first, _) = path.split_once("::")?;
        let first = first.trim_start_matches('[').split('[').next()?;
        (!first.is_empty()).then_some(first)
    })
}

#[cfg(test)]
mod tests;
