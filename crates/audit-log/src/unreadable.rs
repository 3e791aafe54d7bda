//! Why a line cannot be read, in words for its sender. Never repeats any of the line.

use core::error::Error;
use core::fmt;

/// The rule a line breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unreadable {
    /// The bytes are not UTF-8.
    NotUtf8 {
        /// How many bytes before the fault are good.
        valid: usize,
    },
    /// The line neither starts as a JSON object nor holds `CEF:`.
    UnknownFormat,
    /// Fewer than the seven header fields of CEF, each ended by a bar.
    CefHeader,
    /// The JSON is broken.
    Json {
        /// Where the parser stopped, counted from 1.
        column: usize,
    },
    /// Neither `rt` nor the header tells a time.
    NoTime,
    /// The time does not fit 64 bits of nanoseconds since 1970.
    TimeOutOfRange,
}

impl fmt::Display for Unreadable {
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

impl Error for Unreadable {}
