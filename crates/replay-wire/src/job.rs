//! The response about the replay job, in both documented forms (with `updated_at` or with
//! `created_at`). A report is never checked against the transition table, since
//! a client that polls does not see every status.
//!
//! The fields are those of
//! <https://github.com/Kong/developer.konghq.com/tree/main/api-specs/konnect/audit-logs>.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Json, Reported,
    fields::{self, Fields, write_timestamp_or_unset},
};
use replay_core::{Aggregate, Fault, Job, JobStatus, request::Kinds};
use time_range::Timestamp;

/// A job as a response reports it. By default, it is a response without any field.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct JobReport {
    /// The status.
    pub status: Reported<JobStatus>,
    /// The start of the timeframe, inclusive.
    pub start_at: Option<Timestamp>,
    /// The end of the timeframe, inclusive.
    pub end_at: Option<Timestamp>,
    /// When the job was submitted. Konnect's current API does not report it.
    pub created_at: Option<Timestamp>,
    /// When the status last changed.
    pub updated_at: Option<Timestamp>,
    /// Why the job failed. An extension of this project's server.
    pub reason: Option<String>,
    /// The endpoint of a started job, without query. An extension of this project's server.
    pub endpoint: Option<String>,
    /// The number of acknowledged lines of a started job. An extension of this project's server.
    pub delivered_lines: Option<u64>,
    /// The id of the job. This and the fields below are extensions of this project's server.
    pub id: Option<String>,
    /// The kinds of events that the job is restricted to; `None` for all.
    pub kinds: Option<Vec<String>>,
    /// The id of the job that this one resumes.
    pub resumed_from: Option<String>,
    /// The id of the outage that the job heals.
    pub heals: Option<String>,
    /// The number of lines of the job that retention removed before it started. It is not written if
    /// it is 0.
    pub lost_lines: u64,
}

/// Writes the response about a job. A timestamp that is `None` is written as Go's zero time, as by
/// Konnect.
#[must_use]
pub fn write_job(report: &JobReport) -> Json {
    Json::object([
        ("start_at", write_timestamp_or_unset(report.start_at)),
        ("end_at", write_timestamp_or_unset(report.end_at)),
        ("status", report.status.as_str().into()),
        ("created_at", write_timestamp_or_unset(report.created_at)),
        ("updated_at", write_timestamp_or_unset(report.updated_at)),
    ])
    .with("reason", report.reason.as_deref())
    .with("endpoint", report.endpoint.as_deref())
    .with("delivered_lines", report.delivered_lines.map(fields::write_count))
    .with("id", report.id.as_deref())
    .with("kinds", report.kinds.as_deref().map(fields::write_texts))
    .with("resumed_from", report.resumed_from.as_deref())
    .with("heals", report.heals.as_deref())
    .with("lost_lines", (report.lost_lines > 0).then(|| fields::write_count(report.lost_lines)))
}

/// Writes the response of `global`: the aggregate, and the status of each region. A region that does
/// not take part is `skipped`.
#[must_use]
pub fn write_aggregate(all: &Aggregate) -> Json {
    let regions = all.regions.iter().map(|(region, status)| {
        let status = status.map_or("skipped", JobStatus::as_str);
        (region.as_str().to_owned(), status.into())
    });
    let report = JobReport {
        status: Reported::Known(all.status),
        start_at: all.timeframe.map(|timeframe| timeframe.start()),
        end_at: all.timeframe.map(|timeframe| timeframe.end()),
        created_at: all.created_at,
        updated_at: all.updated_at,
        ..JobReport::default()
    };
    write_job(&report).with("regions", Some(Json::Object(regions.collect())))
}

/// Reads the response about a job, in either documented form.
///
/// # Errors
/// Every fault: the body is not an object, or a field has the wrong type. Missing fields are no fault.
pub fn read_job(body: &Json) -> Result<JobReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let status = fields.reported("status");
    let mut timestamp = |name| fields.optional(name, fields::timestamp_or_unset).flatten();
    let report = JobReport {
        status,
        start_at: timestamp("start_at"),
        end_at: timestamp("end_at"),
        created_at: timestamp("created_at"),
        updated_at: timestamp("updated_at"),
        reason: fields.optional("reason", fields::text).map(ToOwned::to_owned),
        endpoint: fields.optional("endpoint", fields::text).map(ToOwned::to_owned),
        delivered_lines: fields.optional("delivered_lines", fields::count),
        // In one of Konnect's documents, `id` is a number.
        id: fields.optional("id", |id| Ok(id.as_str().map(ToOwned::to_owned))).flatten(),
        kinds: fields.optional("kinds", fields::texts),
        resumed_from: fields.optional("resumed_from", fields::text).map(ToOwned::to_owned),
        heals: fields.optional("heals", fields::text).map(ToOwned::to_owned),
        lost_lines: fields.count_or_zero("lost_lines"),
    };
    fields.finish(Some(report))
}

impl From<&Job> for JobReport {
    fn from(job: &Job) -> Self {
        let configured = job.configured();
        let progress = configured.and_then(|job| job.progress.as_ref());
        let request = configured.map(|job| &job.request);
        Self {
            status: Reported::Known(job.status()),
            start_at: configured.map(|job| job.request.timeframe.start()),
            end_at: configured.map(|job| job.request.timeframe.end()),
            created_at: configured.map(|job| job.created_at),
            updated_at: configured.map(|job| job.updated_at),
            reason: configured.and_then(|job| job.reason.clone()),
            endpoint: progress.map(|progress| progress.endpoint.clone()),
            delivered_lines: progress.map(|progress| progress.delivered.lines),
            id: configured.map(|job| job.id.to_string()),
            kinds: request.and_then(|request| request.kinds.as_ref()).map(kind_names),
            resumed_from: request
                .and_then(|request| request.resumes)
                .map(|resumed| resumed.job.to_string()),
            heals: request.and_then(|request| request.heals).map(|outage| outage.to_string()),
            lost_lines: progress.map_or(0, |progress| progress.lost_lines),
        }
    }
}

/// The names of kinds of events.
pub(crate) fn kind_names(kinds: &Kinds) -> Vec<String> {
    kinds.names().map(ToString::to_string).collect()
}
