//! The words that say how important a log message is.

use crate::read::words::position;

/// Whether `text` is the level of a log message.
pub(crate) fn is_level(text: &str) -> bool {
    position(LEVELS, text).is_some()
}

const LEVELS: &str = "log trace debug info notice warn warning error err fatal critical crit cef";
