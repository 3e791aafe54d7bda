//! An archive of lines in the order of their event times, which most scenarios replay.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    bodies::{Bodies, Encoding},
    clock::now_ms,
    disk::settled_bytes,
    ingest::{Expected, Rates, ingest},
    lines::Lines,
    server::Program,
    spread::{Order, Spread},
};
use crate::{Failure, step::note};

/// The region of the archive's lines.
pub(super) const REGION: &str = "us";

/// The number of lines in a body that is archived.
pub(super) const LINES_PER_BODY: u64 = 20_000;

/// A data directory with lines that are sealed, as far as the server seals, and how it was filled.
#[derive(Debug)]
pub(super) struct Archive {
    /// The data directory.
    pub(super) data: PathBuf,
    /// The lines in it.
    pub(super) lines: Lines,
    /// The bodies they came in.
    pub(super) bodies: Bodies,
    /// How fast they were archived.
    pub(super) rates: Rates,
    /// The server's processor time until the lines were archived.
    pub(super) cpu_seconds: f64,
    /// The bytes that the archive takes on disk.
    pub(super) disk_bytes: u64,
}

impl Archive {
    /// Archives `count` new lines in a new folder; what an earlier attempt left there goes.
    ///
    /// # Errors
    /// The server does not take them.
    pub(super) fn fill(
        program: &Program,
        folder: &Path,
        count: u64,
        order: Order,
    ) -> Result<Self, Failure> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir(folder)?;
        let data = folder.join("data");
        let lines = new_lines(count, order);
        let bodies = prepare(&folder.join("bodies"), &lines, LINES_PER_BODY, Encoding::Gzip)?;
        note("archiving them");
        let server = program.start(&data, &[])?;
        let cpu_before = server.process.cpu_seconds()?;
        let rates = ingest(&server.api, REGION, &bodies, Expected::New)?;
        let cpu_seconds = server.process.cpu_seconds()? - cpu_before;
        let disk_bytes = settled_bytes(&data)?;
        server.stop()?;
        Ok(Self { data, lines, bodies, rates, cpu_seconds, disk_bytes })
    }
}

/// A set of signed lines over the days before now; sets of different sizes or orders share no line.
pub(super) fn new_lines(count: u64, order: Order) -> Lines {
    let seed = count * 2 + u64::from(order == Order::Random);
    Lines { seed, spread: Spread::before(now_ms(), count, order), signed: true }
}

/// Prepares bodies after saying so, for it takes a while.
///
/// # Errors
/// The file cannot be written, or Ctrl-C was pressed.
pub(super) fn prepare(
    path: &Path,
    lines: &Lines,
    lines_per_body: u64,
    encoding: Encoding,
) -> Result<Bodies, Failure> {
    note(&format!("preparing {} lines", lines.spread.lines()));
    Bodies::prepare(path, lines, lines_per_body, encoding)
}
