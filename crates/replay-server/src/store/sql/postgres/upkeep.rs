//! What the store needs of PostgreSQL beside the statements of its steps: versions of parts, a write that
//! changes nothing, sizes, and notifications.

use postgres::Row;
use replay_core::Region;

use super::{
    super::{
        super::StoreError,
        upkeep::{Pages, PartsChange, PartsVersion, Versions},
        value::{Column, Value, values},
    },
    Postgres,
    listener::CHANNEL,
    value,
};

impl Postgres<'_> {
    pub(in crate::store::sql) fn change_parts(
        self,
        region: &Region,
        change: PartsChange,
    ) -> Result<Versions, StoreError> {
        let deletes = i64::from(change == PartsChange::Deletes);
        let rows = self.rows(
            "INSERT INTO parts_version (region, changes, deletions) VALUES (?1, 1, ?2)
             ON CONFLICT (region) DO UPDATE SET
                 changes = parts_version.changes + 1,
                 deletions = parts_version.deletions + excluded.deletions
             RETURNING changes, deletions",
            &values![region.as_str(), deletes],
        )?;
        let row = rows.first().ok_or(StoreError::MissingRow)?;
        let after = PartsVersion { changes: number(row, 0)?, deletions: number(row, 1)? };
        let PartsVersion { changes, deletions } = after;
        let before = PartsVersion { changes: changes - 1, deletions: deletions - deletes };
        Ok(Versions { before, after })
    }

    pub(in crate::store::sql) fn touch(self) -> Result<(), StoreError> {
        self.execute("UPDATE schema_version SET version = version", &[]).map(drop)
    }

    pub(in crate::store::sql) fn pages(self) -> Result<Pages, StoreError> {
        let bytes = self.number("SELECT pg_database_size(current_database())", &[])?;
        Ok(Pages { bytes: u64::try_from(bytes).unwrap_or_default(), free_bytes: 0 })
    }

    pub(in crate::store::sql) fn notify(self, payload: &str) -> Result<(), StoreError> {
        self.rows("SELECT CAST(pg_notify(?1, ?2) AS TEXT)", &values![CHANNEL, payload]).map(drop)
    }

    fn number(self, sql: &str, parameters: &[Value<'_>]) -> Result<i64, StoreError> {
        let rows = self.rows(sql, parameters)?;
        number(rows.first().ok_or(StoreError::MissingRow)?, 0)
    }
}

fn number(row: &Row, column: usize) -> Result<i64, StoreError> {
    value(row, column).and_then(i64::read).ok_or(StoreError::UnexpectedValue { column })
}
