//! Request bodies that are prepared in a file before a clock starts, and read one by one: however many
//! lines there are, memory holds a few bodies.

use core::ops::Range;
use std::{
    fs::File,
    io::Write,
    os::unix::fs::FileExt,
    path::Path,
    thread::{self, available_parallelism},
};

use flate2::{Compression, write::GzEncoder};

use super::{interrupt, lines::Lines};
use crate::Failure;

/// How a body is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// As it is.
    Plain,
    /// In gzip at level 6.
    Gzip,
}

/// One body in the file.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    length: u64,
    lines: u64,
}

/// Prepared bodies.
#[derive(Debug)]
pub(super) struct Bodies {
    file: File,
    places: Vec<Place>,
    /// The bytes of all lines, with their line feeds.
    pub(super) raw_bytes: u64,
}

impl Bodies {
    /// Writes all of `lines`, `lines_per_body` in each body, into a new file.
    ///
    /// # Errors
    /// The file cannot be written, or Ctrl-C was pressed.
    pub(super) fn prepare(
        path: &Path,
        lines: &Lines,
        lines_per_body: u64,
        encoding: Encoding,
    ) -> Result<Self, Failure> {
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        let mut bodies = Self { file, places: Vec::new(), raw_bytes: 0 };
        let count = lines.spread.lines();
        let parallel = available_parallelism().map_or(1, usize::from);
        let starts = (0..count).step_by(usize::try_from(lines_per_body)?);
        let ranges: Vec<_> = starts.map(|start| start..count.min(start + lines_per_body)).collect();
        for round in ranges.chunks(parallel) {
            interrupt::check()?;
            let written = thread::scope(|scope| {
                let write = |range: &Range<u64>| {
                    let range = range.clone();
                    scope.spawn(move || body(lines, range, encoding))
                };
                let started: Vec<_> = round.iter().map(write).collect();
                started.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
            });
            for (range, body) in round.iter().zip(written) {
                let (raw_bytes, body) = body.map_err(|_| "a body's writing ended in a panic")??;
                bodies.file.write_all(&body)?;
                let (offset, lines) = (bodies.bytes(), range.end - range.start);
                let length = u64::try_from(body.len())?;
                bodies.places.push(Place { offset, length, lines });
                bodies.raw_bytes += raw_bytes;
            }
        }
        Ok(bodies)
    }

    /// The number of bodies.
    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// The number of lines of all bodies.
    pub(super) fn lines(&self) -> u64 {
        self.places.iter().map(|place| place.lines).sum()
    }

    /// The bytes of all bodies.
    pub(super) fn bytes(&self) -> u64 {
        self.places.last().map_or(0, |last| last.offset + last.length)
    }

    /// Reads a body into `buffer`, and returns the number of its lines; `None` after the last body.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn read(&self, index: usize, buffer: &mut Vec<u8>) -> std::io::Result<Option<u64>> {
        let Some(place) = self.places.get(index) else { return Ok(None) };
        buffer.resize(usize::try_from(place.length).unwrap_or_default(), 0);
        self.file.read_exact_at(buffer, place.offset)?;
        Ok(Some(place.lines))
    }
}

/// The text of some lines: its size, and the body of it.
fn body(lines: &Lines, range: Range<u64>, encoding: Encoding) -> std::io::Result<(u64, Vec<u8>)> {
    let mut text = String::new();
    for index in range {
        lines.write(index, &mut text);
    }
    let raw_bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let body = match encoding {
        Encoding::Plain => text.into_bytes(),
        Encoding::Gzip => gzip(text.as_bytes(), 6)?,
    };
    Ok((raw_bytes, body))
}

/// A text in gzip.
///
/// # Errors
/// None that is known of: memory is written.
pub(super) fn gzip(text: &[u8], level: u32) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(text)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::spread::{Order, Spread};
    use flate2::read::GzDecoder;
    use std::io::read_to_string;
    use tempfile::tempdir;

    #[test]
    fn prepared_bodies_hold_every_line_once_and_in_order() {
        let folder = tempdir().unwrap();
        let spread = Spread::before(1_795_600_000_000, 2_500, Order::ByTime);
        let lines = Lines { seed: 1, spread, signed: true };
        let mut expected = String::new();
        (0..2_500).for_each(|index| lines.write(index, &mut expected));
        for encoding in [Encoding::Plain, Encoding::Gzip] {
            let path = folder.path().join(format!("{encoding:?}"));
            let bodies = Bodies::prepare(&path, &lines, 1_000, encoding).unwrap();
            assert_eq!((bodies.count(), bodies.lines()), (3, 2_500));
            assert_eq!(bodies.raw_bytes, u64::try_from(expected.len()).unwrap());
            let mut text = String::new();
            let mut body = Vec::new();
            for index in 0..3 {
                bodies.read(index, &mut body).unwrap().unwrap();
                text += &match encoding {
                    Encoding::Plain => String::from_utf8(body.clone()).unwrap(),
                    Encoding::Gzip => read_to_string(GzDecoder::new(&body[..])).unwrap(),
                };
            }
            assert!(text == expected, "{encoding:?}");
            assert!(bodies.read(3, &mut body).unwrap().is_none());
        }
    }
}
