//! Text bodies, plain or gzip: detects the encoding, limits the sizes, and inflates to the end. It does
//! not split the text into lines.

use std::io::{self, Read, Write};

use axum::{
    extract::Request,
    http::{HeaderMap, header},
};
use flate2::read::MultiGzDecoder;
use replay_core::Refusal;
use tokio::task::spawn_blocking;

use crate::{
    body_reader::{BodyReader, bad_body, content_type},
    response::ApiError,
};

/// The maximum size of a text as sent.
pub(crate) const SENT_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// The maximum size of an inflated text.
const INFLATED_LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// The encoding of a text as sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// Not encoded.
    Plain,
    /// One or more gzip members: <https://www.rfc-editor.org/rfc/rfc1952#section-2.2>.
    Gzip,
}

impl Encoding {
    /// The encoding that the headers of a request declare: in `Content-Encoding`, or by the media type
    /// `application/gzip`.
    ///
    /// # Errors
    /// 415 for an encoding other than gzip and identity.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let not_gzip = || Refusal::UnsupportedMediaType("gzip or identity");
        let encoding = match headers.get(header::CONTENT_ENCODING) {
            Some(encoding) => encoding.to_str().map_err(|_| not_gzip())?,
            None => "",
        };
        match encoding.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" | "application/gzip" => Ok(Self::Gzip),
            "" | "identity" => match content_type(headers).as_deref() {
                Some("application/gzip") => Ok(Self::Gzip),
                _ => Ok(Self::Plain),
            },
            _ => Err(not_gzip()),
        }
    }

    /// A reader of the text in `sent`.
    pub(crate) fn text<'a>(self, sent: impl Read + Send + 'a) -> Box<dyn Read + Send + 'a> {
        match self {
            Self::Plain => Box::new(sent),
            Self::Gzip => Box::new(MultiGzDecoder::new(sent)),
        }
    }
}

/// Copies a text to its end and returns its length in bytes.
///
/// # Errors
/// 413 beyond 64 MiB, 400 if the text cannot be inflated to its end, 500 if a file cannot be read.
pub(crate) fn copy(text: impl Read, to: &mut impl Write) -> Result<u64, ApiError> {
    let limit = INFLATED_LIMIT_BYTES as u64;
    let length = io::copy(&mut text.take(limit + 1), to).map_err(|error| {
        if error.raw_os_error().is_some() {
            return ApiError::from(error);
        }
        let reason = "cannot be inflated to its end, so none of it was archived";
        bad_body(format!("{reason}: {error}")).into()
    })?;
    if length > limit { Err(Refusal::TooLarge(INFLATED_LIMIT_BYTES).into()) } else { Ok(length) }
}

/// Reads the text of a request into memory.
///
/// # Errors
/// 413 beyond 16 MiB as sent or 64 MiB inflated, 415 for an encoding other than gzip, 400 if it
/// cannot be inflated to its end.
pub(crate) async fn read(request: Request) -> Result<Vec<u8>, ApiError> {
    let encoding = Encoding::of(request.headers());
    let sent = BodyReader::new(request, SENT_LIMIT_BYTES)?.read_to_end().await?;
    match encoding? {
        Encoding::Plain => Ok(sent),
        Encoding::Gzip => {
            let inflate = move || {
                let mut inflated = Vec::new();
                copy(Encoding::Gzip.text(&sent[..]), &mut inflated).map(|_| inflated)
            };
            spawn_blocking(inflate).await?
        }
    }
}
