//! Lists the outages of a region, and says how far its live lane is. It changes nothing.

use replay_core::{
    Outage, Region,
    job::Amount,
    lane::{Lane, LaneState},
};

use time_range::Timestamp;

use super::{
    Store, StoreError, lane_rows,
    outage_rows::{self, StoredOutage},
    outages,
    sql::Sql,
};

/// Some outages, the latest first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OutagePage {
    /// The outages. The undelivered lines of an open one are those at this moment.
    pub outages: Vec<Outage>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<i64>,
}

/// How far the live lane of a region is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LaneTotals {
    /// The lane.
    pub lane: Lane,
    /// The lines that the lane has not delivered and that belong to no outage which has ended.
    pub waiting: Amount,
    /// The undelivered lines of all outages.
    pub undelivered: Amount,
    /// When the open outage began; `None` if none is open.
    pub open_since: Option<Timestamp>,
}

impl Store {
    /// How far the region's live lane is; `None` if there is none.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn lane_totals(&self, region: &Region) -> Result<Option<LaneTotals>, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| {
                let Some(lane) = lane_rows::load(db, &region)? else { return Ok(None) };
                let waiting = match lane.state {
                    LaneState::Off => Amount::default(),
                    LaneState::Delivering | LaneState::Interrupted => {
                        outages::waiting(db, &region, &lane)?
                    }
                };
                let mut undelivered = outage_rows::undelivered(db, &region)?;
                if lane.is_interrupted() {
                    undelivered += waiting;
                }
                let open_since = outage_rows::open(db, &region)?.map(|open| open.outage.began_at);
                Ok(Some(LaneTotals { lane, waiting, undelivered, open_since }))
            })
            .await
    }

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
            .read_at_one_moment(move |db| {
                let stored = outage_rows::page(db, &region, before, most.saturating_add(1))?;
                page(db, &region, stored, most)
            })
            .await
    }
}

/// The latest outages of the region that are not healed; at most `most`.
pub(super) fn unhealed(
    db: &Sql<'_>,
    region: &Region,
    most: usize,
) -> Result<OutagePage, StoreError> {
    let stored = outage_rows::latest_unhealed(db, region, most.saturating_add(1))?;
    page(db, region, stored, most)
}

/// The page of the first `most` of these outages, which are one more if there is another page.
fn page(
    db: &Sql<'_>,
    region: &Region,
    mut stored: Vec<StoredOutage>,
    most: usize,
) -> Result<OutagePage, StoreError> {
    let has_more = stored.len() > most;
    stored.truncate(most);
    let next = stored.last().filter(|_| has_more).map(|last| last.number);
    let open = stored.iter_mut().find(|one| one.outage.ended_at.is_none());
    if let Some(open) = open
        && let Some(lane) = lane_rows::load(db, region)?
    {
        open.outage.undelivered = outages::waiting(db, region, &lane)?;
    }
    let outages = stored.into_iter().map(|stored| stored.outage).collect();
    Ok(OutagePage { outages, next })
}
