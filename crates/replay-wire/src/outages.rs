//! Outages of the live lane, an extension of this project: when and why lines were not delivered as
//! they arrived, how many are undelivered, and which job healed them.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Json, Reported,
    fields::{self, Fields, write_count},
};
use replay_core::{Fault, Outage};

pub use replay_core::outage::OutageReason;

use time_range::{Timestamp, write_timestamp};

/// An outage as a response reports it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutageReport {
    /// The id of the outage.
    pub id: String,
    /// When the outage began.
    pub began_at: Timestamp,
    /// When the outage ended; `None` if it has not.
    pub ended_at: Option<Timestamp>,
    /// Why lines were not delivered.
    pub reason: Reported<OutageReason>,
    /// The reason in words, like the receiver's answer.
    pub detail: Option<String>,
    /// The number of undelivered lines that are still archived.
    pub undelivered_lines: u64,
    /// The bytes of those lines without line feeds.
    pub undelivered_bytes: u64,
    /// The number of undelivered lines that retention has removed.
    pub lost_lines: u64,
    /// The event time of the first undelivered line; `None` without lines.
    pub first_at: Option<Timestamp>,
    /// The event time of the last undelivered line; `None` without lines.
    pub last_at: Option<Timestamp>,
    /// The id of the last job that was submitted to heal the outage; `None` if there was none.
    pub healing_job: Option<String>,
    /// When the last undelivered line was delivered; `None` if some are undelivered or lost.
    pub healed_at: Option<Timestamp>,
    /// The id of the job that healed the outage; `None` if none did.
    pub healed_by: Option<String>,
    /// Why the server does not heal the outage by itself: a healing job was `cancelled` or `refused`.
    pub hold: Option<String>,
}

/// A page of outages; by default, an empty one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OutagesPage {
    /// The outages, newest first.
    pub outages: Vec<OutageReport>,
    /// Where the next page starts; `None` if this is the last one.
    pub next_cursor: Option<String>,
}

/// Writes a page of outages.
#[must_use]
pub fn write_outages(page: &OutagesPage) -> Json {
    Json::object([
        ("outages", page.outages.iter().map(write_outage).collect()),
        ("next_cursor", page.next_cursor.as_deref().into()),
    ])
}

/// Reads a page of outages. `next_cursor` may be missing or null, and a missing or null number is 0.
///
/// # Errors
/// Every fault: the body is not an object, it has no outages, an outage has no id or does not say
/// when it began, or a field has the wrong type. Other missing fields are no fault.
pub fn read_outages(body: &Json) -> Result<OutagesPage, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let outages = fields.required_objects("outages", read_outage);
    let next_cursor = fields.optional("next_cursor", fields::text).map(ToOwned::to_owned);
    fields.finish(outages.map(|outages| OutagesPage { outages, next_cursor }))
}

fn write_outage(outage: &OutageReport) -> Json {
    Json::object([
        ("id", outage.id.as_str().into()),
        ("began_at", write_timestamp(outage.began_at).into()),
        ("ended_at", outage.ended_at.map(write_timestamp).into()),
        ("reason", outage.reason.as_str().into()),
    ])
    .with("detail", outage.detail.as_deref())
    .with("undelivered_lines", Some(write_count(outage.undelivered_lines)))
    .with("undelivered_bytes", Some(write_count(outage.undelivered_bytes)))
    .with("lost_lines", Some(write_count(outage.lost_lines)))
    .with("first_at", Some(outage.first_at.map(write_timestamp)))
    .with("last_at", Some(outage.last_at.map(write_timestamp)))
    .with("healing_job", Some(outage.healing_job.as_deref()))
    .with("healed_at", Some(outage.healed_at.map(write_timestamp)))
    .with("healed_by", Some(outage.healed_by.as_deref()))
    .with("hold", outage.hold.as_deref())
}

fn read_outage(fields: &mut Fields<'_>) -> Option<OutageReport> {
    let id = fields.required("id", fields::text);
    let began_at = fields.required("began_at", fields::timestamp);
    let ended_at = fields.optional("ended_at", fields::timestamp);
    let reason = fields.reported("reason");
    let detail = fields.optional("detail", fields::text).map(ToOwned::to_owned);
    let undelivered_lines = fields.count_or_zero("undelivered_lines");
    let undelivered_bytes = fields.count_or_zero("undelivered_bytes");
    let lost_lines = fields.count_or_zero("lost_lines");
    let first_at = fields.optional("first_at", fields::timestamp);
    let last_at = fields.optional("last_at", fields::timestamp);
    let healing_job = fields.optional("healing_job", fields::text).map(ToOwned::to_owned);
    let healed_at = fields.optional("healed_at", fields::timestamp);
    let healed_by = fields.optional("healed_by", fields::text).map(ToOwned::to_owned);
    let hold = fields.optional("hold", fields::text).map(ToOwned::to_owned);
    Some(OutageReport {
        id: id?.to_owned(),
        began_at: began_at?,
        ended_at,
        reason,
        detail,
        undelivered_lines,
        undelivered_bytes,
        lost_lines,
        first_at,
        last_at,
        healing_job,
        healed_at,
        healed_by,
        hold,
    })
}

impl From<&Outage> for OutageReport {
    fn from(outage: &Outage) -> Self {
        Self {
            id: outage.id.to_string(),
            began_at: outage.began_at,
            ended_at: outage.ended_at,
            reason: Reported::Known(outage.cause.reason),
            detail: outage.cause.detail.clone(),
            undelivered_lines: outage.undelivered.lines,
            undelivered_bytes: outage.undelivered.bytes,
            lost_lines: outage.lost_lines,
            first_at: outage.span.map(|span| span.start()),
            last_at: outage.span.map(|span| span.end()),
            healing_job: outage.healing_job.map(|job| job.to_string()),
            healed_at: outage.healed.map(|healed| healed.at),
            healed_by: outage.healed.and_then(|healed| healed.by).map(|job| job.to_string()),
            hold: outage.hold.map(|hold| hold.as_str().to_owned()),
        }
    }
}
