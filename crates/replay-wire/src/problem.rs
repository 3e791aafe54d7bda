//! The body of a refused request: `application/problem+json` (RFC 9457) with Konnect's fields. Reading
//! never fails: real documents lack fields that the specification requires.

mod texts;

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use crate::{Json, fields};
use replay_core::{Fault, Refusal, Rule};

/// A problem document as a response reports it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Problem {
    /// The HTTP status code.
    pub status: Option<u16>,
    /// The kind of problem, like `Bad Request`.
    pub title: Option<String>,
    /// One sentence for people.
    pub detail: Option<String>,
    /// The trace id of the response, like `konnect:trace:7`.
    pub instance: Option<String>,
    /// The fields at fault; empty if the document has none.
    pub invalid_parameters: Vec<InvalidParameter>,
}

/// A field at fault.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InvalidParameter {
    /// The name of the field; empty if the document lacks it.
    pub field: String,
    /// What is wrong, like `must be a string`; empty if the document lacks it.
    pub reason: String,
}

/// The HTTP status code of the response to a refused request.
#[must_use]
pub const fn refusal_status(refusal: &Refusal) -> u16 {
    texts::status(refusal).0
}

/// Writes the problem document of `refusal`. The trace id `trace` ends the `instance` field.
#[must_use]
pub fn write_problem(refusal: &Refusal, trace: u64) -> Json {
    let (status, title) = texts::status(refusal);
    // In Konnect, the API gateway writes these three statuses and the service behind it the others.
    let origin = if matches!(status, 401 | 403 | 404) { "kong" } else { "konnect" };
    let faults = if let Refusal::BadRequest(faults) = refusal { Some(faults) } else { None };
    Json::object([
        ("status", i64::from(status).into()),
        ("title", title.into()),
        ("detail", texts::detail(refusal).into()),
        ("instance", format!("{origin}:trace:{trace}").into()),
    ])
    .with(
        "invalid_parameters",
        faults.map(|faults| faults.iter().map(write_fault).collect::<Json>()),
    )
}

/// Reads the fields of a problem document that are present and have the right type.
#[must_use]
pub fn read_problem(body: &Json) -> Problem {
    let text = |object: &Json, name| object.get(name).and_then(Json::as_str).map(ToOwned::to_owned);
    let invalid_parameter = |entry| InvalidParameter {
        field: text(entry, "field").unwrap_or_default(),
        reason: text(entry, "reason").unwrap_or_default(),
    };
    let entries = body.get("invalid_parameters").map_or(&[][..], Json::items);
    Problem {
        status: body.get("status").and_then(Json::as_u16),
        title: text(body, "title"),
        detail: text(body, "detail"),
        instance: text(body, "instance"),
        invalid_parameters: entries.iter().map(invalid_parameter).collect(),
    }
}

fn write_fault(fault: &Fault) -> Json {
    let choices = if let Rule::Enum(choices) = fault.rule { Some(choices) } else { None };
    let maximum = if let Rule::MaxLength(maximum) = fault.rule { Some(maximum) } else { None };
    Json::object([
        ("field", fault.field.as_str().into()),
        ("rule", texts::rule_name(fault.rule).into()),
        ("reason", fault.reason.as_str().into()),
    ])
    .with("choices", choices.map(|choices| choices.iter().copied().collect::<Json>()))
    .with("maximum", maximum.map(fields::write_count))
}
