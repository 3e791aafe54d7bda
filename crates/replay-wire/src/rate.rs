//! The limit of a job's delivery rate, an extension of this project: the request that sets it and the
//! answer. A job whose limit is 0 is paused.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    Json,
    fields::{self, FieldError, Fields, write_count},
};
use replay_core::Fault;

/// A request to limit how fast the region's job is delivered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RateRequest {
    /// The most lines in a second; 0 pauses the job, `None` removes the limit.
    pub lines_per_second: Option<u64>,
}

/// The limit of a job as the answer reports it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RateReport {
    /// The id of the job.
    pub job_id: String,
    /// The most lines in a second; 0 if the job is paused, `None` if there is no limit.
    pub lines_per_second: Option<u64>,
}

/// Writes the body of the PUT.
#[must_use]
pub fn write_rate(request: &RateRequest) -> Json {
    Json::object([(LINES_PER_SECOND, request.lines_per_second.map(write_count).into())])
}

/// Reads the body of the PUT. The limit must be given, so that an empty body does not remove it; null
/// removes it.
///
/// # Errors
/// Every fault of the body, including unknown fields.
pub fn read_rate(body: &Json) -> Result<RateRequest, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let lines_per_second = fields.present(LINES_PER_SECOND, count_or_null);
    fields.reject_unknown_fields();
    fields.finish(lines_per_second.map(|lines_per_second| RateRequest { lines_per_second }))
}

/// Writes the answer.
#[must_use]
pub fn write_rate_report(report: &RateReport) -> Json {
    Json::object([
        ("job_id", report.job_id.as_str().into()),
        (LINES_PER_SECOND, report.lines_per_second.map(write_count).into()),
    ])
}

/// Reads the answer. A missing limit is none.
///
/// # Errors
/// Every fault: the body is not an object, it has no id, or a field has the wrong type.
pub fn read_rate_report(body: &Json) -> Result<RateReport, Vec<Fault>> {
    let mut fields = Fields::of(body)?;
    let job_id = fields.required("job_id", fields::text).map(ToOwned::to_owned);
    let lines_per_second = fields.optional(LINES_PER_SECOND, fields::count);
    fields.finish(job_id.map(|job_id| RateReport { job_id, lines_per_second }))
}

const LINES_PER_SECOND: &str = "lines_per_second";

fn count_or_null(value: &Json) -> Result<Option<u64>, FieldError> {
    if *value == Json::Null { Ok(None) } else { fields::count(value).map(Some) }
}
