//! What steps have found out about the database: damage, replaced nodes, and commits that are not synced.

use core::sync::atomic::Ordering;

use super::{super::StoreError, Database, StepError};

impl Database {
    /// Records the damage that a step has found.
    pub(super) fn noted<T, E: StepError>(&self, result: Result<T, E>) -> Result<T, E> {
        match result.as_ref().err().and_then(E::store_error) {
            Some(StoreError::Fenced) => {
                if let Some(observer) = &self.observer {
                    observer.write_fenced();
                }
            }
            Some(error) if error.is_damage() => self.note_damage(error),
            Some(_) | None => {}
        }
        result
    }

    /// The first damage that a step has found since the database was opened, without stored values.
    pub(in crate::store) fn damage(&self) -> Option<&str> {
        self.damage.get().map(String::as_str)
    }

    /// Records that the database is damaged.
    pub(in crate::store) fn note_damage(&self, error: &StoreError) {
        let summary = if let StoreError::DamagedPart(part) = error {
            format!("{part} is damaged")
        } else {
            "the database file is damaged".to_owned()
        };
        if self.damage.set(summary).is_ok() {
            tracing::error!(
                damage = error.summary(),
                "the database file is damaged; stop the server and restore it from a backup"
            );
        }
    }

    /// Whether commits may not be synced to the disk. Only this resets it: a later transaction syncs
    /// them only if it writes something.
    pub(in crate::store) fn take_unsynced(&self) -> bool {
        self.is_unsynced.swap(false, Ordering::Relaxed)
    }

    /// Records that commits are not synced to the disk.
    pub(in crate::store) fn note_unsynced(&self) {
        self.is_unsynced.store(true, Ordering::Relaxed);
    }
}
