//! What the scenarios of a run share: the server's program, the receiver, a folder that is deleted at the
//! end, and the archive that several of them replay.

use std::{path::PathBuf, rc::Rc};

use tempfile::TempDir;

use super::{archive::Archive, nginx::Nginx, server::Program, spread::Order};
use crate::{Failure, step::target};

/// A million lines: the size of the usual scenarios.
pub(super) const MILLION: u64 = 1_000_000;

/// The shared parts of a run. They are dropped in this order: processes end before their files go.
#[derive(Debug)]
pub(super) struct Context {
    /// The server's program.
    pub(super) program: Program,
    /// The receiver.
    pub(super) nginx: Nginx,
    /// Whether the long scenarios have ten million lines instead of one.
    pub(super) is_large: bool,
    archive: Option<Rc<Archive>>,
    scratch: TempDir,
}

impl Context {
    /// Starts the receiver.
    ///
    /// # Errors
    /// Something does not start.
    pub(super) fn start(is_large: bool) -> Result<Self, Failure> {
        // In memory, as `/tmp` may be, an archive would be too fast.
        let scratch = tempfile::Builder::new().prefix("bench-").tempdir_in(target())?;
        let program = Program::of_release();
        let nginx = Nginx::start(&scratch.path().join("nginx"))?;
        Ok(Self { program, nginx, is_large, archive: None, scratch })
    }

    /// A path of a file or folder that is deleted at the end.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// The number of lines of the long scenarios.
    pub(super) fn many(&self) -> u64 {
        if self.is_large { 10 * MILLION } else { MILLION }
    }

    /// The archive of a million lines by time; the first scenario that needs it fills it.
    ///
    /// # Errors
    /// It cannot be filled.
    pub(super) fn archive(&mut self) -> Result<Rc<Archive>, Failure> {
        if let Some(archive) = &self.archive {
            return Ok(Rc::clone(archive));
        }
        let archive = Rc::new(self.fill("archive", MILLION, Order::ByTime)?);
        self.archive = Some(Rc::clone(&archive));
        Ok(archive)
    }

    /// A new archive in this folder.
    ///
    /// # Errors
    /// It cannot be filled.
    pub(super) fn fill(&self, name: &str, count: u64, order: Order) -> Result<Archive, Failure> {
        Archive::fill(&self.program, &self.path(name), count, order)
    }
}
