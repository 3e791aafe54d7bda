//! Checks of the database: a write that changes nothing, and a search of the whole file for damage.

use super::{Store, StoreError};

impl Store {
    /// Commits a transaction that writes to the disk and changes no value.
    ///
    /// # Errors
    /// The database cannot be written, or its file is no longer at its path.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        self.database
            .write(|tx| {
                let version: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
                // SQLite writes the page even if the value is the same.
                Ok(tx.pragma_update(None, "user_version", version)?)
            })
            .await
    }

    /// Reads the whole database. Returns a description of the first damage, without stored values;
    /// `None` if there is no damage.
    ///
    /// # Errors
    /// The database cannot be read for a reason other than damage.
    pub async fn find_damage(&self) -> Result<Option<String>, StoreError> {
        let checked = self.database.read_separately(|db| {
            Ok(db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?)
        });
        let damage = match checked.await {
            Ok(result) if result == "ok" => return Ok(None),
            Ok(damage) => damage,
            Err(error) if error.is_damage() => error.summary(),
            Err(error) => return Err(error),
        };
        self.database.note_damage();
        Ok(Some(damage))
    }

    /// Whether any step has found damage since the store was opened.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.database.is_damaged()
    }
}
