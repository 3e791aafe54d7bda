//! Lists the outages of a region. It changes nothing.

use replay_core::{Outage, Region};

use super::{Store, StoreError, outage_rows, outages};

/// Some outages, the latest first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OutagePage {
    /// The outages. The undelivered lines of an open one are those at this moment.
    pub outages: Vec<Outage>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<i64>,
}

impl Store {
    /// The outages of the region that began before the position `before`, the latest first; at most
    /// `most`.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn outages(
        &self,
        region: &Region,
        before: Option<i64>,
        most: usize,
    ) -> Result<OutagePage, StoreError> {
        let (region, before) = (region.clone(), before.unwrap_or(i64::MAX));
        self.database
            .read(move |db| {
                let tx = db.unchecked_transaction()?;
                let mut stored = outage_rows::page(&tx, &region, before, most.saturating_add(1))?;
                let has_more = stored.len() > most;
                stored.truncate(most);
                let next = stored.last().filter(|_| has_more).map(|last| last.number);
                for open in stored.iter_mut().filter(|one| one.outage.ended_at.is_none()) {
                    open.outage.undelivered = outages::open_amount(&tx, &region)?;
                }
                let outages = stored.into_iter().map(|stored| stored.outage).collect();
                Ok(OutagePage { outages, next })
            })
            .await
    }
}
