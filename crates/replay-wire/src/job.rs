//! A replay job on the wire: the PUT's body, and the answer with the quirks of both documented
//! generations. It reports what an answer says and never asks the law about it: polling skips
//! states.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Json, Reported,
    fields::{self, Fields, write_moment},
};
use replay_core::{Aggregate, Fault, Job, JobStatus, Policy, Timeframe, timeframe::Edge};
use time_range::{Timestamp, write_timestamp};

/// What an answer says of a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobReport {
    /// Its status.
    pub status: Reported<JobStatus>,
    /// The start of its timeframe.
    pub start_at: Option<Timestamp>,
    /// The end of its timeframe.
    pub end_at: Option<Timestamp>,
    /// When it was submitted; not every server tells.
    pub created_at: Option<Timestamp>,
    /// When it last changed; not every server tells.
    pub updated_at: Option<Timestamp>,
    /// Why it failed; an extension of our own server.
    pub reason: Option<String>,
    /// Where the job delivers to, from its start on; an extension of our own server.
    pub endpoint: Option<String>,
    /// How many lines were acknowledged, from its start on; an extension of our own server.
    pub delivered_lines: Option<u64>,
}

/// The PUT's body for `timeframe`.
#[must_use]
pub fn write_timeframe(timeframe: &Timeframe) -> Json {
    Json::object([
        ("start_at", write_timestamp(timeframe.start()).into()),
        ("end_at", write_timestamp(timeframe.end()).into()),
    ])
}

/// Reads the PUT's body.
///
/// # Errors
/// Every fault of the body, and of the timeframe under `policy` at `now`.
pub fn read_timeframe(
    body: &Json,
    policy: &Policy,
    now: Timestamp,
) -> Result<Timeframe, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let start = fields.required(Edge::Start.field(), fields::instant);
    let end = fields.required(Edge::End.field(), fields::instant);
    fields.blame(policy.faults(start, end, now).into_iter().map(Fault::from));
    fields.nothing_else();
    fields.finish(start.zip(end).and_then(|(start, end)| Timeframe::new(start, end).ok()))
}

/// Writes an answer. A moment that is not set is the year 1, as upstream.
#[must_use]
pub fn write_job(report: &JobReport) -> Json {
    Json::object([
        ("start_at", write_moment(report.start_at)),
        ("end_at", write_moment(report.end_at)),
        ("status", report.status.as_str().into()),
        ("created_at", write_moment(report.created_at)),
        ("updated_at", write_moment(report.updated_at)),
    ])
    .with("reason", report.reason.as_deref())
    .with("endpoint", report.endpoint.as_deref())
    .with("delivered_lines", report.delivered_lines.map(fields::write_count))
}

/// Writes the answer of `global`: one job for all, and what each region does.
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
        reason: None,
        endpoint: None,
        delivered_lines: None,
    };
    write_job(&report).with("regions", Some(Json::Object(regions.collect())))
}

/// Reads an answer of either documented generation, 201 or 202 alike.
///
/// # Errors
/// The body is no object, or a field has the wrong type.
pub fn read_job(body: &Json) -> Result<JobReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let status = fields.reported("status");
    let mut moment = |name| fields.lenient(name, fields::moment).flatten();
    let report = JobReport {
        status,
        start_at: moment("start_at"),
        end_at: moment("end_at"),
        created_at: moment("created_at"),
        updated_at: moment("updated_at"),
        reason: fields.lenient("reason", fields::text).map(ToOwned::to_owned),
        endpoint: fields.lenient("endpoint", fields::text).map(ToOwned::to_owned),
        delivered_lines: fields.lenient("delivered_lines", fields::count),
    };
    fields.finish(Some(report))
}

impl From<&Job> for JobReport {
    fn from(job: &Job) -> Self {
        let configured = job.configured();
        let failed = configured.filter(|job| job.status == JobStatus::Failed);
        let progress = configured.and_then(|job| job.progress.as_ref());
        Self {
            status: Reported::Known(job.status()),
            start_at: configured.map(|job| job.timeframe.start()),
            end_at: configured.map(|job| job.timeframe.end()),
            created_at: configured.map(|job| job.created_at),
            updated_at: configured.map(|job| job.updated_at),
            reason: failed.and_then(|job| job.reason.clone()),
            endpoint: progress.map(|progress| progress.endpoint.clone()),
            delivered_lines: progress.map(|progress| progress.delivered_lines),
        }
    }
}
