//! A connection to PostgreSQL on which notifications of other sessions arrive.

use core::{fmt, time::Duration};

use postgres::{Client, fallible_iterator::FallibleIterator};

use super::{
    super::super::StoreError,
    PostgresTarget,
    connection::{ANSWER_TIMEOUT, connect},
};

/// A connection that listens.
pub(in crate::store) struct PostgresListener {
    client: Client,
}

/// The channel of all notifications.
pub(super) const CHANNEL: &str = "replay";

/// The connection is checked after this time without a notification.
const IDLE: Duration = Duration::from_secs(3);

impl PostgresListener {
    /// Connects, and listens from then on.
    ///
    /// # Errors
    /// There is no connection.
    pub(in crate::store) fn open(target: &PostgresTarget) -> Result<Self, StoreError> {
        let mut client = connect(target)?;
        client.batch_execute(&format!("LISTEN {CHANNEL}"))?;
        Ok(Self { client })
    }

    /// The next notification; `None` if there was none for some time.
    ///
    /// # Errors
    /// The connection is lost.
    pub(in crate::store) fn next(&mut self) -> Result<Option<String>, StoreError> {
        let next = self.client.notifications().timeout_iter(IDLE).next()?;
        if next.is_none() {
            self.client.is_valid(ANSWER_TIMEOUT)?;
        }
        Ok(next.map(|notification| notification.payload().to_owned()))
    }
}

impl fmt::Debug for PostgresListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresListener").finish_non_exhaustive()
    }
}
