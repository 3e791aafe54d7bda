//! Audit-log lines: an [`Entry`] parses a line in CEF, JSON or CPS, and an [`Access`] writes a line about
//! a request to the server's own API. No IO, no clock. The line is borrowed and never altered.
//!
//! ```
//! use audit_log::{Entry, Format, Kind};
//! use chrono::DateTime;
//!
//! let line = br#"{"event":{"event_ts":"2023-04-28T20:52:09Z","name":"Authz.portals","trace_id":3895213347334635099}}"#;
//! let entry = Entry::read(line, DateTime::UNIX_EPOCH)?;
//!
//! assert_eq!(entry.format(), Format::Cps);
//! assert_eq!(entry.kind(), Kind::Authorization);
//! assert_eq!(entry.event_at().timestamp(), 1_682_715_129);
//! assert_eq!(entry.field("trace_id").as_deref(), Some("3895213347334635099"));
//! # Ok::<(), audit_log::LineError>(())
//! ```
#![no_std]

extern crate alloc;

mod cef;
mod entry;
mod escape;
mod json;
mod kind;
mod line_error;
mod time;
mod write;

pub use entry::{Entry, Format};
pub use kind::Kind;
pub use line_error::LineError;
pub use write::Access;
