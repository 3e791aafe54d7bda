//! Cuts one CEF line into its fields. Never takes a field from text that the client of a request chose.
//!
//! Konnect leaves spaces and `=` bare inside values, so the documented order of the extensions says where each one
//! ends. Up to the first `user_agent` every `key=` after a space starts an extension: a client's path holds no space.
//! The user agent then reaches to what the line must end with, found from the end: `sig`, and in an access line
//! `trace_id`, `query`, `sig`.

use alloc::borrow::Cow;
use core::iter;

use crate::escape::{self, unescape};
use crate::json::Object;
use crate::{Kind, Unreadable};

const HEADER: [&str; 7] = [
    "cef_version",
    "event_vendor",
    "event_product",
    "event_version",
    "event_class_id",
    "name",
    "severity",
];

/// A line cut at the bars of its header.
#[derive(Clone, Debug)]
pub(crate) struct Cef<'a> {
    before: &'a str,
    header: [&'a str; HEADER.len()],
    extensions: &'a str,
}

impl<'a> Cef<'a> {
    /// Cuts a line like `{time} {host} CEF:0|…|…|…|…|…|…|{extensions}`.
    pub(crate) fn parse(line: &'a str) -> Result<Self, Unreadable> {
        let (before, mut rest) = line.split_once("CEF:").ok_or(Unreadable::UnknownFormat)?;
        let mut header = [""; HEADER.len()];
        for field in &mut header {
            (*field, rest) = cut_at_bar(rest).ok_or(Unreadable::CefHeader)?;
        }
        Ok(Self { before, header, extensions: rest })
    }

    /// The value of a field by its name in JSON.
    pub(crate) fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        if name == "event_ts" {
            let (time, _host) = self.before.trim_end().rsplit_once(' ')?;
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
        let (rest, sig) = cut_sig(rest);
        let (user_agent, trace_id, query) = match Kind::named(event_name) {
            Kind::Access => cut_access(rest),
            Kind::Authentication | Kind::Authorization | Kind::Other => (rest, None, None),
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

fn cut_at_bar(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let bar = text.find(|c| {
        let found = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        found
    })?;
    Some((&text[..bar], &text[bar + 1..]))
}

/// The signature is the last word; what an unsigned query says about `sig=` still ends in a brace.
fn cut_sig(text: &str) -> (&str, Option<&str>) {
    let is_base64url =
        |sig: &str| sig.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match text.rsplit_once(" sig=") {
        Some((rest, sig)) if is_base64url(sig) => (rest, Some(sig)),
        _ => (text, None),
    }
}

/// User agent, `trace_id` and `query`, where both ends are the client's words and the id between them is not.
fn cut_access(text: &str) -> (&str, Option<&str>, Option<&str>) {
    // A cut through a string of the real query leaves an odd quote, so nothing inside it is an object of its own.
    let keys = || text.rmatch_indices(" query=");
    let query = keys().find(|(at, key)| Object::parse(&text[at + key.len()..]).is_ok());
    let (rest, query) = cut_at(text, query.or_else(|| keys().next()));
    let (user_agent, trace_id) = cut_at(rest, rest.rmatch_indices(" trace_id=").next());
    (user_agent, trace_id, query)
}

fn cut_at<'a>(text: &'a str, key: Option<(usize, &str)>) -> (&'a str, Option<&'a str>) {
    key.map_or((text, None), |(at, key)| (&text[..at], Some(&text[at + key.len()..])))
}

/// The first extension of a name where every key after a space starts one.
fn first<'a>(extensions: &'a str, name: &str) -> Option<&'a str> {
    let words = iter::once(0).chain(extensions.match_indices(' ').map(|(space, _)| space + 1));
    let mut keys = words
        .filter_map(|at| Some((at, key(&extensions[at..])?)))
        .skip_while(|&(_, key)| key != name);
    let (at, key) = keys.next()?;
    let end = keys.next().map_or(extensions.len(), |(next, _)| next - 1);
    Some(&extensions[at + key.len() + 1..end])
}

fn key(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    (end > 0 && text[end..].starts_with('=')).then_some(&text[..end])
}

#[cfg(test)]
mod tests;
