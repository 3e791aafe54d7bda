//! Finds members of a JSON object by name and returns each value as written. Values are not parsed: a number keeps
//! its digits, and nested values use no stack.

use alloc::borrow::Cow;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::LineError;

/// The text of a JSON object.
///
/// Invariant: the text is a syntactically valid object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// Checks that the text is one JSON object.
    ///
    /// # Errors
    /// [`LineError::Json`] with the column at which the syntax is wrong.
    pub(crate) fn parse(text: &'a str) -> Result<Self, LineError> {
        match members(text, []) {
            Ok([]) => Ok(Self(text)),
            Err(error) => Err(LineError::Json { column: error.column() }),
        }
    }

    /// The value of a member that is an object.
    pub(crate) fn inner(&self, name: &str) -> Option<Self> {
        let [value] = members(self.0, [name]).ok()?;
        value.map(RawValue::get).filter(|value| value.starts_with('{')).map(Self)
    }

    /// The values of members, in the order of `names`, found in one pass.
    pub(crate) fn fields<const N: usize>(&self, names: [&str; N]) -> [Option<Cow<'a, str>>; N] {
        members(self.0, names).unwrap_or([None; N]).map(|value| text(value?.get()))
    }
}

/// A string without its escapes, `None` for `null`, any other value as written.
fn text(value: &str) -> Option<Cow<'_, str>> {
    match value.as_bytes() {
        [b'"', ..] => serde_json::from_str(value).ok().map(|Text(text)| text),
        b"null" => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn members<'a, const N: usize>(
    object: &'a str,
    names: [&str; N],
) -> serde_json::Result<[Option<&'a RawValue>; N]> {
    let mut parser = serde_json::Deserializer::from_str(object);
    let found = parser.deserialize_map(Members(names))?;
    parser.end()?;
    Ok(found)
}

/// Serde borrows into a `Cow` only in a field with `borrow`.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct Members<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            for (name, found) in self.0.iter().zip(&mut found) {
                if *name == key {
                    found.get_or_insert(value);
                }
            }
        }
        Ok(found)
    }
}
