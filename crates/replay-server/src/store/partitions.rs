//! The partitions of the archive on PostgreSQL: those of each UTC day are made before its first lines are
//! stored, and dropped once the day has no part any more. It deletes no part. A database file has none.

mod tables;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use time_range::Timestamp;

use super::{Store, StoreError, nanoseconds, sql::PostgresConnection};
use crate::archive::day_of;

/// The days of which this process knows that they have partitions.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownDays(Arc<Mutex<BTreeSet<i64>>>);

impl KnownDays {
    fn missing(&self, days: &BTreeSet<i64>) -> BTreeSet<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.difference(&known).copied().collect()
    }

    fn add(&self, days: BTreeSet<i64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(days);
    }

    /// Forgets all days: another node may have dropped some.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Creates the partitions for these UTC days that are missing.
pub(super) fn create_days(
    connection: &mut PostgresConnection,
    days: &BTreeSet<i64>,
) -> Result<(), StoreError> {
    connection.transact(|tx| tables::create(tx, days))
}

impl Store {
    /// Makes sure that lines of these UTC days can be stored. Neither readers nor writers of other days
    /// wait for it.
    pub(super) async fn prepare_days(&self, days: BTreeSet<i64>) -> Result<(), StoreError> {
        if self.database.is_file() {
            return Ok(());
        }
        let missing = self.known_days.missing(&days);
        if missing.is_empty() {
            return Ok(());
        }
        let days = missing.clone();
        self.database.on_postgres(false, move |connection| create_days(connection, &days)).await?;
        self.known_days.add(missing);
        Ok(())
    }

    /// Makes sure that lines of the UTC day of `at` can be stored.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prepare_day(&self, at: Timestamp) -> Result<(), StoreError> {
        self.prepare_days(BTreeSet::from([day_of(nanoseconds(at))])).await
    }

    /// Drops the partitions of the UTC days before the one of `before` that have no part, so that the
    /// space of all their lines is given back. Returns their number. A day that readers still use stays,
    /// and is dropped by a later call.
    ///
    /// # Errors
    /// The database fails, or a day is still used.
    pub async fn drop_empty_days(&self, before: Timestamp) -> Result<usize, StoreError> {
        let day = day_of(nanoseconds(before));
        let dropped =
            self.database.on_postgres(true, move |connection| tables::drop_empty(connection, day));
        let dropped = dropped.await?.unwrap_or(0);
        if dropped > 0 {
            self.known_days.clear();
        }
        Ok(dropped)
    }
}
