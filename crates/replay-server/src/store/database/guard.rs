//! A condition on which writes depend. It knows no table.

use core::fmt;

use super::super::{StoreError, sql::Sql};

/// A condition of writes.
pub(in crate::store) trait Guard: fmt::Debug + Send + Sync {
    /// Checks the condition in the transaction of a write.
    ///
    /// # Errors
    /// The write must not be made, or the database fails.
    fn check(&self, db: &Sql<'_>) -> Result<(), StoreError>;
}
