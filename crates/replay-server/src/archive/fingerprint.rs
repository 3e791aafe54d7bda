//! Fingerprints of lines: they exclude almost every part that a line is not in, so that a part is
//! opened only to compare bytes. Equal fingerprints do not prove that lines are equal.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The fingerprint of a line; lines that differ in event time or bytes rarely share one.
///
/// It is stored, so it never changes.
pub(crate) fn fingerprint(event_ns: i64, text: &[u8]) -> u64 {
    xxh3_64_with_seed(text, event_ns.cast_unsigned())
}

/// The fingerprints of a part, reduced to 32 bits.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprints {
    /// In ascending order.
    words: Arc<[u32]>,
    /// A bit for each range of words, set if there is one in the range; about ten bits for each word.
    /// It fits into few cache lines, and answers most questions.
    ranges: Arc<[u64]>,
}

impl Fingerprints {
    /// The set of these fingerprints.
    pub(crate) fn new(fingerprints: impl IntoIterator<Item = u64>) -> Self {
        let mut sorted: Vec<u32> = fingerprints.into_iter().map(reduced).collect();
        sorted.sort_unstable();
        Self::of(sorted.into())
    }

    /// Reads the stored form; `None` for any other bytes.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks();
        let words: Arc<[u32]> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        (rest.is_empty() && words.is_sorted()).then(|| Self::of(words))
    }

    /// The stored form: four bytes for each line.
    pub(crate) fn write(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Whether the part may have a line with this fingerprint.
    pub(crate) fn may_contain(&self, fingerprint: u64) -> bool {
        let word = reduced(fingerprint);
        let (index, bit) = range_of(word, self.ranges.len());
        self.ranges.get(index).is_some_and(|ranges| ranges & bit != 0) && self.has(word)
    }

    /// The number of fingerprints.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether the word is there. Words are evenly distributed, so the search begins where this one is
    /// expected: it reads one or two cache lines, and a binary search reads several.
    fn has(&self, word: u32) -> bool {
        let expected = (self.words.len() as u64 * u64::from(word)) >> u32::BITS;
        let (before, after) = self.words.split_at(usize::try_from(expected).unwrap_or_default());
        let nearest = if before.last().is_some_and(|last| *last >= word) {
            before.iter().rev().find(|other| **other <= word)
        } else {
            after.iter().find(|other| **other >= word)
        };
        nearest == Some(&word)
    }

    fn of(words: Arc<[u32]>) -> Self {
        const WORDS_PER_ITEM: usize = 6;
        let mut ranges = vec![0; words.len().div_ceil(WORDS_PER_ITEM)];
        for word in &*words {
            let (index, bit) = range_of(*word, ranges.len());
            if let Some(ranges) = ranges.get_mut(index) {
                *ranges |= bit;
            }
        }
        Self { words, ranges: ranges.into() }
    }
}

/// The item and the bit of the range that a word is in, among items of 64 ranges each.
fn range_of(word: u32, items: usize) -> (usize, u64) {
    let ranges = items as u64 * u64::from(u64::BITS);
    let range = (u64::from(word) * ranges) >> u32::BITS;
    let index = usize::try_from(range / u64::from(u64::BITS)).unwrap_or_default();
    (index, 1 << (range % u64::from(u64::BITS)))
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is kept")]
const fn reduced(fingerprint: u64) -> u32 {
    fingerprint as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_depend_on_the_event_time_and_on_every_byte() {
        let base = fingerprint(1, b"line");
        assert_eq!(base, fingerprint(1, b"line"));
        for other in [fingerprint(2, b"line"), fingerprint(1, b"lina"), fingerprint(1, b"lines")] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn fingerprints_read_back_and_contain_what_was_put_in() {
        let all: Vec<_> = (0..1_000).map(|n| fingerprint(n, b"line")).collect();
        let read = Fingerprints::read(&Fingerprints::new(all.iter().copied()).write()).unwrap();
        assert_eq!(read.len(), 1_000);
        assert!(all.iter().all(|fingerprint| read.may_contain(*fingerprint)));
        assert!(!Fingerprints::new([]).may_contain(7));
        for few in [[0, 0], [0, u64::MAX], [u64::MAX, u64::MAX], [7, 9]] {
            let set = Fingerprints::new(few);
            assert!(few.iter().all(|fingerprint| set.may_contain(*fingerprint)), "{few:?}");
            assert!(!set.may_contain(8), "{few:?}");
        }
        let strangers = (1_000..11_000).filter(|n| read.may_contain(fingerprint(*n, b"line")));
        assert!(strangers.count() < 3);
    }

    #[test]
    fn other_bytes_are_no_fingerprints() {
        assert!(Fingerprints::read(&[1, 2, 3]).is_none());
        assert!(Fingerprints::read(&[2, 0, 0, 0, 1, 0, 0, 0]).is_none(), "not in order");
    }
}
