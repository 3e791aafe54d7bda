//! One audit log line as a view of its bytes: which format, which kind, when it happened, what its fields say.
//! Never alters or copies the line.

use alloc::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::cef::Cef;
use crate::json::Object;
use crate::{Kind, Unreadable, time};

/// How a line is spelled.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// `2025-06-18T21:02:36Z konghq.com CEF:0|KongInc|Konnect|1.0|…`
    Cef,
    /// `{"event_ts":"2025-06-18T21:02:36Z","event_vendor":"KongInc",…}`
    Json,
    /// `{"event":{…}}` around the object of [`Format::Json`]
    Cps,
}

impl Format {
    /// The format's name in the API: `cef`, `json` or `cps`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cef => "cef",
            Self::Json => "json",
            Self::Cps => "cps",
        }
    }
}

/// A line that could be read.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    body: Body<'a>,
    kind: Kind,
    event_at: DateTime<Utc>,
}

impl<'a> Entry<'a> {
    /// Reads one line, with or without its line ending.
    ///
    /// `received_at` only finds the year of a header time that has none.
    ///
    /// # Errors
    ///
    /// A line is UTF-8, one of the three formats, and tells a time that fits 64 bits of nanoseconds since 1970.
    pub fn read(line: &'a [u8], received_at: DateTime<Utc>) -> Result<Self, Unreadable> {
        let text = str::from_utf8(line)
            .map_err(|error| Unreadable::NotUtf8 { valid: error.valid_up_to() })?;
        let body = Body::parse(text.trim_end_matches(['\r', '\n']))?;
        let [name, rt, event_ts] = body.fields(["name", "rt", "event_ts"]);
        let event_at = time::event_at(rt.as_deref(), event_ts.as_deref(), received_at)?;
        Ok(Self { body, kind: Kind::named(name.as_deref().unwrap_or_default()), event_at })
    }

    /// How the line is spelled.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.body {
            Body::Cef(_) => Format::Cef,
            Body::Json(_) => Format::Json,
            Body::Cps(_) => Format::Cps,
        }
    }

    /// What the line reports.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When the event happened: `rt`, else the time in the header.
    #[must_use]
    pub fn event_at(&self) -> DateTime<Utc> {
        self.event_at
    }

    /// The value of a header field or extension, by its name in JSON (`event_vendor`, `severity`, `rt`, `sig`, …).
    ///
    /// Strings come without their escapes, everything else exactly as written, so no digit of an id is lost. Where a
    /// name occurs twice, the first counts. JSON's `null` is no value.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        let [value] = self.body.fields([name]);
        value
    }
}

#[derive(Clone, Debug)]
enum Body<'a> {
    Cef(Cef<'a>),
    Json(Object<'a>),
    Cps(Object<'a>),
}

impl<'a> Body<'a> {
    fn parse(line: &'a str) -> Result<Self, Unreadable> {
        if !line.trim_start().starts_with('{') {
            return Cef::parse(line).map(Self::Cef);
        }
        let object = Object::parse(line)?;
        Ok(object.inner("event").map_or(Self::Json(object), Self::Cps))
    }

    fn fields<const N: usize>(&self, names: [&str; N]) -> [Option<Cow<'a, str>>; N] {
        match self {
            Self::Cef(cef) => names.map(|name| cef.field(name)),
            Self::Json(object) | Self::Cps(object) => object.fields(names),
        }
    }
}

#[cfg(test)]
mod tests;
