//! Splits a CEF line into fields. A client can choose the user agent and the query of a line; no field is
//! taken from inside them.
//!
//! Konnect does not escape spaces and `=` in values, so the order of the extensions decides where a value ends.
//! Before the first `user_agent`, every `key=` after a space starts an extension: the path of a request has no
//! spaces. The user agent ends where the last extensions start, which are found from the end of the line: `sig`,
//! and in an access line `trace_id`, `query` and `sig`.

use alloc::borrow::Cow;
use core::iter;

use crate::escape::{self, unescape};
use crate::json::Object;
use crate::{Kind, LineError};

const HEADER: [&str; 7] = [
    "cef_version",
    "event_vendor",
    "event_product",
    "event_version",
    "event_class_id",
    "name",
    "severity",
];

/// A line, split at the `|` of its header.
#[derive(Clone, Debug)]
pub(crate) struct Cef<'a> {
    /// The text before `CEF:`: time and host.
    prefix: &'a str,
    header: [&'a str; HEADER.len()],
    extensions: &'a str,
}

impl<'a> Cef<'a> {
    /// Parses a line like `{time} {host} CEF:0|…|…|…|…|…|…|{extensions}`.
    ///
    /// # Errors
    /// [`LineError::UnknownFormat`] without `CEF:`, [`LineError::CefHeader`] with fewer than seven header fields.
    pub(crate) fn parse(line: &'a str) -> Result<Self, LineError> {
        let (prefix, mut rest) = line.split_once("CEF:").ok_or(LineError::UnknownFormat)?;
        let mut header = [""; HEADER.len()];
        for field in &mut header {
            (*field, rest) = split_at_bar(rest).ok_or(LineError::CefHeader)?;
        }
        Ok(Self { prefix, header, extensions: rest })
    }

    /// The value of a field, which is named as in a JSON line, without escapes.
    pub(crate) fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        if name == "event_ts" {
            let (time, _host) = self.prefix.trim_end().rsplit_once(' ')?;
            return Some(Cow::Borrowed(time));
        }
        let header = iter::zip(HEADER, self.header).find(|(field, _)| *field == name);
        match header {
            Some((_, value)) => Some(unescape(value, escape::IN_HEADER)),
            None => self.extension(name).map(|value| unescape(value, escape::IN_EXTENSIONS)),
        }
    }

    fn extension(&self, name: &str) -> Option<&'a str> {
        let Some((front, rest)) = self.extensions.split_once(" user_agent=") else {
            return first(self.extensions, name);
        };
        let [.., event_name, _severity] = self.header;
        let (rest, sig) = split_signature(rest);
        let Tail { user_agent, trace_id, query } = match Kind::named(event_name) {
            Kind::Access => split_access(rest),
            Kind::Authentication | Kind::Authorization | Kind::Other => {
                Tail { user_agent: rest, trace_id: None, query: None }
            }
        };
        match name {
            "user_agent" => Some(user_agent),
            "trace_id" if trace_id.is_some() => trace_id,
            "query" if query.is_some() => query,
            "sig" => sig,
            _ => first(front, name),
        }
    }
}

/// The text before and after the first `|` that is not escaped.
fn split_at_bar(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let bar = text.find(|c| {
        let found = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        found
    })?;
    Some((&text[..bar], &text[bar + 1..]))
}

/// The text before the signature, and the signature, which is the last word. A `sig=` inside the query of an
/// unsigned line is no signature: the query ends with a brace, which base64url does not have.
fn split_signature(text: &str) -> (&str, Option<&str>) {
    let is_base64url =
        |sig: &str| sig.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match text.rsplit_once(" sig=") {
        Some((rest, sig)) if is_base64url(sig) => (rest, Some(sig)),
        _ => (text, None),
    }
}

/// The last extensions of a line, without the signature.
struct Tail<'a> {
    user_agent: &'a str,
    trace_id: Option<&'a str>,
    query: Option<&'a str>,
}

/// Splits the last extensions of an access line. The client chooses the user agent and the query.
fn split_access(text: &str) -> Tail<'_> {
    // A suffix that starts inside a string of the query has an unbalanced quote, so it is not a JSON object.
    let keys = || text.rmatch_indices(" query=");
    let query = keys().find(|(at, key)| Object::parse(&text[at + key.len()..]).is_ok());
    let (rest, query) = split_at_key(text, query.or_else(|| keys().next()));
    let (user_agent, trace_id) = split_at_key(rest, rest.rmatch_indices(" trace_id=").next());
    Tail { user_agent, trace_id, query }
}

/// The text before and after `key`, which is a match in `text`.
fn split_at_key<'a>(text: &'a str, key: Option<(usize, &str)>) -> (&'a str, Option<&'a str>) {
    key.map_or((text, None), |(at, key)| (&text[..at], Some(&text[at + key.len()..])))
}

/// The value of the first extension `name`, where every `key=` after a space starts an extension.
fn first<'a>(extensions: &'a str, name: &str) -> Option<&'a str> {
    let words = iter::once(0).chain(extensions.match_indices(' ').map(|(space, _)| space + 1));
    let mut keys = words
        .filter_map(|at| Some((at, key(&extensions[at..])?)))
        .skip_while(|&(_, key)| key != name);
    let (at, key) = keys.next()?;
    let end = keys.next().map_or(extensions.len(), |(next, _)| next - 1);
    Some(&extensions[at + key.len() + 1..end])
}

/// The key that `text` starts with, if `=` follows.
fn key(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    (end > 0 && text[end..].starts_with('=')).then_some(&text[..end])
}

#[cfg(test)]
mod tests;
