//! Text in a body, plain or as gzip: which of the two it is, how much it may hold, and whether it
//! can be inflated to its end. It knows no lines.

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

/// The most bytes that a text may have as sent.
pub(crate) const SENT_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes that a text may have inflated.
const INFLATED_LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// How a text is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// As it is.
    Plain,
    /// As one or more gzip members.
    Gzip,
}

impl Encoding {
    /// The encoding that the headers of a request name.
    ///
    /// # Errors
    /// 415 for any other than gzip and identity.
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

    /// The text of what was sent.
    pub(crate) fn text<'a>(self, sent: impl Read + Send + 'a) -> Box<dyn Read + Send + 'a> {
        match self {
            Self::Plain => Box::new(sent),
            Self::Gzip => Box::new(MultiGzDecoder::new(sent)),
        }
    }
}

/// Copies a text to its end and answers its length in bytes.
///
/// # Errors
/// 413 beyond 64 MiB, 400 if it cannot be inflated to its end.
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

/// The text of a request, in memory.
///
/// # Errors
/// 413 beyond 16 MiB as sent or 64 MiB inflated, 415 for an encoding other than gzip, 400 if it
/// cannot be inflated to its end.
pub(crate) async fn read(request: Request) -> Result<Vec<u8>, ApiError> {
    let headers = request.headers().clone();
    let sent = BodyReader::new(request, SENT_LIMIT_BYTES)?.read_to_end().await?;
    match Encoding::of(&headers)? {
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
