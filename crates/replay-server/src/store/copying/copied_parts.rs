//! The parts of the archive with their lines: reads them in the order of a copy, and inserts them under the
//! same ids. Their checksums are compared whenever they are read.

use replay_core::{Region, snapshot::Extent};

use super::{
    super::{
        StoreError, part_contents, parts, read_region,
        sql::{Sql, Value, values},
        stored_part::StoredPart,
        write::Write,
    },
    limits::ChunkLimits,
};
use crate::archive::{EncodedPart, checksum, day_of};

/// A part with its lines.
#[derive(Debug)]
pub(super) struct CopiedPart {
    place: Place,
    part: EncodedPart,
}

/// The place of a part in the order of the copy.
#[derive(Clone, Debug)]
pub(super) struct Place {
    region: Region,
    last_ns: i64,
    id: i64,
}

/// The place of the last part; `None` if there is none.
pub(super) fn last(db: &Sql<'_>) -> Result<Option<Place>, StoreError> {
    let sql = "SELECT region, last_ns, id FROM part
               ORDER BY region DESC, last_ns DESC, id DESC LIMIT 1";
    db.optional(sql, &[], |row| {
        let region = read_region(&row.get::<String>(0)?)?;
        Ok(Place { region, last_ns: row.get(1)?, id: row.get(2)? })
    })
}

/// The parts after a place, or the first ones.
pub(super) fn after(
    db: &Sql<'_>,
    last: Option<&Place>,
    limits: ChunkLimits,
) -> Result<Vec<CopiedPart>, StoreError> {
    let (mut copied, mut bytes) = (Vec::new(), 0);
    let mut next = match last {
        Some(place) => Some(place.clone()),
        None => before_region_after(db, "")?,
    };
    while let Some(Place { region, last_ns, id }) = next {
        let most = limits.rows.max(1).saturating_sub(copied.len());
        let condition = "(last_ns, id) > (?2, ?3) ORDER BY last_ns, id LIMIT ?4";
        let parameters = values![region.as_str(), last_ns, id, most];
        for part in parts::select(db, condition, &parameters)? {
            let part = CopiedPart::read(db, &region, &part)?;
            bytes += part.part.text.len() as u64;
            copied.push(part);
            if bytes >= limits.bytes {
                return Ok(copied);
            }
        }
        if copied.len() >= limits.rows {
            break;
        }
        next = before_region_after(db, region.as_str())?;
    }
    Ok(copied)
}

/// The place before all parts of the next region that has some.
fn before_region_after(db: &Sql<'_>, label: &str) -> Result<Option<Place>, StoreError> {
    let sql = "SELECT min(region) FROM part WHERE region > ?1";
    let Some(next) = db.one(sql, &values![label], |row| row.get::<Option<String>>(0))? else {
        return Ok(None);
    };
    Ok(Some(Place { region: read_region(&next)?, last_ns: i64::MIN, id: i64::MIN }))
}

/// Inserts parts, for whose days there are partitions.
pub(super) fn insert(tx: &Write<'_>, copied: &[CopiedPart]) -> Result<(), StoreError> {
    for parts in copied.chunk_by(|a, b| a.place.region == b.place.region) {
        let Some(first) = parts.first() else { continue };
        let with_ids = parts.iter().map(|CopiedPart { place, part }| (place.id, part));
        parts::insert_as(tx, &first.place.region, with_ids)?;
    }
    Ok(())
}

impl CopiedPart {
    fn read(db: &Sql<'_>, region: &Region, part: &StoredPart) -> Result<Self, StoreError> {
        let (index, text) = part_contents::content(db, part)?;
        let text = Vec::from(text);
        let (extent, seqs, text_checksum) = (part.extent, part.seqs, checksum(&text));
        let place = Place { region: region.clone(), last_ns: extent.last.event_ns, id: part.id };
        Ok(Self { place, part: EncodedPart { extent, seqs, index, text, text_checksum } })
    }

    /// Its place.
    pub(super) fn place(&self) -> Place {
        self.place.clone()
    }

    /// The UTC day of its lines.
    pub(super) fn day(&self) -> i64 {
        day_of(self.place.last_ns)
    }

    /// The values by which it is compared.
    pub(super) fn values(&self) -> [Value<'_>; 16] {
        let CopiedPart { place, part } = self;
        let EncodedPart { extent, seqs: (min_seq, max_seq), index, text, text_checksum } = part;
        let Extent { first, last, lines, bytes, is_block } = *extent;
        values![
            place.region.as_str(),
            place.id,
            first.event_ns,
            first.seq,
            last.event_ns,
            last.seq,
            *min_seq,
            *max_seq,
            lines,
            bytes,
            is_block,
            index.checksum,
            index.positions.as_slice(),
            index.fingerprints.as_slice(),
            *text_checksum,
            text.as_slice(),
        ]
    }
}
