//! The parts of a relative time: the count and its unit.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{Edit, Step};
use crate::read::{Token, unit};

/// The units in the order of their length, as a letter and in full.
const UNITS: [(&str, &str); 5] =
    [("s", "seconds"), ("m", "minutes"), ("h", "hours"), ("d", "days"), ("w", "weeks")];

pub(super) fn edits(tokens: &[Token<'_>], under: usize, step: Step) -> Option<Vec<Edit>> {
    let token = tokens.get(under)?;
    if let Ok(count) = token.text.parse::<i64>() {
        let count = (count + step.by(10)).max(1);
        return Some(vec![Edit { token: under, text: count.to_string() }]);
    }
    let day = match (token.text.to_ascii_lowercase().as_str(), step.is_up()) {
        ("yesterday", true) => Some("today"),
        ("today", false) => Some("yesterday"),
        ("today" | "yesterday", _) => return None,
        _ => None,
    };
    if let Some(day) = day {
        let mut text = day.to_string();
        if token.text.starts_with(|first: char| first.is_ascii_uppercase()) {
            text.get_mut(..1)?.make_ascii_uppercase();
        }
        return Some(vec![Edit { token: under, text }]);
    }
    let letter = unit(token.text)?.letter().to_string();
    let at = UNITS.iter().position(|(short, _)| *short == letter)?;
    let next =
        if step.is_up() { (at + 1) % UNITS.len() } else { (at + UNITS.len() - 1) % UNITS.len() };
    let (short, long) = UNITS.get(next)?;
    let is_one =
        under.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|it| it.text == "1");
    let text = match token.text.len() {
        1 => String::from(*short),
        _ if is_one => long.trim_end_matches('s').to_string(),
        _ => String::from(*long),
    };
    Some(vec![Edit { token: under, text }])
}
