//! A PostgreSQL server with its default settings, for one scenario.

use core::time::Duration;
use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
};

use local_postgres::Cluster;

use super::{disk::allocated_bytes, interrupt, process::Process};
use crate::{Failure, postgres::need_postgres, running::EndsWithScope};

/// A running server.
#[derive(Debug)]
pub(super) struct Postgres {
    child: EndsWithScope,
    cluster: Cluster,
}

impl Postgres {
    /// Starts a server in a new folder.
    ///
    /// # Errors
    /// PostgreSQL is not there and cannot be installed, or does not start.
    pub(super) fn start(folder: &Path) -> Result<Self, Failure> {
        need_postgres()?;
        fs::create_dir(folder)?;
        // The server runs as another user if this program runs as root.
        let parent = folder.parent().unwrap_or(folder);
        fs::set_permissions(parent, Permissions::from_mode(0o711))?;
        let cluster = Cluster::create(folder)?;
        let log: PathBuf = folder.join("log");
        let mut command = cluster.server();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        let mut child = EndsWithScope(command.spawn()?);
        while !cluster.is_ready()? {
            interrupt::check()?;
            if child.0.try_wait()?.is_some() {
                return Err(format!("PostgreSQL ended: {}", fs::read_to_string(log)?).into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { child, cluster })
    }

    /// The address of its database.
    pub(super) fn url(&self) -> String {
        self.cluster.url("postgres")
    }

    /// The processor time of all its processes, in seconds.
    ///
    /// # Errors
    /// It has ended.
    pub(super) fn cpu_seconds(&self) -> Result<f64, Failure> {
        Process(self.child.0.id()).cpu_seconds_with_children()
    }

    /// The bytes on disk of its databases, without the log of changes.
    ///
    /// # Errors
    /// They cannot be read.
    pub(super) fn bytes(&self) -> Result<u64, Failure> {
        Ok(allocated_bytes(&self.cluster.data().join("base"))?)
    }
}
