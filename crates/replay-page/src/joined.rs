//! Joins texts. The general functions of the library would be compiled once for each kind of text.

use alloc::string::String;

/// The texts, one after the other.
pub(crate) fn joined(texts: &[&str]) -> String {
    let mut joined = String::new();
    for text in texts {
        joined += text;
    }
    joined
}
