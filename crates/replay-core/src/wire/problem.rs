//! `application/problem+json`: a refusal in Konnect's own fields, and the lenient reading of one.
//! Reading never fails: an answer that keeps no rule still says something.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use super::Json;
use crate::{Fault, Refusal, Rule};

/// A problem document; every part may be missing from a real one.
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
    /// What is wrong with the request, field by field.
    pub invalid_parameters: Vec<InvalidParameter>,
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InvalidParameter {
    /// The field at fault.
    pub field: String,
    /// The rule it breaks, if one is named.
    pub rule: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What would do, where the rule is `enum`.
    pub choices: Vec<String>,
}

/// Writes a problem document.
#[must_use]
pub fn write_problem(problem: &Problem) -> Json {
    let parameters = &problem.invalid_parameters;
    Json::object([])
        .with("status", problem.status.map(i64::from))
        .with("title", problem.title.as_deref())
        .with("detail", problem.detail.as_deref())
        .with("instance", problem.instance.as_deref())
        .with(
            "invalid_parameters",
            (!parameters.is_empty())
                .then(|| parameters.iter().map(write_parameter).collect::<Json>()),
        )
}

/// Reads whatever of a problem document is there.
#[must_use]
pub fn read_problem(body: &Json) -> Problem {
    let text = |name| find(body, name).and_then(Json::as_str).map(ToOwned::to_owned);
    let parameters = find(body, "invalid_parameters").map_or(&[][..], items);
    Problem {
        status: find(body, "status").and_then(Json::as_u16),
        title: text("title"),
        detail: text("detail"),
        instance: text("instance"),
        invalid_parameters: parameters.iter().map(read_parameter).collect(),
    }
}

impl Problem {
    /// The document of `refusal`, to be asked about under the name of `trace`.
    #[must_use]
    pub fn of(refusal: &Refusal, trace: u64) -> Self {
        let status = refusal.status();
        let faults = if let Refusal::BadRequest(faults) = refusal { &faults[..] } else { &[] };
        // Konnect's gateway answers for who may come in, its service for what is asked.
        let origin = if matches!(status, 401 | 403 | 404) { "kong" } else { "konnect" };
        Self {
            status: Some(status),
            title: Some(refusal.title().to_owned()),
            detail: Some(refusal.detail()),
            instance: Some(format!("{origin}:trace:{trace}")),
            invalid_parameters: faults.iter().map(InvalidParameter::from).collect(),
        }
    }
}

impl From<&Fault> for InvalidParameter {
    fn from(fault: &Fault) -> Self {
        let choices = if let Rule::Enum { choices } = fault.rule { choices } else { &[] };
        Self {
            field: fault.field.clone(),
            rule: Some(fault.rule.as_str().to_owned()),
            reason: fault.reason.clone(),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        }
    }
}

fn write_parameter(parameter: &InvalidParameter) -> Json {
    let choices = &parameter.choices;
    Json::object([("field", parameter.field.as_str().into())])
        .with("rule", parameter.rule.as_deref())
        .with("reason", Some(parameter.reason.as_str()))
        .with(
            "choices",
            (!choices.is_empty()).then(|| choices.iter().map(String::as_str).collect::<Json>()),
        )
}

fn read_parameter(parameter: &Json) -> InvalidParameter {
    let text = |name| find(parameter, name).and_then(Json::as_str).map(ToOwned::to_owned);
    let choices = find(parameter, "choices").map_or(&[][..], items);
    InvalidParameter {
        field: text("field").unwrap_or_default(),
        rule: text("rule"),
        reason: text("reason").unwrap_or_default(),
        choices: choices.iter().filter_map(Json::as_str).map(ToOwned::to_owned).collect(),
    }
}

fn find<'a>(object: &'a Json, name: &str) -> Option<&'a Json> {
    let Json::Object(fields) = object else { return None };
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn items(value: &Json) -> &[Json] {
    if let Json::Array(items) = value { items } else { &[] }
}
