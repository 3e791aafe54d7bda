//! What the page transfers: every file of `dist`, as it is and compressed.

use std::{fs, path::Path};

use crate::{
    Failure,
    assets::files,
    publish::{COMPRESSED, with_ending},
};

/// One part of the page, or all of them together, in bytes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Transfer {
    pub(crate) name: String,
    pub(crate) raw: u64,
    pub(crate) brotli: u64,
    pub(crate) gzip: u64,
}

/// The parts of a published page.
///
/// # Errors
/// When one of them or of its compressed forms cannot be read.
pub(crate) fn transfers(dist: &Path) -> Result<Vec<Transfer>, Failure> {
    let mut parts = Vec::new();
    for name in files(dist)? {
        let compressed =
            name.extension().is_some_and(|ending| COMPRESSED.contains(&&*ending.to_string_lossy()));
        if !compressed {
            let path = dist.join(&name);
            let [brotli, gzip] = COMPRESSED.map(|ending| fs::metadata(with_ending(&path, ending)));
            parts.push(Transfer {
                name: name.to_string_lossy().into_owned(),
                raw: fs::metadata(&path)?.len(),
                brotli: brotli?.len(),
                gzip: gzip?.len(),
            });
        }
    }
    Ok(parts)
}

/// All of them together.
pub(crate) fn total(parts: &[Transfer]) -> Transfer {
    parts.iter().fold(Transfer { name: "total".to_owned(), ..Transfer::default() }, |sum, part| {
        Transfer {
            raw: sum.raw + part.raw,
            brotli: sum.brotli + part.brotli,
            gzip: sum.gzip + part.gzip,
            ..sum
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn every_part_is_weighed_in_its_three_forms() {
        let dist = tempdir().unwrap();
        fs::create_dir(dist.path().join("snippets")).unwrap();
        for (name, size) in [("a.js", 30), ("a.js.br", 10), ("a.js.gz", 12)] {
            fs::write(dist.path().join(name), vec![0; size]).unwrap();
            fs::write(dist.path().join("snippets").join(name), vec![0; size * 2]).unwrap();
        }
        let part =
            |name: &str, raw, brotli, gzip| Transfer { name: name.to_owned(), raw, brotli, gzip };
        let parts = transfers(dist.path()).unwrap();
        assert_eq!(parts, [part("a.js", 30, 10, 12), part("snippets/a.js", 60, 20, 24)]);
        assert_eq!(total(&parts), part("total", 90, 30, 36));
    }

    #[test]
    fn a_part_without_its_compressed_forms_is_an_error() {
        let dist = tempdir().unwrap();
        fs::write(dist.path().join("a.js"), "start()").unwrap();
        assert!(transfers(dist.path()).is_err());
    }
}
