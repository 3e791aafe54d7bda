//! The overview, an extension of this project: what a client reads first of every region that its
//! token covers, in one answer. Each part is the body that the operation of its own answers with.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    HealthReport, JobReport, Json, Me, OutagesPage, ReplayProgress, WebhookReport,
    fields::{self, Fields, write_count},
    read_health, read_job, read_outages, read_progress, read_webhook, write_health, write_job,
    write_outages, write_progress, write_webhook,
};
use replay_core::{Fault, Region};
use time_range::{Timestamp, write_timestamp};

/// What the caller's token is, and every region that it covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// The name of the role, like `org-admin`.
    pub role: String,
    /// The covered regions in display order.
    pub regions: Vec<RegionOverview>,
}

/// One region at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionOverview {
    /// The region.
    pub region: Region,
    /// The current job.
    pub job: JobReport,
    /// The webhook.
    pub webhook: WebhookReport,
    /// The health of the webhook.
    pub health: HealthReport,
    /// The newest outages that are not healed. `next_cursor` is where the list of all outages goes
    /// on; `None` if no other outage is unhealed.
    pub outages: OutagesPage,
    /// The number of all outages that are not healed.
    pub outage_count: u64,
    /// How far the job is; `None` if it is settled.
    pub progress: Option<ReplayProgress>,
    /// The end of the timeframe of the last completed job. Jobs that were restricted to kinds of
    /// events or to the lines of an outage do not count. `None` if there was none.
    pub last_completed_end_at: Option<Timestamp>,
}

impl Overview {
    /// The caller's token.
    #[must_use]
    pub fn me(&self) -> Me {
        let regions = self.regions.iter().map(|one| one.region.clone()).collect();
        Me { role: self.role.clone(), regions }
    }
}

/// Writes an overview.
#[must_use]
pub fn write_overview(overview: &Overview) -> Json {
    Json::object([
        ("role", overview.role.as_str().into()),
        ("regions", overview.regions.iter().map(write_region).collect()),
    ])
}

/// Reads an overview. Outages, progress and the last completed job may be missing or null.
///
/// # Errors
/// Every fault: the body is not an object, the role, the regions or another part of a region is
/// missing, or a part has a fault.
pub fn read_overview(body: &Json) -> Result<Overview, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let role = fields.required("role", fields::text);
    let regions = fields.required_objects("regions", read_region);
    fields.finish((|| Some(Overview { role: role?.to_owned(), regions: regions? }))())
}

fn write_region(one: &RegionOverview) -> Json {
    Json::object([
        ("region", one.region.as_str().into()),
        ("job", write_job(&one.job)),
        ("webhook", write_webhook(&one.webhook)),
        ("health", write_health(&one.health)),
        ("outages", write_outages(&one.outages)),
        ("outage_count", write_count(one.outage_count).into()),
        ("progress", one.progress.as_ref().map(write_progress).into()),
        ("last_completed_end_at", one.last_completed_end_at.map(write_timestamp).into()),
    ])
}

fn read_region(fields: &mut Fields<'_>) -> Option<RegionOverview> {
    let region = fields.required("region", fields::region);
    let job = fields.required_body("job", read_job);
    let webhook = fields.required_body("webhook", read_webhook);
    let health = fields.required_body("health", read_health);
    let outages = fields.optional_body("outages", read_outages);
    let outage_count = fields.count_or_zero("outage_count");
    let progress = fields.optional_body("progress", read_progress);
    let last_completed_end_at = fields.optional("last_completed_end_at", fields::timestamp);
    Some(RegionOverview {
        region: region?,
        job: job?,
        webhook: webhook?,
        health: health?,
        outages: outages.unwrap_or_default(),
        outage_count,
        progress,
        last_completed_end_at,
    })
}
