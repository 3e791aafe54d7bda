//! The shape of every error: a problem document, with `invalid_parameters` exactly for a 400. Every
//! response of every test is checked here.

use std::collections::HashSet;

use axum::http::StatusCode;
use serde_json::Value;

use super::{
    response::ApiResponse,
    shape::{Type, assert_object},
};

/// Asserts that an error has every documented field.
pub(super) fn assert_problem(answer: &ApiResponse) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:#?}");
    let mut body = answer.json();
    assert_eq!(body["status"], answer.status.as_u16());
    let faults = body.as_object_mut().unwrap().remove("invalid_parameters");
    assert_eq!(faults.is_some(), answer.status == StatusCode::BAD_REQUEST, "{answer:#?}");
    assert_object(&body, PROBLEM_FIELDS, &[]);
    let (origin, trace) = body["instance"].as_str().unwrap().split_once(":trace:").unwrap();
    assert!(matches!(origin, "kong" | "konnect"), "{answer:#?}");
    assert!(trace.parse::<u64>().is_ok(), "{answer:#?}");
    if let Some(faults) = faults {
        assert_faults(faults.as_array().unwrap());
    }
    let unauthorized = answer.status == StatusCode::UNAUTHORIZED;
    assert_eq!(answer.header("www-authenticate") == "Bearer", unauthorized, "{answer:#?}");
    let wrong_method = answer.status == StatusCode::METHOD_NOT_ALLOWED;
    assert_eq!(!answer.header("allow").is_empty(), wrong_method, "{answer:#?}");
}

fn assert_faults(faults: &[Value]) {
    assert!(!faults.is_empty());
    let different: HashSet<_> = faults.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), faults.len(), "{faults:#?}");
    for fault in faults {
        let rule = fault["rule"].as_str().unwrap();
        let bound: &[_] = match rule {
            "enum" => &[("choices", Type::Array)],
            "max_length" => &[("maximum", Type::Integer)],
            _ if RULES.contains(&rule) => &[],
            _ => panic!("{rule} is not a documented rule"),
        };
        assert_object(fault, &[FAULT_FIELDS, bound].concat(), &[]);
        assert_ne!(fault["reason"], "");
    }
}

const PROBLEM_FIELDS: &[(&str, Type)] = &[
    ("status", Type::Integer),
    ("title", Type::Text),
    ("detail", Type::Text),
    ("instance", Type::Text),
];

const FAULT_FIELDS: &[(&str, Type)] =
    &[("field", Type::Text), ("rule", Type::Text), ("reason", Type::Text)];

/// The documented rules of a fault that has no further fields.
const RULES: [&str; 22] = [
    "required",
    "is_array",
    "is_base64",
    "is_boolean",
    "is_date_time",
    "is_integer",
    "is_null",
    "is_number",
    "is_object",
    "is_string",
    "is_uuid",
    "is_fqdn",
    "is_arn",
    "unknown_property",
    "missing_reference",
    "is_label",
    "matches_regex",
    "invalid",
    "is_supported_network_availability_zone_list",
    "is_supported_network_cidr_block",
    "is_supported_provider_region",
    "type",
];
