//! The format of the archive's parts: lines sorted by event time and sequence number, the index of
//! their positions, fingerprints that find duplicates, and checksums. It stores nothing.

mod fingerprint;
mod gzip;
mod line;
mod merges;
mod part;
mod positions;
mod sealing;

pub(crate) use fingerprint::{Fingerprints, fingerprint};
pub(crate) use gzip::{compress_fast, gunzip};
pub(crate) use line::{Line, amount};
pub(crate) use merges::{Candidate, parts_to_merge};
pub(crate) use part::{EncodedPart, Index, PartKind, checksum, text_of};
pub use sealing::SealLimits;
pub(crate) use sealing::{DAY_NS, day_of, seal};
