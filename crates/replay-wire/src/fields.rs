//! Reading an object field by field, remembering every fault on the way. The method called says
//! whether a field may be missing or null, never a guess.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use chrono::{Datelike, TimeDelta};

use crate::{Json, Reported, Word};
use replay_core::{
    Fault, Region, Rule,
    webhook::{AuthorizationChange, LogFormat, Secret},
};
use time_range::Timestamp;

/// The fields of one object: those asked for so far, and what was wrong with them.
pub(crate) struct Fields<'a> {
    all: &'a [(String, Json)],
    asked: Vec<&'static str>,
    faults: Vec<Fault>,
}

/// Why a value will not do.
pub(crate) type Wrong = (Rule, String);

/// What makes a value of a field.
type Read<'a, T> = fn(&'a Json) -> Result<T, Wrong>;

impl<'a> Fields<'a> {
    /// The fields of `body`.
    ///
    /// # Errors
    /// A fault of the `body` if it is no object.
    pub(crate) fn of(body: &'a Json) -> Result<Self, Vec<Fault>> {
        let Json::Object(fields) = body else {
            return Err(Vec::from([Fault::new("body", Rule::IsObject, "must be a JSON object")]));
        };
        Ok(Self { all: fields, asked: Vec::new(), faults: Vec::new() })
    }

    /// A field of a request that has to be there.
    pub(crate) fn required<T>(&mut self, name: &'static str, read: Read<'a, T>) -> Option<T> {
        let value = self.find(name).unwrap_or(&Json::Null);
        self.checked(name, value, read)
    }

    /// A field that may be absent or null, which mean the same.
    pub(crate) fn lenient<T>(&mut self, name: &'static str, read: Read<'a, T>) -> Option<T> {
        let value = self.find(name).filter(|value| **value != Json::Null)?;
        self.checked(name, value, read)
    }

    /// A word of an answer; nothing said is an empty word.
    pub(crate) fn reported<W: Word>(&mut self, name: &'static str) -> Reported<W> {
        Reported::read(self.lenient(name, text).unwrap_or_default())
    }

    /// Adds faults found by other means.
    pub(crate) fn blame(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.extend(faults);
    }

    /// Declares every field of the request that was not asked for a fault.
    pub(crate) fn nothing_else(&mut self) {
        let unknown = self.all.iter().filter(|(name, _)| !self.asked.contains(&name.as_str()));
        self.faults.extend(
            unknown.map(|(name, _)| Fault::new(name, Rule::UnknownProperty, "is not known here")),
        );
    }

    /// What was read, if nothing was wrong.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        value.filter(|_| self.faults.is_empty()).ok_or(self.faults)
    }

    fn find(&mut self, name: &'static str) -> Option<&'a Json> {
        self.asked.push(name);
        self.all.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    fn checked<T>(&mut self, name: &str, value: &'a Json, read: Read<'a, T>) -> Option<T> {
        let result = if *value == Json::Null {
            Err((Rule::Required, "must be given".to_owned()))
        } else {
            read(value)
        };
        result.map_err(|(rule, reason)| self.faults.push(Fault::new(name, rule, reason))).ok()
    }
}

pub(crate) fn text(value: &Json) -> Result<&str, Wrong> {
    value.as_str().ok_or_else(|| (Rule::IsString, "must be a string".to_owned()))
}

pub(crate) fn nonblank(value: &Json) -> Result<&str, Wrong> {
    let text = text(value)?;
    if text.trim().is_empty() {
        return Err((Rule::Required, "cannot be blank".to_owned()));
    }
    Ok(text)
}

pub(crate) fn boolean(value: &Json) -> Result<bool, Wrong> {
    let Json::Bool(truth) = value else {
        return Err((Rule::IsBoolean, "must be true or false".to_owned()));
    };
    Ok(*truth)
}

pub(crate) fn status_code(value: &Json) -> Result<u16, Wrong> {
    value.as_u16().ok_or_else(|| (Rule::Invalid, "must be an HTTP status code".to_owned()))
}

pub(crate) fn count(value: &Json) -> Result<u64, Wrong> {
    let Json::Integer(count) = value else {
        return Err((Rule::Invalid, "must be a whole number".to_owned()));
    };
    u64::try_from(*count).map_err(|_| (Rule::Invalid, "must not be negative".to_owned()))
}

/// A count as a JSON number; one beyond 63 bits, which no archive reaches, is the largest.
pub(crate) fn write_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn seconds(value: &Json) -> Result<TimeDelta, Wrong> {
    let Json::Integer(seconds) = value else {
        return Err((Rule::Invalid, "must be a whole number of seconds".to_owned()));
    };
    TimeDelta::try_seconds(*seconds).ok_or((Rule::Invalid, "must be fewer seconds".to_owned()))
}

pub(crate) fn region(value: &Json) -> Result<Region, Wrong> {
    Region::named(text(value)?).ok_or((Rule::Invalid, "must be a region's label".to_owned()))
}

pub(crate) fn instant(value: &Json) -> Result<Timestamp, Wrong> {
    time_range::read_timestamp(text(value)?).map_err(|error| (Rule::IsDateTime, error.to_string()))
}

/// A moment of an answer; `None` if it was never set: in Go's year 1, however it is spelt.
pub(crate) fn moment(value: &Json) -> Result<Option<Timestamp>, Wrong> {
    if text(value)? == UNSET_AS_DOCUMENTED {
        return Ok(None);
    }
    instant(value).map(|at| Some(at).filter(|at| at.year() > 1))
}

/// The same, written.
pub(crate) fn write_moment(at: Option<Timestamp>) -> Json {
    at.map_or("0001-01-01T00:00:00Z".to_owned(), time_range::write_timestamp).into()
}

/// Go's zero time as the public documents misspell it.
const UNSET_AS_DOCUMENTED: &str = "0001-01-01T00:00:0Z";

pub(crate) fn log_format(value: &Json) -> Result<LogFormat, Wrong> {
    const CHOICES: [&str; 3] =
        [LogFormat::ALL[0].as_str(), LogFormat::ALL[1].as_str(), LogFormat::ALL[2].as_str()];
    LogFormat::named(text(value)?).ok_or_else(|| {
        (Rule::Enum(&CHOICES), alloc::format!("must be one of {}", CHOICES.join(", ")))
    })
}

/// A change of the authorization; an empty text removes it.
pub(crate) fn authorization(value: &Json) -> Result<AuthorizationChange<Secret>, Wrong> {
    if text(value)?.is_empty() {
        return Ok(AuthorizationChange::Remove);
    }
    let given = nonblank(value)?;
    if given.len() > Secret::NEW_LIMIT_BYTES {
        let reason = alloc::format!("must have at most {} bytes", Secret::NEW_LIMIT_BYTES);
        return Err((Rule::MaxLength(Secret::NEW_LIMIT_BYTES), reason));
    }
    let secret = Secret::new(given.to_owned());
    secret.map(AuthorizationChange::Set).map_err(|reason| (Rule::Invalid, reason.to_owned()))
}
