//! Servers that share one archive, on a data directory or a database, and what they and the database have
//! used so far.

use std::path::{Path, PathBuf};

use super::{
    api::Api,
    disk::allocated_bytes,
    postgres::Postgres,
    server::{Program, Server},
};
use crate::Failure;

/// Servers of one archive. They are dropped before the database.
#[derive(Debug)]
pub(super) struct Nodes {
    servers: Vec<Server>,
    storage: Storage,
}

/// Where the archive is.
#[derive(Debug)]
enum Storage {
    Directory(PathBuf),
    Database(Postgres),
}

/// What servers and their database have used since they started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// Processor time of the servers.
    pub(super) server_seconds: f64,
    /// Processor time of the database's processes.
    pub(super) database_seconds: f64,
    /// Requests to the database whose answer was awaited.
    pub(super) round_trips: u64,
}

impl Nodes {
    /// Starts one server on a new data directory.
    ///
    /// # Errors
    /// It does not start.
    pub(super) fn on_files(program: &Program, data: PathBuf) -> Result<Self, Failure> {
        let server = program.start(&data, &[])?;
        Ok(Self { servers: vec![server], storage: Storage::Directory(data) })
    }

    /// Starts PostgreSQL in a new folder, and this many servers on it.
    ///
    /// # Errors
    /// One of them does not start.
    pub(super) fn on_database(
        program: &Program,
        folder: &Path,
        nodes: usize,
    ) -> Result<Self, Failure> {
        let postgres = Postgres::start(folder)?;
        let start = |_| program.start_on_database(&postgres.url());
        let servers = (0..nodes).map(start).collect::<Result<_, _>>()?;
        Ok(Self { servers, storage: Storage::Database(postgres) })
    }

    /// A server for the region with this number: the regions are shared out between the servers.
    pub(super) fn server(&self, number: usize) -> Option<&Server> {
        self.servers.get(number % self.servers.len())
    }

    /// What was used so far.
    ///
    /// # Errors
    /// A process has ended.
    pub(super) fn used(&self) -> Result<Usage, Failure> {
        let (mut server_seconds, mut round_trips) = (0.0, 0);
        for server in &self.servers {
            server_seconds += server.process.cpu_seconds()?;
            round_trips += Self::round_trips(&server.api)?;
        }
        let database_seconds = match &self.storage {
            Storage::Directory(_) => 0.0,
            Storage::Database(postgres) => postgres.cpu_seconds()?,
        };
        Ok(Usage { server_seconds, database_seconds, round_trips })
    }

    fn round_trips(api: &Api) -> Result<u64, Failure> {
        Ok(api.metric("replay_database_round_trips_total")?.unwrap_or_default())
    }

    /// The bytes of the archive on disk.
    ///
    /// # Errors
    /// They cannot be read.
    pub(super) fn bytes(&self) -> Result<u64, Failure> {
        match &self.storage {
            Storage::Directory(data) => Ok(allocated_bytes(data)?),
            Storage::Database(postgres) => postgres.bytes(),
        }
    }

    /// Ends the servers in order.
    ///
    /// # Errors
    /// One of them cannot be ended.
    pub(super) fn stop(self) -> Result<(), Failure> {
        self.servers.into_iter().try_for_each(Server::stop)
    }
}
