//! The English names of weekdays and months.

use alloc::string::String;

/// The weekdays, from Monday.
pub const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month, from 1.
pub(crate) fn month(number: u32) -> &'static str {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

/// The name of a weekday, from Monday as 0.
pub(crate) fn weekday(number: u32) -> &'static str {
    let index = usize::try_from(number).ok();
    index.and_then(|index| WEEKDAYS.get(index)).copied().unwrap_or_default()
}

/// `new` with capital letters where `old` has them.
pub(crate) fn in_case_of(new: &str, old: &str) -> String {
    let mut text = String::from(new);
    let is_upper = |at: usize| old.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase);
    if is_upper(1) {
        text.make_ascii_uppercase();
    } else if !is_upper(0) {
        text.make_ascii_lowercase();
    } else if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// The index of the name that `word` is or begins: at least its first three letters.
pub(crate) fn index_of(names: &[&str], word: &str) -> Option<u32> {
    let is_meant = |name: &&str| {
        let start = name.get(..word.len());
        word.len() >= 3 && start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    names.iter().position(is_meant).and_then(|index| u32::try_from(index).ok())
}
