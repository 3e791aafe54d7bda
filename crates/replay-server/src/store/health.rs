//! Checks of the database: a write that changes nothing, and a search of the whole file for damage.

use super::{
    Store, StoreError, part_contents, parts,
    sql::{DamageSearch, Sql},
};

impl Store {
    /// The number of round trips to the database that were made; `None` if the database is a file.
    #[must_use]
    pub fn round_trips(&self) -> Option<u64> {
        self.database.round_trips()
    }

    /// Commits a transaction that writes to the disk and changes no value.
    ///
    /// # Errors
    /// The database cannot be written, or its file is no longer at its path.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        self.database.try_to_write().await
    }

    /// Syncs the last commits to the disk, if they are not synced yet.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn sync(&self) -> Result<(), StoreError> {
        // PostgreSQL does it by itself within a second.
        if !self.database.is_file() || !self.database.take_unsynced() {
            return Ok(());
        }
        let synced = self.try_to_write().await;
        if synced.is_err() {
            self.database.note_unsynced();
        }
        synced
    }

    /// Reads the whole database and compares the checksums of all parts of the archive. Returns a
    /// description of the first damage, without stored values; `None` if there is no damage.
    ///
    /// # Errors
    /// The database cannot be read for a reason other than damage.
    pub async fn find_damage(&self) -> Result<Option<String>, StoreError> {
        let checked = self.database.read_separately(|db| db.find_damage(DamageSearch::Quick)).await;
        match checked.map(|mut problems| problems.pop()) {
            Ok(None) => {}
            Ok(Some(damage)) => {
                self.database.note_damage(&StoreError::DamagedFile(damage.clone()));
                return Ok(Some(damage));
            }
            Err(error) if error.is_damage() => {
                self.database.note_damage(&error);
                return Ok(Some(error.summary()));
            }
            Err(error) => return Err(error),
        }
        let damaged = self.database.read_separately(damaged_part).await?;
        if let Some(error) = &damaged {
            self.database.note_damage(error);
        }
        Ok(damaged.map(|error| error.summary()))
    }

    /// The first damage that a step has found since the store was opened, without stored values.
    #[must_use]
    pub fn damage(&self) -> Option<&str> {
        self.database.damage()
    }
}

/// The error of the first damaged part of the archive.
fn damaged_part(db: &Sql<'_>) -> Result<Option<StoreError>, StoreError> {
    for region in parts::regions(db)? {
        for part in parts::all(db, &region)? {
            // Other parts of the file may be deleted meanwhile.
            match part_contents::verify(db, &region, &part) {
                Err(error) if error.is_damage() => return Ok(Some(error)),
                verified => verified?,
            }
        }
    }
    Ok(None)
}
