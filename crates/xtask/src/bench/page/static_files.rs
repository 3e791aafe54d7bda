//! The files of a folder as a server of static files sends them: compressed with Brotli as our page is,
//! where that makes them smaller. It sends nothing itself.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Failure,
    assets::files,
    publish::{brotli, with_ending},
};

/// The files of a folder, by their names in it.
#[derive(Debug)]
pub(super) struct StaticFiles {
    files: BTreeMap<PathBuf, StaticFile>,
}

#[derive(Debug)]
struct StaticFile {
    plain: Vec<u8>,
    /// Present if it is smaller.
    compressed: Option<Vec<u8>>,
}

/// A file as it is sent.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Body<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) media: &'static str,
    pub(super) is_compressed: bool,
}

impl StaticFiles {
    /// Reads the files of a folder and compresses those that have no compressed form beside them.
    ///
    /// # Errors
    /// There is no page in the folder, or a file cannot be read.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        if !folder.join("index.html").exists() {
            return Err(format!("{} has no index.html", folder.display()).into());
        }
        let mut read = BTreeMap::new();
        for name in files(folder)? {
            let path = folder.join(&name);
            let plain = fs::read(&path)?;
            let compressed = match fs::read(with_ending(&path, "br")) {
                Ok(compressed) => compressed,
                Err(_) => brotli(&plain)?,
            };
            let compressed = Some(compressed).filter(|form| form.len() < plain.len());
            read.insert(name, StaticFile { plain, compressed });
        }
        Ok(Self { files: read })
    }

    /// The file at the path of a request. A path without an ending is one of the page's own.
    pub(super) fn at(&self, path: &str, accepts_brotli: bool) -> Option<Body<'_>> {
        let path = path.split('?').next().unwrap_or_default().trim_start_matches('/');
        let path = if Path::new(path).extension().is_some() { path } else { "index.html" };
        let file = self.files.get(Path::new(path))?;
        let compressed = file.compressed.as_deref().filter(|_| accepts_brotli);
        Some(Body {
            bytes: compressed.unwrap_or(&file.plain),
            media: media(path),
            is_compressed: compressed.is_some(),
        })
    }
}

fn media(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js" | "mjs") => "text/javascript",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use brotli::Decompressor;
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn a_file_is_sent_compressed_if_that_is_accepted_and_smaller() {
        let folder = tempdir().unwrap();
        let script = "start();".repeat(100);
        for (name, text) in [("index.html", "<p>"), ("a.js", &script)] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let files = StaticFiles::read(folder.path()).unwrap();
        let compressed = files.at("/a.js?v=1", true).unwrap();
        let mut plain = String::new();
        Decompressor::new(compressed.bytes, 4096).read_to_string(&mut plain).unwrap();
        assert_eq!((plain, compressed.is_compressed), (script.clone(), true));
        assert_eq!(files.at("/a.js", false).unwrap().bytes, script.as_bytes());
        let page = Body { bytes: b"<p>", media: "text/html; charset=utf-8", is_compressed: false };
        assert_eq!(files.at("/organization/setup", true), Some(page));
        assert_eq!(files.at("/../a.js", true), None);
    }

    #[test]
    fn a_folder_without_a_page_is_an_error() {
        assert!(StaticFiles::read(tempdir().unwrap().path()).is_err());
    }
}
