//! What a client reads first of several regions, at one moment. It changes nothing.

use replay_core::{JobStatus, Region, Webhook, webhook::Health};
use time_range::Timestamp;

use super::{
    JobProgress, OutagePage, Store, StoreError, outage_list, outage_rows, preview, read_timestamp,
    sql::{Sql, values},
    webhooks,
};

/// What a client reads first of a region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegionSummary {
    /// The region.
    pub region: Region,
    /// The current job, and how far it is.
    pub progress: JobProgress,
    /// The webhook.
    pub webhook: Webhook,
    /// The health of the webhook.
    pub health: Health,
    /// The latest outages that are not healed.
    pub outages: OutagePage,
    /// The number of all outages that are not healed.
    pub outage_count: u64,
    /// The end of the timeframe of the last completed job that was not restricted to kinds of events
    /// or to the lines of an outage.
    pub last_completed_end_at: Option<Timestamp>,
}

impl Store {
    /// What a client reads first of these regions, with at most `most_outages` of each, read in one
    /// transaction.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn overview(
        &self,
        regions: Vec<Region>,
        most_outages: usize,
    ) -> Result<Vec<RegionSummary>, StoreError> {
        self.database
            .read_at_one_moment(move |db| {
                regions.into_iter().map(|region| summary(db, region, most_outages)).collect()
            })
            .await
    }
}

fn summary(db: &Sql<'_>, region: Region, most_outages: usize) -> Result<RegionSummary, StoreError> {
    let webhook = webhooks::current(db, &region)?;
    let health = webhook.health(webhooks::deliveries(db, &region)?);
    Ok(RegionSummary {
        progress: preview::progress(db, &region)?,
        health,
        webhook,
        outages: outage_list::unhealed(db, &region, most_outages)?,
        outage_count: outage_rows::count_unhealed(db, &region)?,
        last_completed_end_at: last_completed_end_at(db, &region)?,
        region,
    })
}

fn last_completed_end_at(db: &Sql<'_>, region: &Region) -> Result<Option<Timestamp>, StoreError> {
    db.optional(
        "SELECT end_at FROM job
         WHERE region = ?1 AND status = ?2 AND kinds IS NULL AND heals IS NULL
         ORDER BY unixepoch(created_at, 'subsec') DESC, id DESC LIMIT 1",
        &values![region.as_str(), JobStatus::Completed.as_str()],
        |row| read_timestamp(&row.get::<String>(0)?),
    )
}
