//! What connections to PostgreSQL need: an address, and the certificates that are trusted.

use core::fmt;

use postgres::{Client, Config, Error, NoTls};
use rustls::ClientConfig;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::RoundTrips;

/// A database on PostgreSQL.
#[derive(Clone)]
pub struct PostgresTarget {
    /// The address, the user and the password.
    pub config: Config,
    /// What TLS trusts; `None` for connections without TLS.
    pub tls: Option<ClientConfig>,
    /// Counts the round trips of all connections.
    pub(in crate::store) round_trips: RoundTrips,
}

impl PostgresTarget {
    /// A database that is reached by TLS.
    #[must_use]
    pub fn with_tls(config: Config, tls: ClientConfig) -> Self {
        Self { tls: Some(tls), ..config.into() }
    }

    /// Connects with these settings instead of those of the target.
    pub(super) fn connect(&self, config: &Config) -> Result<Client, Error> {
        match &self.tls {
            Some(tls) => config.connect(MakeRustlsConnect::new(tls.clone())),
            None => config.connect(NoTls),
        }
    }
}

impl From<Config> for PostgresTarget {
    fn from(config: Config) -> Self {
        Self { config, tls: None, round_trips: RoundTrips::default() }
    }
}

impl fmt::Debug for PostgresTarget {
    /// Shows no password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.config.get_hosts();
        f.debug_struct("PostgresTarget").field("hosts", &hosts).finish_non_exhaustive()
    }
}
