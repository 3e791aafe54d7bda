//! The size and age of the archive by region, from what is known of its parts: no line is read.

use std::collections::HashMap;

use chrono::DateTime;
use replay_core::{Region, job::Amount};
use time_range::Timestamp;

use super::{Store, StoreError, read_region};

/// The archived lines of a region. Lines past retention count until they are deleted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ArchiveTotals {
    /// All lines, and their bytes before compression.
    pub amount: Amount,
    /// The lines that are not sealed into a block.
    pub recent_lines: u64,
    /// The event time of the oldest line; `None` if there is no line.
    pub oldest_at: Option<Timestamp>,
}

impl Store {
    /// The archived lines of each region that has some. This takes a few milliseconds for ten million
    /// lines, which are ten thousand parts.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn archive_totals(&self) -> Result<HashMap<Region, ArchiveTotals>, StoreError> {
        self.database
            .read(|db| {
                let totals = db.all(
                    "SELECT region, CAST(sum(lines) AS BIGINT), CAST(sum(bytes) AS BIGINT),
                            CAST(sum(CASE is_block WHEN 0 THEN lines ELSE 0 END) AS BIGINT),
                            min(first_ns)
                     FROM part GROUP BY region",
                    &[],
                    |row| {
                        let of_region = ArchiveTotals {
                            amount: Amount { lines: row.get(1)?, bytes: row.get(2)? },
                            recent_lines: row.get(3)?,
                            oldest_at: Some(DateTime::from_timestamp_nanos(row.get(4)?)),
                        };
                        Ok((read_region(&row.get::<String>(0)?)?, of_region))
                    },
                )?;
                Ok(totals.into_iter().collect())
            })
            .await
    }
}
