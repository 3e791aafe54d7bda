//! The progress of a replay job, an extension of this project. It says how far the delivery is, how
//! fast it is, and how the last attempt ended.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Json, Reported,
    fields::{self, Fields, write_count},
};
use replay_core::{Fault, JobStatus, webhook::Attempt};
use time_range::{Timestamp, write_timestamp};

/// The progress of a job as a response reports it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReplayProgress {
    /// The id of the job; `None` if none was ever submitted.
    pub job_id: Option<String>,
    /// The status of the job.
    pub status: Reported<JobStatus>,
    /// The number of acknowledged lines.
    pub delivered_lines: Option<u64>,
    /// The number of all lines of the job.
    pub total_lines: Option<u64>,
    /// The bytes of the acknowledged lines without line feeds.
    pub delivered_bytes: Option<u64>,
    /// The bytes of all lines of the job without line feeds.
    pub total_bytes: Option<u64>,
    /// How many lines are acknowledged in a second; 0 if none are being delivered.
    pub lines_per_second: u64,
    /// The most lines that the job may deliver in a second; 0 if it is paused, `None` if there is no
    /// limit.
    pub lines_per_second_limit: Option<u64>,
    /// How many requests of the job may be in flight at the same time.
    pub in_flight_limit: u64,
    /// When the job may complete; `None` if that is unknown.
    pub estimated_end_at: Option<Timestamp>,
    /// The slices of the job.
    pub slices: Slices,
    /// The last delivery attempt of the job; `None` if there was none.
    pub last_attempt: Option<Attempt>,
    /// The number of attempts that repeated an earlier one.
    pub retries: u64,
}

/// The numbers of slices of a job.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Slices {
    /// All of them.
    pub total: u64,
    /// Those of which every line was acknowledged.
    pub completed: u64,
    /// Those that are being delivered.
    pub in_flight: u64,
}

/// Writes the progress of a job.
#[must_use]
pub fn write_progress(progress: &ReplayProgress) -> Json {
    let Slices { total, completed, in_flight } = progress.slices;
    let slices = Json::object([
        ("total", write_count(total).into()),
        ("completed", write_count(completed).into()),
        ("in_flight", write_count(in_flight).into()),
    ]);
    let last_attempt = progress.last_attempt.as_ref().map(|attempt| {
        Json::object([
            ("at", write_timestamp(attempt.at).into()),
            ("code", attempt.code.map(i64::from).into()),
            ("message", attempt.message.as_deref().into()),
        ])
    });
    Json::object([
        ("job_id", progress.job_id.as_deref().into()),
        ("status", progress.status.as_str().into()),
        ("delivered_lines", progress.delivered_lines.map(write_count).into()),
        ("total_lines", progress.total_lines.map(write_count).into()),
        ("delivered_bytes", progress.delivered_bytes.map(write_count).into()),
        ("total_bytes", progress.total_bytes.map(write_count).into()),
        ("lines_per_second", write_count(progress.lines_per_second).into()),
        ("lines_per_second_limit", progress.lines_per_second_limit.map(write_count).into()),
        ("in_flight_limit", write_count(progress.in_flight_limit).into()),
        ("estimated_end_at", progress.estimated_end_at.map(write_timestamp).into()),
        ("slices", slices),
        ("last_attempt", last_attempt.into()),
        ("retries", write_count(progress.retries).into()),
    ])
}

/// Reads the progress of a job. A missing or null number that is always known is 0.
///
/// # Errors
/// Every fault: the body is not an object, a field has the wrong type, or an attempt has no time. Other
/// missing fields are no fault.
pub fn read_progress(body: &Json) -> Result<ReplayProgress, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let slices = fields.optional_object("slices", |slices| {
        Some(Slices {
            total: slices.count_or_zero("total"),
            completed: slices.count_or_zero("completed"),
            in_flight: slices.count_or_zero("in_flight"),
        })
    });
    let progress = ReplayProgress {
        job_id: fields.optional("job_id", fields::text).map(ToOwned::to_owned),
        status: fields.reported("status"),
        delivered_lines: fields.optional("delivered_lines", fields::count),
        total_lines: fields.optional("total_lines", fields::count),
        delivered_bytes: fields.optional("delivered_bytes", fields::count),
        total_bytes: fields.optional("total_bytes", fields::count),
        lines_per_second: fields.count_or_zero("lines_per_second"),
        lines_per_second_limit: fields.optional("lines_per_second_limit", fields::count),
        in_flight_limit: fields.count_or_zero("in_flight_limit"),
        estimated_end_at: fields.optional("estimated_end_at", fields::timestamp),
        slices: slices.unwrap_or_default(),
        last_attempt: fields.optional_object("last_attempt", read_attempt),
        retries: fields.count_or_zero("retries"),
    };
    fields.finish(Some(progress))
}

fn read_attempt(fields: &mut Fields<'_>) -> Option<Attempt> {
    let at = fields.required("at", fields::timestamp);
    let code = fields.optional("code", fields::status_code);
    let message = fields.optional("message", fields::text).map(ToOwned::to_owned);
    at.map(|at| Attempt { at, code, message })
}
