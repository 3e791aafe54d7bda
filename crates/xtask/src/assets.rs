//! The page's files as they are served: what Trunk built, with the module in two parts and short names
//! between the module and its script.

use core::hash::{Hash, Hasher};
use std::{
    collections::BTreeMap,
    fs,
    hash::DefaultHasher,
    io,
    path::{Path, PathBuf},
};

use crate::{
    Failure,
    split::{Parts, is_chosen, split, with_loader},
    wasm::SharedNames,
};

/// How the name of the second part of the module ends.
pub(crate) const SECOND_PART: &str = "_second.wasm";

/// The files that are served, by their names.
///
/// # Errors
/// A file cannot be read, or is not as Trunk builds it.
pub(crate) fn assets(built: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut assets = BTreeMap::new();
    for name in files(built)? {
        assets.insert(name.clone(), fs::read(built.join(name))?);
    }
    let modules = assets.keys().filter_map(|name| name.to_str()?.strip_suffix(MODULE));
    match modules.map(str::to_owned).next() {
        Some(program) => in_parts(&program, assets),
        None => Ok(assets),
    }
}

/// The files in and below a folder, by their names in it.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = PathBuf::from(entry?.file_name());
        if folder.join(&name).is_dir() {
            found.extend(files(&folder.join(&name))?.into_iter().map(|below| name.join(below)));
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// How the name of the module ends.
const MODULE: &str = "_bg.wasm";

/// The files, with the module of `program` in two parts.
fn in_parts(
    program: &str,
    mut assets: BTreeMap<PathBuf, Vec<u8>>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut take = |ending: &str| {
        let name = format!("{program}{ending}");
        assets.remove(Path::new(&name)).ok_or_else(|| format!("Trunk built no {name}"))
    };
    let (module, script) = (take(MODULE)?, String::from_utf8(take(".js")?)?);
    let names = SharedNames::of(&module)?;
    let Parts { first, second } = split(&module, is_chosen)?;
    let script = with_loader(&script, &format!("{program}{SECOND_PART}"))?;
    assets.insert(format!("{program}{MODULE}").into(), names.in_module(&first)?);
    assets.insert(format!("{program}{SECOND_PART}").into(), names.in_module(&second)?);
    assets.insert(format!("{program}.js").into(), names.in_script(&script).into_bytes());
    renamed(program, assets)
}

/// The files, with a name of `program` that changes when one of its files does: browsers keep them
/// for as long as their names are the same.
fn renamed(
    program: &str,
    assets: BTreeMap<PathBuf, Vec<u8>>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut hasher = DefaultHasher::new();
    assets.hash(&mut hasher);
    let name = program.rsplit_once('-').map_or(program, |(name, _)| name);
    let name = format!("{name}-{:016x}", hasher.finish());
    let mut renamed = BTreeMap::new();
    for (path, bytes) in assets {
        let is_module = path.extension().is_some_and(|extension| extension == "wasm");
        let bytes = if is_module {
            bytes
        } else {
            String::from_utf8(bytes)?.replace(program, &name).into_bytes()
        };
        renamed.insert(path.to_string_lossy().replace(program, &name).into(), bytes);
    }
    Ok(renamed)
}

#[cfg(test)]
mod tests;
