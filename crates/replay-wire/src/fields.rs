//! Reads a JSON object field by field and collects every fault. The method for a field decides
//! whether it may be missing or null; the reader passed to it decides its type.

mod values;

use alloc::{format, string::String, vec::Vec};

pub(crate) use self::values::{
    FieldError, authorization, boolean, count, log_format, nonblank, region, seconds, status_code,
    text, texts, timestamp, timestamp_or_unset, whole_minutes, write_count, write_texts,
    write_timestamp_or_unset,
};
use self::values::{array, object};
use crate::{Json, Reported, reported::ApiEnum};
use replay_core::{Fault, Rule};

/// The fields of one object, the names read so far, and the faults found so far.
pub(crate) struct Fields<'a> {
    all: &'a [(String, Json)],
    names_read: Vec<&'static str>,
    faults: Vec<Fault>,
}

/// Reads the value of a field.
type Read<'a, T> = fn(&'a Json) -> Result<T, FieldError>;

/// Reads a body of its own inside another object.
type ReadBody<T> = fn(&Json) -> Result<T, Vec<Fault>>;

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

    /// Reads a body of its own that must be present and not null. `None` if it has a fault. Its faults
    /// are named like `job.status`.
    pub(crate) fn required_body<T>(&mut self, name: &'static str, read: ReadBody<T>) -> Option<T> {
        let body = self.required(name, Ok)?;
        self.body(name, body, read)
    }

    /// Reads a body of its own that may be missing or null. `None` in both cases and if it has a
    /// fault.
    pub(crate) fn optional_body<T>(&mut self, name: &'static str, read: ReadBody<T>) -> Option<T> {
        let body = self.optional(name, Ok)?;
        self.body(name, body, read)
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
        self.add_nested_faults(name, fields.faults);
        result
    }

    fn body<T>(&mut self, name: &str, body: &Json, read: ReadBody<T>) -> Option<T> {
        read(body).map_err(|faults| self.add_nested_faults(name, faults)).ok()
    }

    fn add_nested_faults(&mut self, name: &str, faults: Vec<Fault>) {
        let faults = faults.into_iter();
        self.faults.extend(
            faults.map(|fault| Fault { field: format!("{name}.{}", fault.field), ..fault }),
        );
    }

    fn collect<T>(&mut self, name: &str, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.faults.push(error.of(name))).ok()
    }
}
