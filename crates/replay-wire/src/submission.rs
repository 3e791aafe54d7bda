//! The request that submits a replay job, as the body of the PUT and as the query of a preview: a
//! timeframe and, as an extension of this project, the kinds of events. It checks the kinds against
//! those that the caller knows.

use alloc::{
    borrow::ToOwned,
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Json,
    fields::{self, FieldError, Fields},
    query::Parameters,
};
use replay_core::{Fault, IdempotencyKey, Policy, Rule, Timeframe, timeframe::Edge};
use time_range::{Timestamp, write_timestamp};

/// What a job is requested to replay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SubmissionRequest {
    /// The timeframe.
    pub timeframe: Timeframe,
    /// The kinds of events, sorted and without duplicates, one or more; `None` for all.
    pub kinds: Option<Vec<String>>,
}

/// The header of a PUT that makes a repeated request have the effect of one, an extension of this
/// project's server.
pub const IDEMPOTENCY_KEY: &str = IdempotencyKey::HEADER;

impl SubmissionRequest {
    /// The field and the parameter that restrict a job to kinds of events.
    pub const KINDS: &str = "kinds";
}

/// A request for all kinds of events.
impl From<Timeframe> for SubmissionRequest {
    fn from(timeframe: Timeframe) -> Self {
        Self { timeframe, kinds: None }
    }
}

/// Writes the body of the PUT that submits a job.
#[must_use]
pub fn write_submission(request: &SubmissionRequest) -> Json {
    Json::object([
        (Edge::Start.field(), write_timestamp(request.timeframe.start()).into()),
        (Edge::End.field(), write_timestamp(request.timeframe.end()).into()),
    ])
    .with(SubmissionRequest::KINDS, request.kinds.as_deref().map(fields::write_texts))
}

/// Reads the body of the PUT that submits a job. `kinds` may be missing or null, which means all.
///
/// # Errors
/// Every fault of the body, every reason of `policy` to refuse the timeframe at `now`, and a fault if
/// `kinds` is empty or has anything but `known_kinds`.
pub fn read_submission(
    body: &Json,
    policy: &Policy,
    now: Timestamp,
    known_kinds: &'static [&'static str],
) -> Result<SubmissionRequest, Vec<Fault>> {
    finish(Fields::of(body)?, policy, now, known_kinds)
}

/// Whether the body of a PUT has the field `kinds`, whatever its value. Konnect does not know it.
#[must_use]
pub fn has_kinds(body: &Json) -> bool {
    body.get(SubmissionRequest::KINDS).is_some()
}

/// Writes the query of the preview of a job, percent-encoded and without the `?`.
#[must_use]
pub fn write_submission_query(request: &SubmissionRequest) -> String {
    let [start, end] = [request.timeframe.start(), request.timeframe.end()].map(write_timestamp);
    // Nothing in a timestamp needs an encoding.
    let timeframe = format!("{}={start}&{}={end}", Edge::Start.field(), Edge::End.field());
    let Some(kinds) = &request.kinds else { return timeframe };
    let encoded = |kind: &String| form_urlencoded::byte_serialize(kind.as_bytes()).collect();
    let kinds: Vec<String> = kinds.iter().map(encoded).collect();
    format!("{timeframe}&{}={}", SubmissionRequest::KINDS, kinds.join(","))
}

/// Reads the query of the preview of a job, percent-encoded and without the `?`. The `+` of an offset
/// may be given as it is, although a `+` in a query stands for a space. Commas separate the kinds.
///
/// # Errors
/// The faults of [`read_submission`] for a body with the same fields, and a fault for each of them
/// that is given twice. An unknown parameter is one fault.
pub fn read_submission_query(
    query: Option<&str>,
    policy: &Policy,
    now: Timestamp,
    known_kinds: &'static [&'static str],
) -> Result<SubmissionRequest, Vec<Fault>> {
    let names = [Edge::Start.field(), Edge::End.field(), SubmissionRequest::KINDS];
    let parameters = Parameters::read(query, &names, |name, text| {
        if name == SubmissionRequest::KINDS {
            text.split(',').collect()
        } else {
            with_offset_sign(text).into()
        }
    });
    finish(parameters.fields(), policy, now, known_kinds)
}

/// Reads a request that is all of `fields`.
fn finish(
    mut fields: Fields<'_>,
    policy: &Policy,
    now: Timestamp,
    known_kinds: &'static [&'static str],
) -> Result<SubmissionRequest, Vec<Fault>> {
    let start = fields.required(Edge::Start.field(), fields::timestamp);
    let end = fields.required(Edge::End.field(), fields::timestamp);
    fields.add_faults(policy.faults(start, end, now).into_iter().map(Fault::from));
    let kinds = fields.optional(SubmissionRequest::KINDS, |value| kinds(value, known_kinds));
    fields.reject_unknown_fields();
    let timeframe = start.zip(end).and_then(|(start, end)| Timeframe::new(start, end).ok());
    fields.finish(timeframe.map(|timeframe| SubmissionRequest { timeframe, kinds }))
}

/// Reads kinds of events, sorted and without duplicates.
fn kinds(value: &Json, known: &'static [&'static str]) -> Result<Vec<String>, FieldError> {
    let names = known.join(", ");
    let Json::Array(items) = value else {
        let reason = format!("must be an array of one or more of {names}");
        return Err(FieldError::new(Rule::Invalid, reason));
    };
    if items.is_empty() {
        let reason = format!("must have one or more of {names}");
        return Err(FieldError::new(Rule::Invalid, reason));
    }
    let kinds = items.iter().map(|item| item.as_str().filter(|kind| known.contains(kind)));
    match kinds.collect::<Option<BTreeSet<_>>>() {
        Some(kinds) => Ok(kinds.into_iter().map(ToString::to_string).collect()),
        None => Err(FieldError::new(Rule::Enum(known), format!("may have only {names}"))),
    }
}

/// Puts a `+` for the space in front of an offset like `01:00`.
fn with_offset_sign(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((time, offset)) if offset.len() == "01:00".len() => format!("{time}+{offset}"),
        Some(_) | None => text.to_owned(),
    }
}
