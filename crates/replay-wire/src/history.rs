//! Past jobs, an extension of this project: who requested a job, what it replayed, and how it ended.
//! A record stays the same once its job has ended, and is read one by one or in pages.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use chrono::TimeDelta;

use crate::{
    Json, Reported,
    fields::{self, Fields, write_count},
    job::kind_names,
};
use replay_core::{Configured, Fault, JobStatus, request::Requester};
use time_range::{Timestamp, write_timestamp};

/// A job as the history reports it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobRecord {
    /// The id of the job.
    pub id: String,
    /// The status.
    pub status: Reported<JobStatus>,
    /// The start of the timeframe, inclusive; of a healing job, the event time of its first line.
    pub start_at: Timestamp,
    /// The end of the timeframe, inclusive; of a healing job, the event time of its last line.
    pub end_at: Timestamp,
    /// The kinds of events that the job is restricted to; `None` for all.
    pub kinds: Option<Vec<String>>,
    /// When the job was submitted.
    pub created_at: Timestamp,
    /// When the job started to run; `None` if it did not.
    pub started_at: Option<Timestamp>,
    /// When the status last changed.
    pub updated_at: Timestamp,
    /// Why the job failed.
    pub reason: Option<String>,
    /// Who requested the job; `None` if the server did so by itself.
    pub requested_by: Option<RequestedBy>,
    /// The prefix of the ids of the job's requests.
    pub delivery_id: String,
    /// The number of acknowledged lines.
    pub delivered_lines: u64,
    /// The bytes of the acknowledged lines without line feeds.
    pub delivered_bytes: u64,
    /// The number of all lines of the job; `None` until it starts.
    pub total_lines: Option<u64>,
    /// The bytes of all lines of the job without line feeds; `None` until it starts.
    pub total_bytes: Option<u64>,
    /// The number of attempts that repeated an earlier one.
    pub retries: u64,
    /// How long the job has been running; `None` if it never did. Written in whole seconds.
    pub duration: Option<TimeDelta>,
    /// The endpoint of a started job, without query.
    pub endpoint: Option<String>,
    /// The id of the job that this one resumes.
    pub resumed_from: Option<String>,
    /// The id of the outage that the job heals.
    pub heals: Option<String>,
    /// The number of lines of the job that retention removed before it started.
    pub lost_lines: u64,
}

/// Who requested a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestedBy {
    /// The id of the token; it is not a secret.
    pub token_id: String,
    /// The role of the token, like `org-admin`.
    pub role: String,
    /// The IP address of the client; `None` if it is unknown.
    pub address: Option<String>,
}

/// A page of past jobs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryPage {
    /// The jobs, newest first.
    pub jobs: Vec<JobRecord>,
    /// Where the next page starts; `None` if this is the last one.
    pub next_cursor: Option<String>,
}

impl JobRecord {
    /// The record of a job at `now`. `started_at` is `None` if it has not started.
    #[must_use]
    pub fn of(job: &Configured, started_at: Option<Timestamp>, now: Timestamp) -> Self {
        let Configured { request, progress, .. } = job;
        let progress = progress.as_ref();
        let delivered = progress.map(|progress| progress.delivered).unwrap_or_default();
        let total = progress.and_then(|progress| progress.total);
        let until = if job.status.is_settled() { job.updated_at } else { now };
        Self {
            id: job.id.to_string(),
            status: Reported::Known(job.status),
            start_at: request.timeframe.start(),
            end_at: request.timeframe.end(),
            kinds: request.kinds.as_ref().map(kind_names),
            created_at: job.created_at,
            started_at,
            updated_at: job.updated_at,
            reason: job.reason.clone(),
            requested_by: request.requester.as_ref().map(RequestedBy::from),
            delivery_id: job.delivery_id().to_string(),
            delivered_lines: delivered.lines,
            delivered_bytes: delivered.bytes,
            total_lines: total.map(|total| total.lines),
            total_bytes: total.map(|total| total.bytes),
            retries: progress.map_or(0, |progress| progress.retries),
            duration: started_at.map(|started_at| (until - started_at).max(TimeDelta::zero())),
            endpoint: progress.map(|progress| progress.endpoint.clone()),
            resumed_from: request.resumes.map(|resumed| resumed.job.to_string()),
            heals: request.heals.map(|outage| outage.to_string()),
            lost_lines: progress.map_or(0, |progress| progress.lost_lines),
        }
    }
}

impl From<&Requester> for RequestedBy {
    fn from(requester: &Requester) -> Self {
        let Requester { token_id, role, address } = requester.clone();
        let address = (!address.is_empty()).then_some(address);
        Self { token_id, role, address }
    }
}

/// Writes a past job.
#[must_use]
pub fn write_record(record: &JobRecord) -> Json {
    let requested_by = record.requested_by.as_ref().map(|by| {
        Json::object([
            ("token_id", by.token_id.as_str().into()),
            ("role", by.role.as_str().into()),
            ("address", by.address.as_deref().into()),
        ])
    });
    Json::object([
        ("id", record.id.as_str().into()),
        ("status", record.status.as_str().into()),
        ("start_at", write_timestamp(record.start_at).into()),
        ("end_at", write_timestamp(record.end_at).into()),
    ])
    .with("kinds", record.kinds.as_deref().map(fields::write_texts))
    .with("created_at", Some(write_timestamp(record.created_at)))
    .with("started_at", Some(record.started_at.map(write_timestamp)))
    .with("updated_at", Some(write_timestamp(record.updated_at)))
    .with("reason", record.reason.as_deref())
    .with("requested_by", Some(requested_by))
    .with("delivery_id", Some(record.delivery_id.as_str()))
    .with("delivered_lines", Some(write_count(record.delivered_lines)))
    .with("delivered_bytes", Some(write_count(record.delivered_bytes)))
    .with("total_lines", Some(record.total_lines.map(write_count)))
    .with("total_bytes", Some(record.total_bytes.map(write_count)))
    .with("retries", Some(write_count(record.retries)))
    .with("duration_seconds", Some(record.duration.map(|duration| duration.num_seconds())))
    .with("endpoint", record.endpoint.as_deref())
    .with("resumed_from", record.resumed_from.as_deref())
    .with("heals", record.heals.as_deref())
    .with("lost_lines", Some(write_count(record.lost_lines)))
}

/// Reads a past job. A missing or null number that is always known is 0.
///
/// # Errors
/// Every fault: the body is not an object, an id or a time that every job has is missing, or a field
/// has the wrong type. Other missing fields are no fault.
pub fn read_record(body: &Json) -> Result<JobRecord, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let record = read_record_fields(&mut fields);
    fields.finish(record)
}

/// Writes a page of past jobs.
#[must_use]
pub fn write_history(page: &HistoryPage) -> Json {
    Json::object([
        ("jobs", page.jobs.iter().map(write_record).collect()),
        ("next_cursor", page.next_cursor.as_deref().into()),
    ])
}

/// Reads a page of past jobs. `next_cursor` may be missing or null.
///
/// # Errors
/// Every fault: the body is not an object, it has no jobs, or a job has one of the faults of
/// [`read_record`].
pub fn read_history(body: &Json) -> Result<HistoryPage, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let jobs = fields.required_objects("jobs", read_record_fields);
    let next_cursor = fields.optional("next_cursor", fields::text).map(ToOwned::to_owned);
    fields.finish(jobs.map(|jobs| HistoryPage { jobs, next_cursor }))
}

fn read_record_fields(fields: &mut Fields<'_>) -> Option<JobRecord> {
    let id = fields.required("id", fields::text);
    let status = fields.reported("status");
    let start_at = fields.required("start_at", fields::timestamp);
    let end_at = fields.required("end_at", fields::timestamp);
    let kinds = fields.optional("kinds", fields::texts);
    let created_at = fields.required("created_at", fields::timestamp);
    let started_at = fields.optional("started_at", fields::timestamp);
    let updated_at = fields.required("updated_at", fields::timestamp);
    let reason = fields.optional("reason", fields::text).map(ToOwned::to_owned);
    let requested_by = fields.optional_object("requested_by", read_requested_by);
    let delivery_id = fields.required("delivery_id", fields::text);
    let delivered_lines = fields.count_or_zero("delivered_lines");
    let delivered_bytes = fields.count_or_zero("delivered_bytes");
    let total_lines = fields.optional("total_lines", fields::count);
    let total_bytes = fields.optional("total_bytes", fields::count);
    let retries = fields.count_or_zero("retries");
    let duration = fields.optional("duration_seconds", fields::seconds);
    let endpoint = fields.optional("endpoint", fields::text).map(ToOwned::to_owned);
    let resumed_from = fields.optional("resumed_from", fields::text).map(ToOwned::to_owned);
    let heals = fields.optional("heals", fields::text).map(ToOwned::to_owned);
    let lost_lines = fields.count_or_zero("lost_lines");
    Some(JobRecord {
        id: id?.to_owned(),
        status,
        start_at: start_at?,
        end_at: end_at?,
        kinds,
        created_at: created_at?,
        started_at,
        updated_at: updated_at?,
        reason,
        requested_by,
        delivery_id: delivery_id?.to_owned(),
        delivered_lines,
        delivered_bytes,
        total_lines,
        total_bytes,
        retries,
        duration,
        endpoint,
        resumed_from,
        heals,
        lost_lines,
    })
}

fn read_requested_by(fields: &mut Fields<'_>) -> Option<RequestedBy> {
    let token_id = fields.required("token_id", fields::text);
    let role = fields.required("role", fields::text);
    let address = fields.optional("address", fields::text).map(ToOwned::to_owned);
    Some(RequestedBy { token_id: token_id?.to_owned(), role: role?.to_owned(), address })
}
