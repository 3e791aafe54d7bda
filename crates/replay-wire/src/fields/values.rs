//! Reads the value of a field as a type, or says why it is refused; and writes the values that need
//! a rule. It knows no names of fields.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use chrono::{Datelike, TimeDelta};

use crate::Json;
use replay_core::{
    Fault, Region, Rule,
    webhook::{AuthorizationChange, LogFormat, Secret},
};
use time_range::Timestamp;

/// Why the value of a field is refused.
pub(crate) struct FieldError {
    rule: Rule,
    reason: String,
}

impl FieldError {
    /// The value breaks `rule`; `reason` is that of a [`Fault`].
    pub(crate) fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into() }
    }

    /// The fault of the field `name`.
    pub(super) fn of(self, name: &str) -> Fault {
        Fault::new(name, self.rule, self.reason)
    }
}

pub(super) fn object(value: &Json) -> Result<&[(String, Json)], FieldError> {
    let Json::Object(fields) = value else {
        return Err(FieldError::new(Rule::IsObject, "must be a JSON object"));
    };
    Ok(fields)
}

pub(super) fn array(value: &Json) -> Result<&[Json], FieldError> {
    let Json::Array(items) = value else {
        return Err(FieldError::new(Rule::Invalid, "must be an array"));
    };
    Ok(items)
}

pub(crate) fn text(value: &Json) -> Result<&str, FieldError> {
    value.as_str().ok_or_else(|| FieldError::new(Rule::IsString, "must be a string"))
}

pub(crate) fn texts(value: &Json) -> Result<Vec<String>, FieldError> {
    array(value)?.iter().map(|item| text(item).map(ToOwned::to_owned)).collect()
}

pub(crate) fn write_texts(texts: &[String]) -> Json {
    texts.iter().map(String::as_str).collect()
}

pub(crate) fn nonblank(value: &Json) -> Result<&str, FieldError> {
    let text = text(value)?;
    if text.trim().is_empty() {
        return Err(FieldError::new(Rule::Required, "cannot be blank"));
    }
    Ok(text)
}

pub(crate) fn boolean(value: &Json) -> Result<bool, FieldError> {
    let Json::Bool(boolean) = value else {
        return Err(FieldError::new(Rule::IsBoolean, "must be true or false"));
    };
    Ok(*boolean)
}

pub(crate) fn status_code(value: &Json) -> Result<u16, FieldError> {
    value.as_u16().ok_or_else(|| FieldError::new(Rule::Invalid, "must be an HTTP status code"))
}

pub(crate) fn count(value: &Json) -> Result<u64, FieldError> {
    let Json::Integer(count) = value else {
        return Err(FieldError::new(Rule::Invalid, "must be a whole number"));
    };
    u64::try_from(*count).map_err(|_| FieldError::new(Rule::Invalid, "must not be negative"))
}

/// Writes a count. A count above the largest JSON integer of this crate is written as that integer.
pub(crate) fn write_count(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

pub(crate) fn seconds(value: &Json) -> Result<TimeDelta, FieldError> {
    let Json::Integer(seconds) = value else {
        return Err(FieldError::new(Rule::Invalid, "must be a whole number of seconds"));
    };
    TimeDelta::try_seconds(*seconds)
        .ok_or_else(|| FieldError::new(Rule::Invalid, "must be fewer seconds"))
}

/// Reads a number of seconds that is one whole minute or more.
pub(crate) fn whole_minutes(value: &Json) -> Result<TimeDelta, FieldError> {
    let duration = seconds(value)?;
    if duration < TimeDelta::minutes(1) || duration.num_seconds() % 60 != 0 {
        return Err(FieldError::new(Rule::Invalid, "must be a positive multiple of 60"));
    }
    Ok(duration)
}

pub(crate) fn region(value: &Json) -> Result<Region, FieldError> {
    Region::named(text(value)?)
        .ok_or_else(|| FieldError::new(Rule::Invalid, "must be a region's label"))
}

pub(crate) fn timestamp(value: &Json) -> Result<Timestamp, FieldError> {
    time_range::read_timestamp(text(value)?)
        .map_err(|error| FieldError::new(Rule::IsDateTime, error.to_string()))
}

/// Reads a timestamp of a response that may be unset. Konnect writes an unset one as Go's zero time,
/// in the year 1.
pub(crate) fn timestamp_or_unset(value: &Json) -> Result<Option<Timestamp>, FieldError> {
    if text(value)? == UNSET_AS_DOCUMENTED {
        return Ok(None);
    }
    let at = timestamp(value)?;
    Ok(if at.year() > 1 { Some(at) } else { None })
}

/// Writes a timestamp that may be unset, as Konnect does.
pub(crate) fn write_timestamp_or_unset(at: Option<Timestamp>) -> Json {
    at.map_or(UNSET.to_owned(), time_range::write_timestamp).into()
}

/// Go's zero time.
const UNSET: &str = "0001-01-01T00:00:00Z";

/// Go's zero time as Konnect's `OpenAPI` documents misspell it.
const UNSET_AS_DOCUMENTED: &str = "0001-01-01T00:00:0Z";

pub(crate) fn log_format(value: &Json) -> Result<LogFormat, FieldError> {
    const CHOICES: [&str; 3] =
        [LogFormat::ALL[0].as_str(), LogFormat::ALL[1].as_str(), LogFormat::ALL[2].as_str()];
    LogFormat::named(text(value)?).ok_or_else(|| {
        let reason = alloc::format!("must be one of {}", CHOICES.join(", "));
        FieldError::new(Rule::Enum(&CHOICES), reason)
    })
}

/// Reads a change of the authorization; an empty string removes the stored one.
pub(crate) fn authorization(value: &Json) -> Result<AuthorizationChange<Secret>, FieldError> {
    if text(value)?.is_empty() {
        return Ok(AuthorizationChange::Remove);
    }
    let given = nonblank(value)?;
    if given.len() > Secret::NEW_LIMIT_BYTES {
        let reason = alloc::format!("must have at most {} bytes", Secret::NEW_LIMIT_BYTES);
        return Err(FieldError::new(Rule::MaxLength(Secret::NEW_LIMIT_BYTES), reason));
    }
    let secret = Secret::new(given.to_owned());
    secret.map(AuthorizationChange::Set).map_err(|reason| FieldError::new(Rule::Invalid, reason))
}
