//! The parts of a relative time: the count and its unit.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{Edit, Step};
use crate::{
    names,
    read::{Token, unit},
};

/// The units that are stepped through, in the order of their length and of [`Unit`](crate::ago::Unit).
const UNITS: [&str; 5] = ["seconds", "minutes", "hours", "days", "weeks"];

pub(super) fn edits(tokens: &[Token<'_>], under: usize, step: Step) -> Option<Vec<Edit>> {
    let token = tokens.get(under)?;
    let text = if let Some(count) = token.number() {
        let count = i64::from(count.value) + step.by(10);
        count.max(1).to_string()
    } else if token.is_day_word() {
        let is_today = token.text.len() == "today".len();
        if is_today == step.is_up() {
            return None;
        }
        names::in_case_of(if is_today { "yesterday" } else { "today" }, token.text)
    } else {
        let at = unit(token.text)? as usize;
        if at >= UNITS.len() {
            return None;
        }
        let next = at + if step.is_up() { 1 } else { UNITS.len() - 1 };
        let long = *UNITS.get(next % UNITS.len())?;
        let before = under.checked_sub(1).and_then(|before| tokens.get(before));
        let is_one = before.is_some_and(|it| it.text == "1");
        let length = match token.text.len() {
            1 => 1,
            _ if is_one => long.len() - 1,
            _ => long.len(),
        };
        String::from(long.get(..length)?)
    };
    Some(vec![Edit { token: under, text }])
}
