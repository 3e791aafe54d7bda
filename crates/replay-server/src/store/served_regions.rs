//! The regions that the last `serve` on this data directory served, in their order. Other commands
//! check region labels against them.

use replay_core::Region;

use super::{
    Store, StoreError,
    sql::{Sql, values},
};

impl Store {
    /// The regions that were last served, in their order; empty before the first `serve`.
    ///
    /// # Errors
    /// The database fails, or a stored label is not a region.
    pub async fn served_regions(&self) -> Result<Vec<Region>, StoreError> {
        self.database.read(load).await
    }

    /// Replaces the served regions with `regions`, which are distinct; returns those before.
    ///
    /// # Errors
    /// The database fails; the stored regions are unchanged.
    pub async fn set_served_regions(
        &self,
        regions: Vec<Region>,
    ) -> Result<Vec<Region>, StoreError> {
        self.database
            .write(move |tx| {
                // A start without a change writes nothing, so that it succeeds on a full disk.
                let before = load(tx)?;
                if before == regions {
                    return Ok(before);
                }
                tx.execute("DELETE FROM served_region", &[])?;
                let places = regions.iter().enumerate();
                tx.execute_each(
                    "INSERT INTO served_region (place, label) VALUES (?1, ?2)",
                    places.map(|(place, region)| values![place, region.as_str()]),
                )?;
                Ok(before)
            })
            .await
    }
}

fn load(db: &Sql<'_>) -> Result<Vec<Region>, StoreError> {
    super::regions(db, "SELECT label FROM served_region ORDER BY place")
}
