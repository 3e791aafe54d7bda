//! A part as the table `part` has it: what is known of it without its lines.

use replay_core::snapshot::{Extent, Position};

use super::{StoreError, error::PartName, sql::Row};
use crate::archive::EncodedPart;

/// A part that is stored, without its lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct StoredPart {
    /// Unique in the database, and never used again.
    pub(super) id: i64,
    /// What is known of its lines.
    pub(super) extent: Extent,
    /// The lowest and the highest sequence number of its lines.
    pub(super) seqs: (i64, i64),
    /// The checksum of its stored text.
    pub(super) text_checksum: i64,
}

impl StoredPart {
    /// A part that was inserted with this id.
    pub(super) fn new(id: i64, part: &EncodedPart) -> Self {
        let EncodedPart { extent, seqs, text_checksum, .. } = *part;
        Self { id, extent, seqs, text_checksum }
    }

    /// The name for messages.
    pub(super) fn name(&self) -> PartName {
        PartName { id: self.id, is_block: self.extent.is_block }
    }

    /// The error that names this part.
    pub(super) fn damaged(&self) -> StoreError {
        StoreError::DamagedPart(self.name())
    }

    /// Reads a row of [`select`](super::parts::select).
    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let extent = Extent {
            first: Position { event_ns: row.get(1)?, seq: row.get(2)? },
            last: Position { event_ns: row.get(3)?, seq: row.get(4)? },
            lines: count(row, 5)?,
            bytes: count(row, 6)?,
            is_block: row.get(7)?,
        };
        let seqs = (row.get(8)?, row.get(9)?);
        Ok(Self { id: row.get(0)?, extent, seqs, text_checksum: row.get(10)? })
    }
}

/// A number that is not negative. A damaged one is 0, which the checksum of the part detects.
pub(super) fn count(row: &Row<'_>, index: usize) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.get::<i64>(index)?).unwrap_or_default())
}
