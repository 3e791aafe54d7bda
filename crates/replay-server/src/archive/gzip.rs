//! Gzip of whole bodies: strong for blocks, which are compressed once and sent often, fast for
//! bodies that are compressed for one request. Each result is a single gzip member.

use core::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor, Decompressor};

/// Compresses the text of a block. On audit-log lines, the levels above this one save less than one
/// percent and take at least a third longer.
pub(crate) fn compress_strong(text: &[u8]) -> Vec<u8> {
    thread_local! {
        static STRONG: RefCell<Compressor> = RefCell::new(Compressor::new(CompressionLvl::default()));
    }
    STRONG.with_borrow_mut(|compressor| compress(compressor, text))
}

/// Compresses the body of one request.
pub(crate) fn compress_fast(text: &[u8]) -> Vec<u8> {
    thread_local! {
        static FAST: RefCell<Compressor> =
            RefCell::new(Compressor::new(CompressionLvl::fastest()));
    }
    FAST.with_borrow_mut(|compressor| compress(compressor, text))
}

/// Decompresses a gzip member of exactly `length` bytes of text; `None` if it is not one.
pub(crate) fn decompress(gzip: &[u8], length: usize) -> Option<Vec<u8>> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    }
    let mut text = vec![0; length];
    let decompressed =
        DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.gzip_decompress(gzip, &mut text));
    (decompressed.ok()? == length).then_some(text)
}

/// Decompresses a gzip member whose length is the one in its trailer (RFC 1952); `None` if it is not
/// one.
pub(crate) fn gunzip(gzip: &[u8]) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(*gzip.last_chunk()?);
    decompress(gzip, usize::try_from(length).ok()?)
}

fn compress(compressor: &mut Compressor, text: &[u8]) -> Vec<u8> {
    let mut gzip = vec![0; compressor.gzip_compress_bound(text.len())];
    // It fails only if the buffer is smaller than the bound.
    let length = compressor.gzip_compress(text, &mut gzip).unwrap_or_default();
    gzip.truncate(length);
    gzip.shrink_to_fit();
    gzip
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_text_reads_back_with_another_decoder() {
        for text in [&b""[..], b"a\n", &b"a line\n".repeat(10_000)] {
            for gzip in [compress_strong(text), compress_fast(text)] {
                let mut read = Vec::new();
                flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut read).unwrap();
                assert_eq!(read, text);
                assert_eq!(decompress(&gzip, text.len()).unwrap(), text);
            }
        }
    }

    #[test]
    fn a_text_of_another_length_or_a_damaged_one_is_refused() {
        let gzip = compress_strong(b"a line\n");
        assert_eq!(decompress(&gzip, 6), None);
        assert_eq!(decompress(&gzip, 8), None);
        for index in [10, gzip.len() - 6, gzip.len() - 1] {
            let mut damaged = gzip.clone();
            damaged[index] ^= 1;
            assert_eq!(decompress(&damaged, 7), None, "{index}");
        }
    }
}
