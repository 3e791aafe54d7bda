//! Addresses as text: `%20` and the like, and `+` for a space.

use alloc::{string::String, vec::Vec};

/// The text with coded bytes decoded. In an address, `+` is a space, unless it begins the UTC offset of a
/// time.
pub(crate) fn decoded(text: String) -> String {
    let bytes = text.as_bytes();
    let is_address = bytes.iter().any(|byte| matches!(byte, b'&' | b'?'));
    if !is_address && !bytes.contains(&b'%') {
        return text;
    }
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let coded = digit(at + 1).zip(digit(at + 2)).filter(|_| *byte == b'%');
        at += 1;
        if let Some(coded) = coded.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            decoded.push(coded);
            at += 2;
        } else if is_address && *byte == b'+' && !is_offset(bytes, at) {
            decoded.push(b' ');
        } else {
            decoded.push(*byte);
        }
    }
    String::from_utf8(decoded).map_or(text, |decoded| super::clean::clean(&decoded))
}

/// Whether the sign before `at` stands between `:12` and `01:00`.
fn is_offset(bytes: &[u8], at: usize) -> bool {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if at >= 2 && bytes.get(at - 2) == Some(&b' ') {
        return true;
    }
    let is_after_time = at >= 4 && bytes.get(at - 4) == Some(&b':') && is_digit(at - 2);
    is_after_time
        && is_digit(at)
        && is_digit(at + 1)
        && (is_digit(at + 2) || bytes.get(at + 2) == Some(&b':'))
}
