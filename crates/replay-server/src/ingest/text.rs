//! The text of a body: read once to its end to see that it is whole, then read for its lines. A
//! short text stays in memory in between, so that it is not inflated twice.

use std::io::{Cursor, Read, sink};

use super::spool::SpooledBody;
use crate::{
    response::ApiError,
    text_body::{Encoding, copy},
};

/// A text that can be read to its end.
pub(crate) enum Text {
    /// In memory.
    Kept(Vec<u8>),
    /// In the spool, as it was sent.
    Spooled { sent: SpooledBody, encoding: Encoding, bytes: u64 },
}

impl Text {
    /// The longest text that is kept in memory: about as much as is archived in one step.
    pub(crate) const KEPT_LIMIT_BYTES: u64 = 2 * 1024 * 1024;

    /// Checks that the text of a body can be read to its end. At most `keep_bytes` of it are kept in
    /// memory.
    ///
    /// # Errors
    /// 413 beyond 64 MiB, 400 if it cannot be inflated to its end, 500 if the spool cannot be read.
    pub(crate) fn check(
        mut sent: SpooledBody,
        encoding: Encoding,
        keep_bytes: u64,
    ) -> Result<Self, ApiError> {
        if encoding == Encoding::Plain {
            let bytes = sent.length() as u64;
            return Ok(Self::Spooled { sent, encoding, bytes });
        }
        let mut text = encoding.text(&mut sent);
        let mut start = Vec::new();
        if copy(text.by_ref().take(keep_bytes + 1), &mut start)? <= keep_bytes {
            drop(text);
            return Ok(Self::Kept(start));
        }
        let bytes = copy(start.chain(text), &mut sink())?;
        sent.rewind()?;
        Ok(Self::Spooled { sent, encoding, bytes })
    }

    /// Its length in bytes.
    pub(crate) const fn bytes(&self) -> u64 {
        match self {
            Self::Kept(text) => text.len() as u64,
            Self::Spooled { bytes, .. } => *bytes,
        }
    }

    /// Whether it takes memory.
    pub(crate) const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// The text from its start.
    pub(crate) fn into_reader(self) -> Box<dyn Read + Send> {
        match self {
            Self::Kept(text) => Box::new(Cursor::new(text)),
            Self::Spooled { sent, encoding, .. } => encoding.text(sent),
        }
    }
}
