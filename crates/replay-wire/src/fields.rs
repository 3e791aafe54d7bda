//! Reads a JSON object field by field and collects every fault. The method for a field decides
//! whether it may be missing or null; the reader passed to it decides its type.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

use chrono::{Datelike, TimeDelta};

use crate::{Json, Reported, reported::ApiEnum};
use replay_core::{
    Fault, Region, Rule,
    webhook::{AuthorizationChange, LogFormat, Secret},
};
use time_range::Timestamp;

/// The fields of one object, the names read so far, and the faults found so far.
pub(crate) struct Fields<'a> {
    all: &'a [(String, Json)],
    names_read: Vec<&'static str>,
    faults: Vec<Fault>,
}

/// Why the value of a field is refused.
pub(crate) struct FieldError {
    rule: Rule,
    reason: String,
}

/// Reads the value of a field.
type Read<'a, T> = fn(&'a Json) -> Result<T, FieldError>;

/// Reads the fields of an object inside another. `None` only if a required field has a fault.
type ReadFields<'a, T> = fn(&mut Fields<'a>) -> Option<T>;

impl<'a> Fields<'a> {
    /// The fields of `body`.
    ///
    /// # Errors
    /// A fault of `body` if it is not an object.
    pub(crate) fn of(body: &'a Json) -> Result<Self, Vec<Fault>> {
        object(body).map(Self::new).map_err(|error| Vec::from([error.of("body")]))
    }

    /// These fields.
    pub(crate) fn new(all: &'a [(String, Json)]) -> Self {
        Self { all, names_read: Vec::new(), faults: Vec::new() }
    }

    /// Reads a field that must be present and not null. `None` if it has a fault.
    pub(crate) fn required<T>(&mut self, name: &'static str, read: Read<'a, T>) -> Option<T> {
        let value = self.find(name).filter(|value| **value != Json::Null);
        let result = match value {
            Some(value) => read(value),
            None => Err(FieldError::new(Rule::Required, "must be given")),
        };
        self.collect(name, result)
    }

    /// Reads a field that must be present; `read` decides whether it may be null. `None` if it has a
    /// fault.
    pub(crate) fn present<T>(&mut self, name: &'static str, read: Read<'a, T>) -> Option<T> {
        let missing = || FieldError::new(Rule::Required, "must be given");
        let result = self.find(name).ok_or_else(missing).and_then(read);
        self.collect(name, result)
    }

    /// Reads a field that may be missing or null. `None` in both cases and if it has a fault.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&'a Json) -> Result<T, FieldError>,
    ) -> Option<T> {
        let value = self.find(name).filter(|value| **value != Json::Null)?;
        self.collect(name, read(value))
    }

    /// Reads a count that is 0 if the field is missing or null.
    pub(crate) fn count_or_zero(&mut self, name: &'static str) -> u64 {
        self.optional(name, count).unwrap_or_default()
    }

    /// Reads an enum of a response. A missing or null field is an unknown value without text.
    pub(crate) fn reported<E: ApiEnum>(&mut self, name: &'static str) -> Reported<E> {
        Reported::read(self.optional(name, text).unwrap_or_default())
    }

    /// Reads an object that may be missing or null. `None` in both cases, if it has a fault, and if
    /// `read` returns `None`. Its faults are named like `slices.total`.
    pub(crate) fn optional_object<T>(
        &mut self,
        name: &'static str,
        read: ReadFields<'a, T>,
    ) -> Option<T> {
        let value = self.find(name).filter(|value| **value != Json::Null)?;
        self.nested(name, value, read)
    }

    /// Reads an array of objects that must be present and not null. `None` if it has a fault, or if
    /// `read` returns `None` for an object. The faults of an object are named like `buckets.0.at`.
    pub(crate) fn required_objects<T>(
        &mut self,
        name: &'static str,
        read: ReadFields<'a, T>,
    ) -> Option<Vec<T>> {
        let items = self.required(name, array)?.iter().enumerate();
        let read_item = |(index, item)| self.nested(&format!("{name}.{index}"), item, read);
        // Every item is read before a fault ends the reading.
        items.map(read_item).collect::<Vec<_>>().into_iter().collect()
    }

    /// Adds faults that the caller found.
    pub(crate) fn add_faults(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.extend(faults);
    }

    /// Adds a fault for every field that was not read.
    pub(crate) fn reject_unknown_fields(&mut self) {
        let unknown = self.all.iter().filter(|(name, _)| !self.names_read.contains(&name.as_str()));
        self.faults.extend(
            unknown.map(|(name, _)| Fault::new(name, Rule::UnknownProperty, "is not known here")),
        );
    }

    /// Ends the reading with `value`, which is `None` only if a required field has a fault.
    ///
    /// # Errors
    /// Every fault found.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            Some(_) | None => Err(self.faults),
        }
    }

    fn find(&mut self, name: &'static str) -> Option<&'a Json> {
        self.names_read.push(name);
        self.all.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// Reads an object inside this one, whose faults are named like `name.field`.
    fn nested<T>(&mut self, name: &str, value: &'a Json, read: ReadFields<'a, T>) -> Option<T> {
        let mut fields = Self::new(self.collect(name, object(value))?);
        let result = read(&mut fields);
        let faults = fields.faults.into_iter();
        self.faults.extend(
            faults.map(|fault| Fault { field: format!("{name}.{}", fault.field), ..fault }),
        );
        result
    }

    fn collect<T>(&mut self, name: &str, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.faults.push(error.of(name))).ok()
    }
}

impl FieldError {
    /// The value breaks `rule`; `reason` is that of a [`Fault`].
    pub(crate) fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into() }
    }

    /// The fault of the field `name`.
    fn of(self, name: &str) -> Fault {
        Fault::new(name, self.rule, self.reason)
    }
}

fn object(value: &Json) -> Result<&[(String, Json)], FieldError> {
    let Json::Object(fields) = value else {
        return Err(FieldError::new(Rule::IsObject, "must be a JSON object"));
    };
    Ok(fields)
}

fn array(value: &Json) -> Result<&[Json], FieldError> {
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
