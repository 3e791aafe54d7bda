//! The page's wasm as a browser needs it: what is in it for people only is left out.

use wasmparser::{Error, Parser, Payload};

/// A module without the names of its functions, and whatever else does not count when it runs.
///
/// # Errors
/// When it is no module.
pub(crate) fn bare(module: &[u8]) -> Result<Vec<u8>, Error> {
    let mut kept = Vec::new();
    let mut start = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let end = if let Payload::Version { range, .. } = &payload {
            range.end
        } else if let Some((_, range)) = payload.as_section() {
            range.end
        } else {
            continue;
        };
        // From the end of what was before: a section's own kind and length are in no range.
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        if !matches!(payload, Payload::CustomSection(_)) {
            kept.extend_from_slice(module.get(start..end).unwrap_or_default());
        }
        start = end;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_keeps_what_runs_and_loses_what_is_only_said() {
        let head = b"\0asm\x01\0\0\0".as_slice();
        let (types, said) = (b"\x01\x04\x01\x60\0\0", b"\0\x05\x04name");
        let module = [head, said, types, said].concat();
        assert_eq!(bare(&module).unwrap(), [head, types].concat());
        assert!(bare(b"<html>").is_err());
    }
}
