//! A part of the archive in its stored form: the recent lines of one append, or a block. Every byte
//! of it is covered by a checksum.

use bytes::Bytes;
use replay_core::snapshot::{Extent, Position};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    Line,
    fingerprint::{Fingerprints, fingerprint},
    gzip::{compress_strong, decompress},
    line::amount,
    positions,
};

/// How a part is stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PartKind {
    /// The recent lines of one append, as text.
    Recent,
    /// A block: its text is one gzip member.
    Block,
}

/// A part in its stored form.
#[derive(Clone, Debug)]
pub(crate) struct EncodedPart {
    /// What is known of it without its lines.
    pub(crate) extent: Extent,
    /// The lowest and the highest sequence number.
    pub(crate) seqs: (i64, i64),
    /// The positions and fingerprints of the lines.
    pub(crate) index: Index,
    /// The lines, each with a line feed; compressed if it is a block.
    pub(crate) text: Vec<u8>,
    /// The checksum of `text`.
    pub(crate) text_checksum: i64,
}

/// The positions and fingerprints of a part's lines.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// The stored form of the positions.
    pub(crate) positions: Vec<u8>,
    /// The stored form of the fingerprints.
    pub(crate) fingerprints: Vec<u8>,
    /// The checksum of both, and of the extent and the sequence numbers of the part.
    pub(crate) checksum: i64,
}

/// A part's stored form is not the one that was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Damaged;

impl EncodedPart {
    /// The stored form of `lines`, which are in the order of their positions; `None` without lines.
    pub(crate) fn of(lines: &[Line], kind: PartKind) -> Option<Self> {
        let (first, last) = (lines.first()?.position, lines.last()?.position);
        let amount = amount(lines);
        let is_block = kind == PartKind::Block;
        let extent = Extent { first, last, lines: amount.lines, bytes: amount.bytes, is_block };
        let seqs = lines.iter().map(|line| line.position.seq);
        let (min_seq, max_seq) = (seqs.clone().min()?, seqs.max()?);
        let text = text_of(lines.iter().map(|line| &line.text));
        let text = if is_block { compress_strong(&text) } else { text };
        let text_checksum = checksum(&text);
        let index = Index::of(lines, &extent, (min_seq, max_seq));
        Some(Self { extent, seqs: (min_seq, max_seq), index, text, text_checksum })
    }
}

impl Index {
    fn of(lines: &[Line], extent: &Extent, seqs: (i64, i64)) -> Self {
        let fingerprints = lines.iter().map(|line| fingerprint(line.position.event_ns, &line.text));
        let fingerprints = Fingerprints::new(fingerprints).write();
        let positions = positions::write(lines.iter().map(|line| line.position));
        let mut index = Self { positions, fingerprints, checksum: 0 };
        index.checksum = index.checksum_with(extent, seqs);
        index
    }

    /// Compares the checksum of a part with `extent` and these lowest and highest sequence numbers.
    ///
    /// # Errors
    /// [`Damaged`].
    pub(crate) fn verify(&self, extent: &Extent, seqs: (i64, i64)) -> Result<(), Damaged> {
        if self.checksum_with(extent, seqs) == self.checksum { Ok(()) } else { Err(Damaged) }
    }

    /// The positions of a part with `extent`, which was verified.
    ///
    /// # Errors
    /// [`Damaged`].
    pub(crate) fn positions(&self, extent: &Extent) -> Result<Vec<Position>, Damaged> {
        let count = usize::try_from(extent.lines).map_err(|_| Damaged)?;
        let positions = positions::read(&self.positions, count).ok_or(Damaged)?;
        let ends = (positions.first().copied(), positions.last().copied());
        if ends == (Some(extent.first), Some(extent.last)) { Ok(positions) } else { Err(Damaged) }
    }

    /// The fingerprints of a part that was verified.
    ///
    /// # Errors
    /// [`Damaged`].
    pub(crate) fn fingerprints(&self) -> Result<Fingerprints, Damaged> {
        Fingerprints::read(&self.fingerprints).ok_or(Damaged)
    }

    /// The lines of a part with `extent`, which was verified, and this stored text.
    ///
    /// # Errors
    /// [`Damaged`].
    pub(crate) fn lines(&self, extent: &Extent, text: Bytes) -> Result<Vec<Line>, Damaged> {
        let positions = self.positions(extent)?;
        let text = if extent.is_block {
            let length = usize::try_from(extent.bytes + extent.lines).map_err(|_| Damaged)?;
            Bytes::from(decompress(&text, length).ok_or(Damaged)?)
        } else {
            text
        };
        let mut starts = 0;
        let mut lines = Vec::with_capacity(positions.len());
        for (position, end) in positions.into_iter().zip(memchr::memchr_iter(b'\n', &text)) {
            lines.push(Line { position, text: text.slice(starts..end) });
            starts = end + 1;
        }
        let is_complete = lines.len() as u64 == extent.lines && starts == text.len();
        if is_complete { Ok(lines) } else { Err(Damaged) }
    }

    fn checksum_with(&self, extent: &Extent, (min_seq, max_seq): (i64, i64)) -> i64 {
        let Extent { first, last, lines, bytes, is_block } = *extent;
        let numbers = [
            first.event_ns,
            first.seq,
            last.event_ns,
            last.seq,
            min_seq,
            max_seq,
            lines.cast_signed(),
            bytes.cast_signed(),
            i64::from(is_block),
        ];
        let numbers = numbers.map(i64::to_le_bytes).concat();
        let parts = [&numbers[..], &self.positions, &self.fingerprints];
        checksum(&parts.map(|part| xxh3_64(part).to_le_bytes()).concat())
    }
}

/// The checksum of a stored text.
pub(crate) fn checksum(bytes: &[u8]) -> i64 {
    xxh3_64(bytes).cast_signed()
}

/// The texts of lines, each with a line feed.
pub(crate) fn text_of<'a>(lines: impl Iterator<Item = &'a Bytes> + Clone) -> Vec<u8> {
    let mut text = Vec::with_capacity(lines.clone().map(|line| line.len() + 1).sum());
    for line in lines {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_back_from_recent_lines_and_from_a_block() {
        let lines = lines(100);
        for kind in [PartKind::Recent, PartKind::Block] {
            let part = EncodedPart::of(&lines, kind).unwrap();
            assert_eq!(part.seqs, (1, 100));
            assert_eq!(part.extent.bytes, amount(&lines).bytes);
            let read = part.index.lines(&part.extent, part.text.into()).unwrap();
            assert_eq!(read, lines);
        }
    }

    #[test]
    fn a_changed_index_is_damaged() {
        let part = EncodedPart::of(&lines(9), PartKind::Block).unwrap();
        for change in [
            |index: &mut Index| index.positions[3] ^= 1,
            |index: &mut Index| index.fingerprints[3] ^= 1,
            |index: &mut Index| index.checksum ^= 1,
            // The same bytes, divided elsewhere.
            |index: &mut Index| {
                let byte = index.fingerprints.remove(0);
                index.positions.push(byte);
            },
        ] {
            let mut index = part.index.clone();
            change(&mut index);
            assert_eq!(index.verify(&part.extent, part.seqs), Err(Damaged));
        }
        assert_eq!(part.index.verify(&part.extent, part.seqs), Ok(()));
        let extent = Extent { bytes: u64::MAX, ..part.extent };
        assert_eq!(part.index.verify(&extent, part.seqs), Err(Damaged));
        assert_eq!(part.index.verify(&part.extent, (1, 8)), Err(Damaged));
    }

    #[test]
    fn an_empty_part_does_not_exist() {
        assert!(EncodedPart::of(&[], PartKind::Recent).is_none());
    }

    fn lines(count: i64) -> Vec<Line> {
        let line = |seq| Line {
            position: Position { event_ns: seq * 1_000_000, seq },
            text: format!("line {seq}").into(),
        };
        (1..=count).map(line).collect()
    }
}
