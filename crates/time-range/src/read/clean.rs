//! Spaces, dashes, quotes and invisible marks of any kind, as one character each. It does not know what
//! the text means.

use alloc::string::String;

/// The text with ASCII spaces, quotes and hyphens, `–` for every longer dash and `→` for every arrow.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        clean.push(match character {
            '\u{ad}'
            | '\\'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe0e}'
            | '\u{fe0f}'
            | '\u{feff}' => continue,
            '\0'..=' '
            | '\u{7f}'..='\u{a0}'
            | '\u{1680}'
            | '\u{180e}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}' => ' ',
            '\u{2010}'..='\u{2012}' | '\u{2043}' | '\u{207b}' | '\u{2212}' | '\u{fe63}' => '-',
            '\u{2013}'..='\u{2015}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' => '–',
            '\u{2018}'..='\u{201f}' | '«' | '»' | '´' | '`' | '\u{2032}' | '\u{2033}' => '"',
            '\u{2192}' | '\u{21d2}' | '\u{21e8}' | '\u{2794}' | '\u{279c}' | '\u{27a1}'
            | '\u{27f6}' => '→',
            '\u{2236}' => ':',
            '\u{2044}' | '\u{2215}' => '/',
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
            }
            character => character,
        });
    }
    clean
}
