//! The idempotency key of a request, and the digest by which its body is compared. What they mean is
//! decided by `replay-core`.

use std::io;

use axum::http::HeaderMap;
use replay_core::{Fault, IdempotencyKey, idempotency::BodyDigest};
use replay_wire::Json;
use sha2::{Digest, Sha256};

/// The key of a request with these headers; `None` without one.
///
/// # Errors
/// A fault of the header if it is given twice or its value is not a key.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Fault> {
    let mut values = headers.get_all(IdempotencyKey::HEADER).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => IdempotencyKey::read(value.as_bytes()).map(Some),
        (Some(_), Some(_)) => Err(IdempotencyKey::given_repeatedly()),
    }
}

/// The digest of a body. The order of fields and spaces do not matter.
///
/// # Errors
/// The value cannot be printed; every value that was read can.
pub(crate) fn digest(body: &Json) -> io::Result<BodyDigest> {
    let text = serde_json::to_vec(&body.sorted())?;
    Ok(BodyDigest(Sha256::digest(text).into()))
}
