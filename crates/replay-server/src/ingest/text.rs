//! The text of a spooled body: it is read to its end once to check that it is complete, and again for
//! its lines. A short text stays in memory in between, so that it is inflated once.

use std::io::{Cursor, Read, sink};

use super::spool::SpooledBody;
use crate::{
    response::ApiError,
    text_body::{Encoding, copy},
};

/// A text that was checked to its end.
pub(crate) enum Text {
    /// The inflated text in memory.
    Kept(Vec<u8>),
    /// The body in the spool, and the size of its text in bytes.
    Spooled { sent: SpooledBody, encoding: Encoding, bytes: u64 },
}

impl Text {
    /// The maximum size of a text in memory, about that of a step.
    pub(crate) const KEPT_LIMIT_BYTES: u64 = 2 * 1024 * 1024;

    /// Checks that the text of a body can be read to its end. A text of at most `keep_bytes` is kept in
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

    /// The size of the text in bytes.
    pub(crate) const fn bytes(&self) -> u64 {
        match self {
            Self::Kept(text) => text.len() as u64,
            Self::Spooled { bytes, .. } => *bytes,
        }
    }

    /// Whether the text is in memory.
    pub(crate) const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// A reader of the text from its start.
    pub(crate) fn into_reader(self) -> Box<dyn Read + Send> {
        match self {
            Self::Kept(text) => Box::new(Cursor::new(text)),
            Self::Spooled { sent, encoding, .. } => encoding.text(sent),
        }
    }
}
