//! What stands around times in JSON, addresses, `key=value` lines and commands: the values of the keys
//! that name the ends of a range, or a moment.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

/// The texts of the ends or of a moment, as the keys name them.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Pasted {
    pub(crate) start: Option<String>,
    pub(crate) end: Option<String>,
    pub(crate) moment: Option<String>,
    /// When a log line's event was received, which says more than any other time of the line.
    pub(crate) received: Option<String>,
    /// The key that has two different values.
    pub(crate) twice: Option<String>,
}

const STARTS: &str = "from start start_at startat start_time starttime start-at start-time begin since after \
                      gte gt earliest from_ts fromts min";
const ENDS: &str = "to end end_at endat end_time endtime end-at end-time until before lte lt latest to_ts tots max";
const MOMENTS: &str = "time timestamp @timestamp ts date at datetime event_ts event_time eventtime created_at \
                       createdat @t when";

/// The values of the known keys in a clean text, or `None` if it has none.
pub(crate) fn pasted(text: &str) -> Option<Pasted> {
    let text = decoded(text);
    let is_address = text.contains("://") || text.contains('&') || text.starts_with('?');
    let mut pasted = Pasted::default();
    let mut rest = text.as_str();
    while let Some(found) = next_key(rest) {
        let value = value(found.rest, found.is_option);
        let slot = if found.name == "rt" {
            Some(&mut pasted.received)
        } else if is_one_of(STARTS, found.name) {
            Some(&mut pasted.start)
        } else if is_one_of(ENDS, found.name) {
            Some(&mut pasted.end)
        } else if is_one_of(MOMENTS, found.name) {
            Some(&mut pasted.moment)
        } else {
            None
        };
        // A value in braces or parentheses has keys itself.
        if value.text.is_empty() {
            rest = found.rest;
            continue;
        }
        rest = value.rest;
        let Some(slot) = slot else { continue };
        let text = if is_address { without_plus(value.text) } else { value.text.to_owned() };
        match slot {
            None => *slot = Some(text),
            Some(first) if *first != text => pasted.twice = Some(found.name.to_owned()),
            Some(_) => {}
        }
    }
    (pasted != Pasted::default()).then_some(pasted)
}

fn is_one_of(names: &str, key: &str) -> bool {
    names.split_ascii_whitespace().any(|name| name.eq_ignore_ascii_case(key))
}

struct Key<'a> {
    name: &'a str,
    /// What follows the separator.
    rest: &'a str,
    /// Whether it is an option of a command, like `--since`.
    is_option: bool,
}

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@')
}

/// The next word that is directly followed by `:`, `=` or `>=`, or that is an option.
fn next_key(text: &str) -> Option<Key<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let is_first = at == 0 || bytes.get(at - 1).is_some_and(|before| !is_part(*before));
        if !is_first || !bytes.get(at).is_some_and(|byte| is_part(*byte)) {
            at += 1;
            continue;
        }
        let is_option = text.get(..at).is_some_and(|before| before.ends_with("--"));
        let of_key = |byte: &&u8| is_part(**byte) || is_option && **byte == b'-';
        let length = bytes.iter().skip(at).take_while(of_key).count();
        let key = text.get(at..at + length)?;
        let after = text.get(at + length..)?;
        at += length;
        let unquoted = after.trim_start_matches(['"', '\'']).trim_start();
        let is_word = !key.bytes().all(|byte| byte.is_ascii_digit());
        let is_letters = !key.bytes().any(|byte| byte.is_ascii_digit());
        let separated = unquoted.strip_prefix('=').filter(|_| is_word);
        let separated = separated
            .or_else(|| unquoted.strip_prefix(':').filter(|_| is_letters && key.len() > 1));
        if let Some(rest) = separated {
            return Some(Key {
                name: key,
                rest: rest.strip_prefix('=').unwrap_or(rest),
                is_option: false,
            });
        }
        let compared = after.trim_start();
        if let Some(rest) = compared.strip_prefix(['<', '>']).filter(|_| is_one_of(MOMENTS, key)) {
            // Like `@timestamp >= "…"`.
            let key = if compared.starts_with('>') { "gte" } else { "lte" };
            return Some(Key {
                name: key,
                rest: rest.strip_prefix('=').unwrap_or(rest),
                is_option: false,
            });
        }
        if is_option && after.starts_with(' ') {
            return Some(Key { name: key, rest: after, is_option });
        }
    }
    None
}

struct Value<'a> {
    text: &'a str,
    rest: &'a str,
}

/// The value at the start of `text`: up to the closing quote, or up to a delimiter or the next key.
fn value(text: &str, is_option: bool) -> Value<'_> {
    let text = text.trim_start();
    if let Some(quote @ ('"' | '\'')) = text.chars().next() {
        let inner = text.get(1..).unwrap_or_default();
        let end = inner.find(quote).unwrap_or(inner.len());
        let rest = inner.get(end..).unwrap_or_default();
        return Value { text: inner.get(..end).unwrap_or_default(), rest };
    }
    let mut end = text.len();
    for (at, character) in text.char_indices() {
        let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
        let is_end = match character {
            '&' | '}' | ')' | '|' | '"' | '?' | '#' | ';' | '{' | '(' => true,
            ',' | ' ' => starts_with_key(rest) || is_option && rest.starts_with('-'),
            _ => false,
        };
        if is_end {
            end = at;
            break;
        }
    }
    Value {
        text: text.get(..end).unwrap_or_default().trim_end(),
        rest: text.get(end..).unwrap_or_default(),
    }
}

fn starts_with_key(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '"', '\'']);
    let text = text.strip_prefix("and ").or_else(|| text.strip_prefix("AND ")).unwrap_or(text);
    let length = text.bytes().take_while(|byte| is_part(*byte)).count();
    let (key, rest) = text.split_at(length);
    let is_key = key.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    let rest = rest.trim_start_matches(['"', '\'']);
    let has_digit = key.bytes().any(|byte| byte.is_ascii_digit());
    text.starts_with("--")
        || is_key
            && (rest.trim_start().starts_with(['=', '<', '>'])
                || rest.starts_with(':') && !has_digit && key.len() > 1)
}

/// The text with `%20` and the like decoded.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let coded = digit(0).zip(digit(1)).filter(|_| *first == b'%');
        if let Some(byte) = coded.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    super::clean::clean(&String::from_utf8_lossy(&bytes))
}

/// In an address, `+` is a space, unless it begins the UTC offset at the end of a time.
fn without_plus(value: &str) -> String {
    let is_offset = |after: &str| {
        let digits = after.bytes().filter(u8::is_ascii_digit).count();
        matches!(after.len(), 2 | 4 | 5) && matches!(digits, 2 | 4)
    };
    match value.rsplit_once('+') {
        Some((before, after)) if before.contains(':') && is_offset(after) => {
            let mut text = before.replace('+', " ");
            text.push('+');
            text.push_str(after);
            text
        }
        Some(_) => value.replace('+', " "),
        None => value.to_string(),
    }
}
