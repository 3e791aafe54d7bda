//! Why a request was refused: its HTTP status and the words of its problem document. Who may ask
//! for what, and which values are good, is decided elsewhere.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{Region, timeframe::TimeframeError};

/// Why a request was not granted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// No token, or none that is known.
    Unauthorized,
    /// Nothing is at that address: no such path, or no such region.
    NotFound,
    /// Something is there, but not for this method.
    MethodNotAllowed,
    /// The token's role or regions do not cover the request.
    Forbidden,
    /// The body has more than so many bytes.
    TooLarge(usize),
    /// The body is not of the one kind that is read.
    UnsupportedMediaType(&'static str),
    /// The request says something that cannot be; never empty.
    BadRequest(Vec<Fault>),
    /// A job is running, so it cannot be replaced; these are the regions to name, which are none
    /// where the request was to one region alone.
    Running(Vec<Region>),
    /// There is no job that could be stopped.
    NothingToStop,
    /// The webhook is being tested, and one test at a time will do.
    BeingTested,
    /// This server does not answer for the `Host` that the request names.
    MisdirectedHost(String),
    /// Too much is waiting to be archived; the same request may succeed later.
    Overloaded {
        /// When it is worth trying again.
        retry_after_seconds: u32,
    },
    /// The server could not do it, whoever asks.
    Broken,
    /// The server behind this one did not do it: its host, and what it did instead.
    BadGateway(String, &'static str),
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The field at fault; `body` where it is the whole.
    pub field: String,
    /// The rule it breaks.
    pub rule: Rule,
    /// What is wrong, with what would do.
    pub reason: String,
}

/// The rules of Konnect's problem documents that this API uses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Rule {
    /// Absent or null.
    Required,
    /// Not a JSON object.
    IsObject,
    /// Not a string.
    IsString,
    /// Not a boolean.
    IsBoolean,
    /// Not an RFC 3339 date and time.
    IsDateTime,
    /// None of these.
    Enum(&'static [&'static str]),
    /// Longer than so many characters.
    MaxLength(usize),
    /// Not a field of this request.
    UnknownProperty,
    /// What it stands for does not exist.
    MissingReference,
    /// Well-formed and still not good.
    Invalid,
}

impl Refusal {
    /// What an enabled webhook is missing for a replay.
    #[must_use]
    pub fn no_enabled_webhook() -> Self {
        Self::BadRequest(Vec::from([Fault::new(
            "audit_log_webhook",
            Rule::MissingReference,
            "must be configured and enabled before a replay can be sent to it",
        )]))
    }

    /// What a webhook without an endpoint is missing for a test.
    #[must_use]
    pub fn no_webhook() -> Self {
        Self::BadRequest(Vec::from([Fault::new(
            "audit_log_webhook",
            Rule::MissingReference,
            "must be configured before it can be tested",
        )]))
    }

    /// The HTTP status, and the problem document's title for it.
    #[must_use]
    pub const fn status(&self) -> (u16, &'static str) {
        match self {
            Self::BadRequest(_) => (400, "Bad Request"),
            Self::Unauthorized => (401, "Unauthorized"),
            Self::Forbidden => (403, "Forbidden"),
            Self::NotFound => (404, "Not Found"),
            Self::MethodNotAllowed => (405, "Method Not Allowed"),
            Self::Running(_) | Self::NothingToStop | Self::BeingTested => {
                (409, "Resource Conflict")
            }
            Self::TooLarge(_) => (413, "Content Too Large"),
            Self::UnsupportedMediaType(_) => (415, "Unsupported Media Type"),
            Self::MisdirectedHost(_) => (421, "Misdirected Request"),
            Self::Broken => (500, "Internal Server Error"),
            Self::BadGateway(..) => (502, "Bad Gateway"),
            Self::Overloaded { .. } => (503, "Service Unavailable"),
        }
    }

    /// The problem document's detail: one sentence for a person.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::BadRequest(faults) => faults.first().map_or("Bad request", |fault| {
                match (fault.field.as_str(), fault.rule) {
                    ("body", _) => "Could not parse request body",
                    (_, Rule::Required) => "Required field missing",
                    (_, Rule::MissingReference) => "Referenced resource missing",
                    _ => "Invalid parameters",
                }
            }),
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "You do not have permission to perform this action",
            Self::NotFound => "Not Found",
            Self::MethodNotAllowed => "Method Not Allowed",
            Self::Running(regions) if regions.is_empty() => "A replay job is currently running",
            Self::Running(regions) => {
                let labels: Vec<_> = regions.iter().map(Region::as_str).collect();
                return format!("A replay job is currently running in [{}]", labels.join(", "));
            }
            Self::NothingToStop => "No replay job is waiting or running",
            Self::BeingTested => "A test of the webhook is under way",
            Self::MisdirectedHost(host) => {
                return format!(
                    "This server answers for localhost, for literal addresses and for names given \
                     with --host, not for [{host}]"
                );
            }
            Self::Overloaded { retry_after_seconds } => {
                return format!(
                    "Too much data is waiting to be archived; try again in \
                     [{retry_after_seconds}] seconds"
                );
            }
            Self::Broken => "The server could not carry out the request",
            Self::BadGateway(host, instead) => return format!("[{host}] {instead}"),
            Self::TooLarge(limit_bytes) => {
                return format!("The body is larger than the limit of [{limit_bytes}] bytes");
            }
            Self::UnsupportedMediaType(expected) => {
                return format!("The body must be sent as [{expected}]");
            }
        }
        .to_owned()
    }
}

impl Fault {
    /// A fault of `field`.
    #[must_use]
    pub fn new(field: impl Into<String>, rule: Rule, reason: impl Into<String>) -> Self {
        Self { field: field.into(), rule, reason: reason.into() }
    }
}

impl From<TimeframeError> for Fault {
    fn from(error: TimeframeError) -> Self {
        Self::new(error.edge().field(), Rule::Invalid, error.to_string())
    }
}

impl Rule {
    /// The rule as Konnect's problem documents spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::IsObject => "is_object",
            Self::IsString => "is_string",
            Self::IsBoolean => "is_boolean",
            Self::IsDateTime => "is_date_time",
            Self::Enum(_) => "enum",
            Self::MaxLength(_) => "max_length",
            Self::UnknownProperty => "unknown_property",
            Self::MissingReference => "missing_reference",
            Self::Invalid => "invalid",
        }
    }
}
