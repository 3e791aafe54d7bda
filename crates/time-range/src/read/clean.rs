//! Spaces, dashes, quotes and invisible marks of any kind, as one character each. It does not know what
//! the text means.

use alloc::string::String;

/// The text with ASCII spaces, quotes and hyphens, `–` for every longer dash and `→` for every arrow.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if let Some(character) = one(character) {
            clean.push(character);
        }
    }
    clean
}

/// What stands for a character; `None` if it is left out.
fn one(character: char) -> Option<char> {
    if let '\u{ff01}'..='\u{ff5e}' = character {
        return char::from_u32(u32::from(character) - 0xfee0);
    }
    let same = SAME.iter().find(|same| same.first <= character && character <= same.last);
    match same {
        Some(Same { meaning: '\0', .. }) => None,
        Some(same) => Some(same.meaning),
        None => Some(character),
    }
}

/// Characters that mean the same, or nothing.
struct Same {
    first: char,
    last: char,
    meaning: char,
}

const fn same(first: char, last: char, meaning: char) -> Same {
    Same { first, last, meaning }
}

const SAME: [Same; 40] = [
    same('\u{ad}', '\u{ad}', '\0'),
    same('\\', '\\', '\0'),
    same('\u{200b}', '\u{200f}', '\0'),
    same('\u{202a}', '\u{202e}', '\0'),
    same('\u{2060}', '\u{206f}', '\0'),
    same('\u{fe0e}', '\u{fe0f}', '\0'),
    same('\u{feff}', '\u{feff}', '\0'),
    same('\0', ' ', ' '),
    same('\u{7f}', '\u{a0}', ' '),
    same('\u{1680}', '\u{1680}', ' '),
    same('\u{180e}', '\u{180e}', ' '),
    same('\u{2000}', '\u{200a}', ' '),
    same('\u{2028}', '\u{2029}', ' '),
    same('\u{202f}', '\u{202f}', ' '),
    same('\u{205f}', '\u{205f}', ' '),
    same('\u{3000}', '\u{3000}', ' '),
    same('\u{2010}', '\u{2012}', '-'),
    same('\u{2043}', '\u{2043}', '-'),
    same('\u{207b}', '\u{207b}', '-'),
    same('\u{2212}', '\u{2212}', '-'),
    same('\u{fe63}', '\u{fe63}', '-'),
    same('\u{2013}', '\u{2015}', '–'),
    same('\u{2e3a}', '\u{2e3b}', '–'),
    same('\u{fe58}', '\u{fe58}', '–'),
    same('\u{2018}', '\u{201f}', '"'),
    same('«', '«', '"'),
    same('»', '»', '"'),
    same('´', '´', '"'),
    same('`', '`', '"'),
    same('\u{2032}', '\u{2033}', '"'),
    same('\u{2192}', '\u{2192}', '→'),
    same('\u{21d2}', '\u{21d2}', '→'),
    same('\u{21e8}', '\u{21e8}', '→'),
    same('\u{2794}', '\u{2794}', '→'),
    same('\u{279c}', '\u{279c}', '→'),
    same('\u{27a1}', '\u{27a1}', '→'),
    same('\u{27f6}', '\u{27f6}', '→'),
    same('\u{2236}', '\u{2236}', ':'),
    same('\u{2044}', '\u{2044}', '/'),
    same('\u{2215}', '\u{2215}', '/'),
];
