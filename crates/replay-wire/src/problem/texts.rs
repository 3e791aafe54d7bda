//! The HTTP status, title and detail of the problem document of each refusal, and the names of the broken
//! rules. Titles and details of Konnect's own refusals are Konnect's.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use replay_core::{Refusal, Region, Rule};

/// The HTTP status code and the title of the problem document.
pub(crate) const fn status(refusal: &Refusal) -> (u16, &'static str) {
    match refusal {
        Refusal::BadRequest(_) => (400, "Bad Request"),
        Refusal::Unauthorized => (401, "Unauthorized"),
        Refusal::Forbidden => (403, "Forbidden"),
        Refusal::NotFound => (404, "Not Found"),
        Refusal::MethodNotAllowed => (405, "Method Not Allowed"),
        Refusal::Running(_)
        | Refusal::NothingToStop
        | Refusal::NothingToResume
        | Refusal::OutageNotEnded
        | Refusal::OutageHealed
        | Refusal::NothingLeft
        | Refusal::BeingTested => (409, "Resource Conflict"),
        Refusal::TooLarge(_) => (413, "Content Too Large"),
        Refusal::UnsupportedMediaType(_) => (415, "Unsupported Media Type"),
        Refusal::MisdirectedHost(_) => (421, "Misdirected Request"),
        Refusal::Internal => (500, "Internal Server Error"),
        Refusal::BadGateway(..) => (502, "Bad Gateway"),
        Refusal::Overloaded { .. } | Refusal::Unavailable { .. } => (503, "Service Unavailable"),
    }
}

/// The detail of the problem document: one sentence for people.
pub(crate) fn detail(refusal: &Refusal) -> String {
    match refusal {
        Refusal::BadRequest(faults) => {
            faults.first().map_or("Bad request", |fault| match (fault.field.as_str(), fault.rule) {
                ("body", _) => "Could not parse request body",
                (_, Rule::Required) => "Required field missing",
                (_, Rule::MissingReference) => "Referenced resource missing",
                _ => "Invalid parameters",
            })
        }
        Refusal::Unauthorized => "Unauthorized",
        Refusal::Forbidden => "You do not have permission to perform this action",
        Refusal::NotFound => "Not Found",
        Refusal::MethodNotAllowed => "Method Not Allowed",
        Refusal::Running(regions) if regions.is_empty() => "A replay job is currently running",
        Refusal::Running(regions) => {
            let labels: Vec<_> = regions.iter().map(Region::as_str).collect();
            return format!("A replay job is currently running in [{}]", labels.join(", "));
        }
        Refusal::NothingToStop => "No replay job is waiting or running",
        Refusal::NothingToResume => "No replay job has failed with lines left to deliver",
        Refusal::OutageNotEnded => {
            "The outage has not ended: its lines can be delivered once the webhook works again"
        }
        Refusal::OutageHealed => "The outage is healed: every line of it was delivered",
        Refusal::NothingLeft => "No line is left to deliver: the retention has removed them",
        Refusal::BeingTested => "A test of the webhook is under way",
        Refusal::MisdirectedHost(host) => {
            return format!(
                "This server answers for localhost, for literal addresses and for names given \
                 with --host, not for [{host}]"
            );
        }
        Refusal::Overloaded { retry_after_seconds } => {
            return format!(
                "Too much data is waiting to be archived; try again in \
                 [{retry_after_seconds}] seconds"
            );
        }
        Refusal::Unavailable { .. } => "The database is not available; try again later",
        Refusal::Internal => "The server could not carry out the request",
        Refusal::BadGateway(host, instead) => return format!("[{host}] {instead}"),
        Refusal::TooLarge(limit_bytes) => {
            return format!("The body is larger than the limit of [{limit_bytes}] bytes");
        }
        Refusal::UnsupportedMediaType(expected) => {
            return format!("The body must be sent as [{expected}]");
        }
    }
    .to_owned()
}

/// The rule as the API spells it.
pub(crate) const fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "required",
        Rule::IsObject => "is_object",
        Rule::IsString => "is_string",
        Rule::IsBoolean => "is_boolean",
        Rule::IsDateTime => "is_date_time",
        Rule::Enum(_) => "enum",
        Rule::MaxLength(_) => "max_length",
        Rule::UnknownProperty => "unknown_property",
        Rule::MissingReference => "missing_reference",
        Rule::Invalid => "invalid",
    }
}
