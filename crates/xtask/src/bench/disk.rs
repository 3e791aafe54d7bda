//! How much of the disk an archive takes, and the wait until its background work is done.

use core::time::Duration;
use std::{fs, io, os::unix::fs::MetadataExt, path::Path, thread, time::Instant};

use super::interrupt;
use crate::Failure;

/// The bytes that are allocated for all files in a folder.
///
/// # Errors
/// It cannot be read.
pub(super) fn allocated_bytes(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match fs::symlink_metadata(&path) {
            Ok(data) if data.is_dir() => bytes += allocated_bytes(&path)?,
            Ok(data) => bytes += data.blocks() * 512,
            // The server deletes files of its own while they are counted.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

/// Waits until the size of an archive has been the same for a while, and returns it.
///
/// # Errors
/// It cannot be read, or Ctrl-C was pressed.
pub(super) fn settled_bytes(folder: &Path) -> Result<u64, Failure> {
    settled(|| Ok(allocated_bytes(folder)?))
}

/// Waits until a size has been the same for a while, and returns it.
///
/// # Errors
/// It cannot be read, or Ctrl-C was pressed.
pub(super) fn settled(size: impl Fn() -> Result<u64, Failure>) -> Result<u64, Failure> {
    let started = Instant::now();
    let (mut bytes, mut since) = (size()?, Instant::now());
    while since.elapsed() < STABLE_FOR && started.elapsed() < AT_MOST {
        interrupt::check()?;
        thread::sleep(Duration::from_millis(200));
        let now = size()?;
        if now != bytes {
            (bytes, since) = (now, Instant::now());
        }
    }
    Ok(bytes)
}

const STABLE_FOR: Duration = Duration::from_secs(3);
const AT_MOST: Duration = Duration::from_secs(20);
