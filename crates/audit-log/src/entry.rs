//! A parsed audit-log line: format, kind, event time and fields. The line is borrowed and never altered.
//!
//! The formats are those of <https://developer.konghq.com/konnect-platform/audit-logs/>.

use alloc::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::cef::Cef;
use crate::json::Object;
use crate::{Kind, LineError, time};

/// The format of a line.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// `2025-06-18T21:02:36Z konghq.com CEF:0|KongInc|Konnect|1.0|…`
    Cef,
    /// `{"event_ts":"2025-06-18T21:02:36Z","event_vendor":"KongInc",…}`
    Json,
    /// `{"event":{…}}` around the object of [`Format::Json`]
    Cps,
}

/// A parsed line.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    body: Body<'a>,
    kind: Kind,
    event_at: DateTime<Utc>,
}

impl<'a> Entry<'a> {
    /// Parses one line, with or without its line ending.
    ///
    /// `received_at` is used only to find the year of a time in the header that has none.
    ///
    /// # Errors
    /// [`LineError`] unless the line is UTF-8, is in one of the three formats, and has an event time that fits 64
    /// bits of nanoseconds since 1970.
    pub fn read(line: &'a [u8], received_at: DateTime<Utc>) -> Result<Self, LineError> {
        let text = str::from_utf8(line)
            .map_err(|error| LineError::NotUtf8 { valid: error.valid_up_to() })?;
        let body = Body::parse(text.trim_end_matches(['\r', '\n']))?;
        let [name, rt, event_ts] = body.fields(["name", "rt", "event_ts"]);
        let event_at = time::event_at(rt.as_deref(), event_ts.as_deref(), received_at)?;
        Ok(Self { body, kind: Kind::named(name.as_deref().unwrap_or_default()), event_at })
    }

    /// The format of the line.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.body {
            Body::Cef(_) => Format::Cef,
            Body::Json(_) => Format::Json,
            Body::Cps(_) => Format::Cps,
        }
    }

    /// The kind of the event.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The event time: `rt`, or the time in the header if `rt` is not a whole number.
    #[must_use]
    pub fn event_at(&self) -> DateTime<Utc> {
        self.event_at
    }

    /// The value of a header field or an extension, which is named as in a JSON line (`event_vendor`, `rt`, `sig`).
    ///
    /// Escapes of strings are removed; any other value is returned as written, so that no digit of a large number
    /// is lost. If a name occurs twice, the first value counts. `None` for a missing field and for `null`.
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
    fn parse(line: &'a str) -> Result<Self, LineError> {
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
