//! Reads the lines of parts, their indexes and their texts, and verifies them. It changes nothing.

use bytes::Bytes;
use replay_core::{Region, snapshot::Position};

use super::{
    StoreError, part_data, parts,
    sql::{Row, Sql},
    stored_part::StoredPart,
};
use crate::archive::{Index, Line, checksum};

/// The index and the stored text of a part, which is gzip in a block.
pub(super) type Content = (Index, Bytes);

/// The content of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn content(db: &Sql<'_>, part: &StoredPart) -> Result<Content, StoreError> {
    part.content(part_data::read(db, CONTENT, part, read_content))
}

/// The content of each part.
///
/// # Errors
/// The database fails. That of a part is [`StoreError::DamagedPart`], or the database fails.
pub(super) fn content_of_each(
    db: &Sql<'_>,
    parts: &[StoredPart],
) -> Result<Vec<Result<Content, StoreError>>, StoreError> {
    let read = part_data::read_each(db, CONTENT, parts, read_content)?;
    Ok(parts.iter().zip(read).map(|(part, content)| part.content(content)).collect())
}

/// The lines of a part in the order of their positions.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn lines(db: &Sql<'_>, part: &StoredPart) -> Result<Vec<Line>, StoreError> {
    part.lines(content(db, part)?)
}

/// The lines of each part.
///
/// # Errors
/// The database fails. That of a part is [`StoreError::DamagedPart`], or the database fails.
pub(super) fn lines_of_each(
    db: &Sql<'_>,
    parts: &[StoredPart],
) -> Result<Vec<Result<Vec<Line>, StoreError>>, StoreError> {
    let contents = content_of_each(db, parts)?;
    let lines = |(part, content): (&StoredPart, Result<_, _>)| part.lines(content?);
    Ok(parts.iter().zip(contents).map(lines).collect())
}

/// The index of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn index(db: &Sql<'_>, part: &StoredPart) -> Result<Index, StoreError> {
    part.index(part_data::read(db, INDEX, part, read_index))
}

/// The index of each part.
///
/// # Errors
/// The database fails. That of a part is [`StoreError::DamagedPart`], or the database fails.
pub(super) fn index_of_each(
    db: &Sql<'_>,
    parts: &[StoredPart],
) -> Result<Vec<Result<Index, StoreError>>, StoreError> {
    let read = part_data::read_each(db, INDEX, parts, read_index)?;
    Ok(parts.iter().zip(read).map(|(part, index)| part.index(index)).collect())
}

/// The positions of the lines of a part.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn positions(db: &Sql<'_>, part: &StoredPart) -> Result<Vec<Position>, StoreError> {
    index(db, part)?.positions(&part.extent).map_err(|_| part.damaged())
}

/// Compares the checksums of a part, if it is still stored.
///
/// # Errors
/// [`StoreError::DamagedPart`], or the database fails.
pub(super) fn verify(db: &Sql<'_>, region: &Region, part: &StoredPart) -> Result<(), StoreError> {
    let verified = content(db, part)
        .and_then(|(index, _)| index.positions(&part.extent).map_err(|_| part.damaged()));
    match verified {
        Err(StoreError::DamagedPart(_)) if !parts::exists(db, region, part)? => Ok(()),
        verified => verified.map(|_| ()),
    }
}

/// The columns that [`read_index`] reads.
const INDEX: &str = "id, positions, fingerprints, index_checksum";

/// The columns that [`read_content`] reads.
const CONTENT: &str = "id, positions, fingerprints, index_checksum, text";

fn read_index(row: &Row<'_>) -> Result<Index, StoreError> {
    Ok(Index { positions: row.get(1)?, fingerprints: row.get(2)?, checksum: row.get(3)? })
}

fn read_content(row: &Row<'_>) -> Result<(Index, Vec<u8>), StoreError> {
    Ok((read_index(row)?, row.get(4)?))
}

impl StoredPart {
    /// The index that was read, if it is that of this part.
    fn index(&self, read: Result<Option<Index>, StoreError>) -> Result<Index, StoreError> {
        read.map_err(|error| self.unreadable(error))?
            .filter(|index| index.verify(&self.extent, self.seqs).is_ok())
            .ok_or_else(|| self.damaged())
    }

    /// The index and the text that were read, if they are those of this part.
    fn content(
        &self,
        read: Result<Option<(Index, Vec<u8>)>, StoreError>,
    ) -> Result<Content, StoreError> {
        let (index, text) = read.map_err(|error| self.unreadable(error))?.unzip();
        let text = text.filter(|text| checksum(text) == self.text_checksum);
        let text = text.ok_or_else(|| self.damaged())?;
        Ok((self.index(Ok(index))?, text.into()))
    }

    fn lines(&self, (index, text): Content) -> Result<Vec<Line>, StoreError> {
        index.lines(&self.extent, text).map_err(|_| self.damaged())
    }

    /// The error of reading this part: damage of the file is damage of the part.
    fn unreadable(&self, error: StoreError) -> StoreError {
        if error.is_damage() { self.damaged() } else { error }
    }
}
