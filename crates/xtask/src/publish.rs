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

use crate::{
    Failure,
    assets::{assets, files},
};

/// The endings of the compressed forms' names.
pub(crate) const COMPRESSED: [&str; 2] = ["br", "gz"];

/// Makes `dist` hold the files of `built`, ready for serving.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn publish(built: &Path, dist: &Path) -> Result<(), Failure> {
    let mut kept = BTreeSet::new();
    for (name, bytes) in assets(built)? {
        let to = dist.join(name);
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

/// The name of a file's compressed form.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// The Brotli form of a file.
///
/// # Errors
/// When it cannot be compressed.
pub(crate) fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
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
