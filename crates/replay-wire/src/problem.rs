//! `application/problem+json`: a refusal in Konnect's own fields, and the lenient reading of one.
//! Reading never fails: an answer that keeps no rule still says something.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use crate::Json;
use replay_core::{Fault, Refusal, Rule};

/// A problem document as it was read; every part may be missing from a real one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Problem {
    /// The HTTP status, repeated.
    pub status: Option<u16>,
    /// What kind of problem it is.
    pub title: Option<String>,
    /// One sentence for a person.
    pub detail: Option<String>,
    /// The name under which the server may be asked about it.
    pub instance: Option<String>,
    /// Each field at fault, and what is wrong with it.
    pub invalid_parameters: Vec<(String, String)>,
}

/// Writes the document of `refusal`, to be asked about under the name of `trace`.
#[must_use]
pub fn write_problem(refusal: &Refusal, trace: u64) -> Json {
    let (status, title) = refusal.status();
    // Konnect's gateway answers for who may come in, its service for what is asked.
    let origin = if matches!(status, 401 | 403 | 404) { "kong" } else { "konnect" };
    let faults = if let Refusal::BadRequest(faults) = refusal { Some(faults) } else { None };
    Json::object([
        ("status", i64::from(status).into()),
        ("title", title.into()),
        ("detail", refusal.detail().into()),
        ("instance", format!("{origin}:trace:{trace}").into()),
    ])
    .with(
        "invalid_parameters",
        faults.map(|faults| faults.iter().map(write_fault).collect::<Json>()),
    )
}

/// Reads whatever of a problem document is there.
#[must_use]
pub fn read_problem(body: &Json) -> Problem {
    let text = |object: &Json, name| object.get(name).and_then(Json::as_str).map(ToOwned::to_owned);
    let fault =
        |fault| ["field", "reason"].map(|name| text(fault, name).unwrap_or_default()).into();
    let faults = body.get("invalid_parameters").map_or(&[][..], Json::items);
    Problem {
        status: body.get("status").and_then(Json::as_u16),
        title: text(body, "title"),
        detail: text(body, "detail"),
        instance: text(body, "instance"),
        invalid_parameters: faults.iter().map(fault).collect(),
    }
}

fn write_fault(fault: &Fault) -> Json {
    let choices = if let Rule::Enum(choices) = fault.rule { Some(choices) } else { None };
    let maximum = if let Rule::MaxLength(maximum) = fault.rule { Some(maximum) } else { None };
    Json::object([
        ("field", fault.field.as_str().into()),
        ("rule", fault.rule.as_str().into()),
        ("reason", fault.reason.as_str().into()),
    ])
    .with("choices", choices.map(|choices| choices.iter().copied().collect::<Json>()))
    .with("maximum", maximum.map(|maximum| i64::try_from(maximum).unwrap_or(i64::MAX)))
}
