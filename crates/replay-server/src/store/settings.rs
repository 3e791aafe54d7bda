//! The settings of the SQLite connections: of each connection, of the file, and of a transaction. It
//! knows no table.

use core::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, migration::convert_lines, schema};

/// How a transaction is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    /// Whether it is on the disk when it is committed, also after a power failure.
    pub(super) is_synced: bool,
    /// Whether deleted values are overwritten. They may be secrets, unless they are lines.
    pub(super) overwrites: bool,
}

/// The longest wait for the lock of another connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Mode {
    /// Sets the mode of the next transactions.
    pub(super) fn set(self, db: &Connection) -> Result<(), StoreError> {
        let synchronous = if self.is_synced { "FULL" } else { "NORMAL" };
        db.pragma_update(None, "synchronous", synchronous)?;
        Ok(db.pragma_update(None, "secure_delete", self.overwrites)?)
    }
}

/// Configures the connection for writes, and migrates the database.
///
/// SQLite's defaults stay for the size of pages (4 KiB), the cache (2 MB for each connection) and the
/// write-ahead log (a checkpoint after 1 000 pages). Measured with `cargo xtask bench ingest mixed`:
/// pages of 16 KiB make ingest a fifth faster, but each acknowledgement writes three pages, so that
/// the log of a job grows four times as fast. A cache of 16 MB makes ingest a tenth faster and takes
/// 70 MB more for all connections. A log of 8 000 pages changes nothing.
pub(super) fn prepare(db: &mut Connection) -> Result<(), StoreError> {
    if db.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0))? == 0 {
        // It has an effect before anything is written to the file only.
        db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    configure(db)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    schema::define_functions(db)?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    schema::migrate(&tx)?;
    tx.commit()?;
    convert_lines(db)
}

/// Tries to empty the write-ahead log; returns whether it is empty now.
pub(super) fn try_to_empty_log(db: &Connection) -> bool {
    // With a busy timeout, writes would wait for the readers that prevent it.
    let emptied = db.busy_timeout(Duration::ZERO).and_then(|()| {
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
    });
    let restored = db.busy_timeout(BUSY_TIMEOUT);
    matches!((emptied, restored), (Ok(false), Ok(())))
}

/// Configures a connection.
pub(super) fn configure(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}
