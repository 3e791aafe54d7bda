//! Repeated PUTs: a key that the client chooses gives a repeated request the effect of one. It does not
//! decide what a first request does.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use chrono::TimeDelta;

use crate::{Fault, PutId, Refusal, Rule, Timestamp};

/// The key of a PUT: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct IdempotencyKey(String);

/// The SHA-256 of the body of a PUT. Bodies that differ in nothing but the order of fields and in spaces
/// have the same one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BodyDigest(pub [u8; 32]);

/// An accepted PUT with a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KnownPut {
    /// The id of the PUT.
    pub id: PutId,
    /// Its body.
    pub body: BodyDigest,
    /// When it was accepted.
    pub at: Timestamp,
}

/// How long a key is known.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

impl IdempotencyKey {
    /// The header with the key.
    pub const HEADER: &str = "Idempotency-Key";

    /// The most characters of a key.
    pub const MAX_LENGTH: usize = 255;

    /// Reads the value of the header.
    ///
    /// # Errors
    /// A fault of the header if the value is not a key.
    pub fn read(value: &[u8]) -> Result<Self, Fault> {
        let text = str::from_utf8(value).ok().filter(|text| {
            (1..=Self::MAX_LENGTH).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        });
        text.map(|text| Self(text.to_owned()))
            .ok_or_else(|| fault("must have from 1 to 255 visible ASCII characters"))
    }

    /// The fault of a request with several keys.
    #[must_use]
    pub fn given_repeatedly() -> Fault {
        fault("must be given once")
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The accepted PUT that a request with this body repeats at `now`; `None` if the request is a first
/// one. `known` is the accepted PUT with the same key, of the same token and address.
///
/// # Errors
/// [`Refusal::BadRequest`] if the accepted PUT has another body.
pub fn repeated(
    known: Option<&KnownPut>,
    body: BodyDigest,
    now: Timestamp,
) -> Result<Option<PutId>, Refusal> {
    match known.filter(|known| now - known.at < KEPT_FOR) {
        None => Ok(None),
        Some(known) if known.body == body => Ok(Some(known.id)),
        Some(_) => {
            let fault = fault("was given within 24 hours with another body");
            Err(Refusal::BadRequest(Vec::from([fault])))
        }
    }
}

fn fault(reason: &str) -> Fault {
    Fault::new(IdempotencyKey::HEADER, Rule::Invalid, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_from_1_to_255_visible_ascii_characters() {
        for key in ["!", "~", "\"quoted\"", &"x".repeat(255)] {
            assert_eq!(IdempotencyKey::read(key.as_bytes()).unwrap().as_str(), key);
        }
        for other in ["", " ", "a b", "a\t", "\u{7f}", "\u{fc}", &"x".repeat(256)] {
            let fault = IdempotencyKey::read(other.as_bytes()).unwrap_err();
            assert_eq!((&fault.field[..], fault.rule), ("Idempotency-Key", Rule::Invalid));
        }
        assert!(IdempotencyKey::read(b"\xff").is_err());
    }

    #[test]
    fn a_put_is_repeated_only_by_the_same_body_within_24_hours() {
        let at: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let (body, other) = (BodyDigest([1; 32]), BodyDigest([2; 32]));
        let known = KnownPut { id: PutId(7), body, at };
        assert_eq!(repeated(None, body, at), Ok(None));
        let last = at + KEPT_FOR - TimeDelta::milliseconds(1);
        for now in [at - TimeDelta::hours(1), at, last] {
            assert_eq!(repeated(Some(&known), body, now), Ok(Some(PutId(7))));
            let refusal = repeated(Some(&known), other, now).unwrap_err();
            let Refusal::BadRequest(faults) = refusal else { panic!("{refusal:?}") };
            assert_eq!(faults[0].field, IdempotencyKey::HEADER);
        }
        for body in [body, other] {
            assert_eq!(repeated(Some(&known), body, at + KEPT_FOR), Ok(None));
        }
    }
}
