//! Why a line is rejected. The messages contain no part of the line.

use core::error::Error;
use core::fmt;

/// The rule that a line breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum LineError {
    /// The bytes are not UTF-8.
    NotUtf8 {
        /// The number of valid bytes before the first wrong one.
        valid: usize,
    },
    /// The line neither starts with `{` nor contains `CEF:`.
    UnknownFormat,
    /// The CEF header has fewer than seven fields, each followed by `|`.
    CefHeader,
    /// The line is not a valid JSON object.
    Json {
        /// The column of the syntax error, from 1.
        column: usize,
    },
    /// Neither `rt` nor the header has a time.
    NoTime,
    /// The time does not fit 64 bits of nanoseconds since 1970.
    TimeOutOfRange,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { valid } => write!(f, "not UTF-8 after byte {valid}"),
            Self::UnknownFormat => f.write_str("neither a CEF line nor a JSON object"),
            Self::CefHeader => f.write_str("a CEF header has seven fields, each ended by |"),
            Self::Json { column } => write!(f, "not a JSON object: broken at column {column}"),
            Self::NoTime => {
                f.write_str("no time: neither rt (milliseconds since 1970) nor the header has one")
            }
            Self::TimeOutOfRange => {
                f.write_str("the event time is not within the years 1678 to 2261")
            }
        }
    }
}

impl Error for LineError {}
