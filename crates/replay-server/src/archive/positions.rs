//! The stored form of a part's positions: differences as variable-length integers, about three bytes
//! for each line. Event times are stored in their largest common unit, which is mostly a
//! millisecond.

use integer_encoding::VarInt;
use replay_core::snapshot::Position;

/// Writes positions that are in ascending order.
pub(crate) fn write(positions: impl Iterator<Item = Position> + Clone) -> Vec<u8> {
    let unit = common_unit(positions.clone());
    let mut bytes = Vec::new();
    put(&mut bytes, unit);
    let (mut last_time, mut next_seq) = (0, 0);
    for Position { event_ns, seq } in positions {
        let time = event_ns.div_euclid(unit);
        put(&mut bytes, time.wrapping_sub(last_time));
        put(&mut bytes, seq.wrapping_sub(next_seq));
        (last_time, next_seq) = (time, seq.wrapping_add(1));
    }
    bytes
}

/// Reads `count` positions; `None` for bytes that [`write`] does not write for that number.
pub(crate) fn read(mut bytes: &[u8], count: usize) -> Option<Vec<Position>> {
    let unit = take(&mut bytes).filter(|unit| *unit > 0)?;
    let (mut time, mut next_seq) = (0_i64, 0_i64);
    let mut positions = Vec::with_capacity(count.min(bytes.len()));
    for _ in 0..count {
        time = time.wrapping_add(take(&mut bytes)?);
        let seq = next_seq.wrapping_add(take(&mut bytes)?);
        next_seq = seq.wrapping_add(1);
        positions.push(Position { event_ns: time.checked_mul(unit)?, seq });
    }
    (bytes.is_empty() && positions.is_sorted()).then_some(positions)
}

/// The largest unit of which every event time is a multiple.
fn common_unit(positions: impl Iterator<Item = Position>) -> i64 {
    const NANOSECONDS: [i64; 3] = [1_000_000_000, 1_000_000, 1_000];
    let mut units = NANOSECONDS.to_vec();
    for position in positions {
        units.retain(|unit| position.event_ns % unit == 0);
        if units.is_empty() {
            break;
        }
    }
    units.first().copied().unwrap_or(1)
}

fn put(bytes: &mut Vec<u8>, number: i64) {
    let mut buffer = [0; 10];
    let length = number.encode_var(&mut buffer);
    bytes.extend_from_slice(&buffer[..length]);
}

fn take(bytes: &mut &[u8]) -> Option<i64> {
    let (number, length) = i64::decode_var(bytes)?;
    *bytes = bytes.get(length..)?;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_read_back() {
        for times in [
            vec![],
            vec![0],
            vec![-5_000_000, -1_000_000, 3_000_000],
            vec![i64::MIN, -1, 0, 1, i64::MAX],
            vec![1_795_262_400_000_000_000, 1_795_262_400_000_000_000],
        ] {
            let positions: Vec<_> = times
                .into_iter()
                .zip((0..).step_by(7))
                .map(|(event_ns, seq)| Position { event_ns, seq })
                .collect();
            let bytes = write(positions.iter().copied());
            assert_eq!(read(&bytes, positions.len()), Some(positions));
        }
    }

    #[test]
    fn lines_in_order_of_arrival_take_two_bytes_each() {
        let position = |n| Position { event_ns: n * 60_000_000, seq: n };
        let bytes = write((0..1_000).map(position));
        assert!(bytes.len() < 2_010, "{}", bytes.len());
    }

    #[test]
    fn other_bytes_are_no_positions() {
        let bytes = write([Position { event_ns: 7, seq: 1 }].into_iter());
        for (bytes, count) in [(&bytes[..], 0), (&bytes[..], 2), (&bytes[..2], 1), (&[], 0)] {
            assert_eq!(read(bytes, count), None);
        }
        let descending = write([8, 7].map(|event_ns| Position { event_ns, seq: 1 }).into_iter());
        assert_eq!(read(&descending, 2), None);
    }
}
