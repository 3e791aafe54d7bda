//! What PostgreSQL is asked beyond statements.

use replay_core::Region;

use super::{
    super::{
        super::StoreError,
        upkeep::{Pages, Versions},
        value::{Column, Value, values},
    },
    Postgres, value,
};

impl Postgres<'_> {
    pub(in crate::store::sql) fn change_parts(
        self,
        region: &Region,
    ) -> Result<Versions, StoreError> {
        let sql = "INSERT INTO parts_version (region, version) VALUES (?1, 1)
                   ON CONFLICT (region) DO UPDATE SET version = parts_version.version + 1
                   RETURNING version";
        let after = self.number(sql, &values![region.as_str()])?;
        Ok(Versions { before: after - 1, after })
    }

    pub(in crate::store::sql) fn touch(self) -> Result<(), StoreError> {
        self.execute("UPDATE schema_version SET version = version", &[]).map(drop)
    }

    pub(in crate::store::sql) fn pages(self) -> Result<Pages, StoreError> {
        let bytes = self.number("SELECT pg_database_size(current_database())", &[])?;
        Ok(Pages { bytes: u64::try_from(bytes).unwrap_or_default(), free_bytes: 0 })
    }

    fn number(self, sql: &str, parameters: &[Value<'_>]) -> Result<i64, StoreError> {
        let rows = self.rows(sql, parameters)?;
        let row = rows.first().ok_or(StoreError::MissingRow)?;
        value(row, 0).and_then(i64::read).ok_or(StoreError::UnexpectedValue { column: 0 })
    }
}
