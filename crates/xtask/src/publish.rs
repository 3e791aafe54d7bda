//! `dist`: what Trunk built, each file beside its compressed forms, and nothing else. What has not
//! changed is left as it is, with its date.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use brotli::{CompressorWriter, enc::BrotliEncoderParams};
use flate2::{Compression, write::GzEncoder};

use crate::{Failure, wasm::ImportNames};

/// The endings of the compressed forms' names.
pub(crate) const COMPRESSED: [&str; 2] = ["br", "gz"];

/// Makes `dist` hold the files of `built`, ready for serving.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn publish(built: &Path, dist: &Path) -> Result<(), Failure> {
    let (mut kept, names) = (BTreeSet::new(), files(built)?);
    let is = |name: &Path, ending: &str| name.extension().is_some_and(|other| other == ending);
    let module = names.iter().find(|name| is(name, "wasm"));
    let imports = match module {
        Some(module) => ImportNames::of(&fs::read(built.join(module))?)?,
        None => ImportNames::default(),
    };
    for name in names {
        let (mut bytes, to) = (fs::read(built.join(&name))?, dist.join(&name));
        if is(&name, "wasm") {
            bytes = imports.in_module(&bytes)?;
        } else if is(&name, "js") {
            bytes = imports.in_script(&String::from_utf8(bytes)?).into_bytes();
        }
        let forms = COMPRESSED.map(|ending| with_ending(&to, ending));
        let complete = forms.iter().all(|form| form.exists());
        if !complete || fs::read(&to).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(to.parent().unwrap_or(dist))?;
            let [br, gz] = &forms;
            fs::write(br, brotli(&bytes)?)?;
            fs::write(gz, gzip(&bytes)?)?;
            // Last, so that an interrupted attempt is made again.
            fs::write(&to, bytes)?;
        }
        kept.extend(forms);
        kept.insert(to);
    }
    for name in files(dist)? {
        let old = dist.join(name);
        if !kept.contains(&old) {
            fs::remove_file(old)?;
        }
    }
    Ok(())
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

/// The name of a file's compressed form.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut form = Vec::new();
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    CompressorWriter::with_params(&mut form, 4096, &params).write_all(bytes)?;
    Ok(form)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests;
