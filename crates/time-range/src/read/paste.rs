//! What stands around times in JSON, addresses, `key=value` lines and commands: the values of the keys
//! that name the ends of a range, or a moment.

use crate::read::words::position;

/// What the value of a key is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    Start,
    End,
    Moment,
    /// When a log line's event was received, which says more than any other time of the line.
    Received,
    /// The zone of the times.
    Zone,
}

/// The values of the known keys, by their role.
#[derive(Debug, Default)]
pub(crate) struct Pasted<'a> {
    values: [Option<&'a str>; 5],
    /// Whether the key of the end is one that excludes it in other tools, like `--until`.
    pub(crate) is_before: bool,
    /// A second, different value of a role.
    pub(crate) twice: Option<&'a str>,
}

impl<'a> Pasted<'a> {
    pub(crate) fn value(&self, role: Role) -> Option<&'a str> {
        self.values.get(role as usize).copied().flatten()
    }

    /// The values that are times.
    pub(crate) fn times(&self) -> impl Iterator<Item = &'a str> {
        self.values.iter().take(Role::Zone as usize).copied().flatten()
    }
}

const KEYS: [(Role, &str); 5] = [
    (
        Role::Start,
        "from start start_at startat start_time starttime start-at start-time begin since since-time \
         after gte gt earliest from_ts fromts min",
    ),
    (
        Role::End,
        "to end end_at endat end_time endtime end-at end-time until before lte lt latest to_ts tots max",
    ),
    (
        Role::Moment,
        "time timestamp @timestamp ts date at datetime event_ts event_time eventtime created_at \
         createdat @t when",
    ),
    (Role::Received, "rt"),
    (Role::Zone, "timezone time_zone tz"),
];

/// The keys of an end that is exclusive in some tools.
const EXCLUSIVE: &str = "until before lt";

/// The values of the known keys in a clean text, or `None` if it has none.
pub(crate) fn pasted(text: &str) -> Option<Pasted<'_>> {
    let scanner = Scanner { text: text.as_bytes() };
    let mut pasted = Pasted::default();
    let mut at = 0;
    while at < text.len() {
        let Some(key) = scanner.key(at) else {
            at += 1;
            continue;
        };
        let (start, end) = scanner.value(&key);
        // A value in braces or parentheses has keys itself.
        at = if start == end { key.after } else { end };
        let value = text.get(start..end).unwrap_or_default().trim_end();
        let name = text.get(key.start..key.end).unwrap_or_default();
        let is_less = key.role == Some(Role::End) && scanner.byte(key.after - 1) == b'<';
        pasted.is_before |= is_less || position(EXCLUSIVE, name).is_some();
        let role = role(name).map(|role| key.role.unwrap_or(role));
        let slot = role.and_then(|role| pasted.values.get_mut(role as usize));
        if let Some(slot) = slot.filter(|_| !value.is_empty()) {
            if slot.is_some_and(|first| first != value) {
                pasted.twice = Some(value);
            }
            *slot = Some(value);
        }
    }
    let has_time = pasted.times().next().is_some();
    has_time.then_some(pasted)
}

fn role(key: &str) -> Option<Role> {
    KEYS.iter().find(|(_, names)| position(names, key).is_some()).map(|(role, _)| *role)
}

/// A key and its separator.
struct Key {
    start: usize,
    end: usize,
    /// The position after the separator.
    after: usize,
    /// The role that a comparison gives, as in `@timestamp >= "…"`.
    role: Option<Role>,
    /// Whether it is an option of a command, like `--since`.
    is_option: bool,
}

struct Scanner<'a> {
    text: &'a [u8],
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or_default()
    }

    fn is_part(&self, at: usize) -> bool {
        let byte = self.byte(at);
        byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@'
    }

    /// The first position from `at` on with none of these bytes.
    fn skip(&self, mut at: usize, bytes: &[u8]) -> usize {
        while at < self.text.len() && bytes.contains(&self.byte(at)) {
            at += 1;
        }
        at
    }

    /// The word at `start`, if it is directly followed by `:`, `=` or a comparison, or is an option.
    fn key(&self, start: usize) -> Option<Key> {
        if !self.is_part(start) || start > 0 && self.is_part(start - 1) {
            return None;
        }
        let is_option = start >= 2 && self.byte(start - 1) == b'-' && self.byte(start - 2) == b'-';
        let mut end = start;
        let (mut has_letter, mut has_digit) = (false, false);
        while self.is_part(end) || is_option && self.byte(end) == b'-' {
            has_digit |= self.byte(end).is_ascii_digit();
            has_letter |= !self.byte(end).is_ascii_digit();
            end += 1;
        }
        let separator = self.skip(end, b"\"' ");
        let mut role = None;
        let after = match self.byte(separator) {
            b'=' if has_letter => separator + 1,
            b':' if !has_digit && end > start + 1 && self.byte(end) != b' ' => separator + 1,
            sign @ (b'<' | b'>') if has_letter => {
                let compared = if sign == b'>' { Role::Start } else { Role::End };
                role = Some(compared);
                let key = self.text.get(start..end).and_then(|key| core::str::from_utf8(key).ok());
                let known = key.and_then(self::role)?;
                if known != Role::Moment && known != compared {
                    return None;
                }
                separator + 1
            }
            _ if is_option && self.byte(end) == b' ' => end,
            _ => return None,
        };
        Some(Key { start, end, after: self.skip(after, b"="), role, is_option })
    }

    /// The value of a key: up to the closing quote, or up to a delimiter or the next key.
    fn value(&self, key: &Key) -> (usize, usize) {
        let mut start = self.skip(key.after, b" ");
        let quote = self.byte(start);
        let is_quoted = quote == b'"' || quote == b'\'';
        if is_quoted {
            start += 1;
        }
        let mut end = start;
        while end < self.text.len() {
            let byte = self.byte(end);
            let is_end = if is_quoted {
                byte == quote
            } else if byte == b',' || byte == b' ' {
                self.is_before_key(end, key.is_option)
            } else {
                b"&})|\"?#;{(".contains(&byte)
            };
            if is_end {
                break;
            }
            end += 1;
        }
        (start, end)
    }

    /// Whether another key follows the space or comma at `at`.
    fn is_before_key(&self, at: usize, is_option: bool) -> bool {
        let mut next = self.skip(at, b", \"'");
        let and = self.text.get(next..next + 4);
        if and.is_some_and(|and| and.eq_ignore_ascii_case(b"and ")) {
            next += 4;
        }
        let is_dash = self.byte(next) == b'-';
        is_dash && (is_option || self.byte(next + 1) == b'-') || self.key(next).is_some()
    }
}
