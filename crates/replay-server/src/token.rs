//! Creates and lists tokens. A token has 256 random bits; its text is shown once and stored as a digest.

use core::fmt::Write;

use chrono::TimeDelta;
use replay_core::Region;
use time_range::{Timestamp, read_duration, write_duration, write_timestamp};

use crate::{
    auth::{Role, TokenDigest, is_expired},
    random,
    store::{Store, StoreError, StoredToken},
};

/// A new token, the only value that contains the text of a token.
#[derive(Debug)]
pub struct NewToken {
    /// The id, by which the token is listed and revoked.
    pub id: String,
    /// The bearer token to send in `Authorization`.
    pub text: String,
}

/// How long a token is valid: a positive duration of at most 100 years.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lifetime(TimeDelta);

impl Lifetime {
    /// Parses a lifetime like `90d`.
    ///
    /// # Errors
    /// The rule that `text` breaks: it is a duration above 0 and of at most 100 years.
    pub fn read(text: &str) -> Result<Self, String> {
        const LIMIT: TimeDelta = TimeDelta::days(36_500);
        let duration = read_duration(text).map_err(|error| error.to_string())?;
        if duration <= TimeDelta::zero() || duration > LIMIT {
            return Err(format!("must be longer than 0 and at most {}", write_duration(LIMIT)));
        }
        Ok(Self(duration))
    }
}

/// Draws a token and returns it with the value to store. Without `regions` it covers all of them;
/// without a `lifetime` it does not expire.
///
/// # Errors
/// The operating system has no randomness.
pub fn draw(
    role: Role,
    regions: &[Region],
    lifetime: Option<Lifetime>,
    now: Timestamp,
) -> Result<(NewToken, StoredToken), Box<dyn core::error::Error>> {
    let id = hex(&random::bytes::<4>()?);
    let text = format!("alr_{}", hex(&random::bytes::<32>()?));
    let stored = StoredToken {
        id: id.clone(),
        role: role.as_str().to_owned(),
        regions: regions.iter().map(Region::to_string).collect(),
        sha256: TokenDigest::of(&text).bytes(),
        created_at: now,
        expires_at: lifetime.map(|lifetime| now + lifetime.0),
        last_used_at: None,
    };
    Ok((NewToken { id, text }, stored))
}

/// The text that shows the token of the first admin. Output that does not go to a terminal may be kept,
/// for example in a log; the text then explains how to replace the token.
#[must_use]
pub fn first_admin_notice(token: &NewToken, to_terminal: bool) -> String {
    let NewToken { id, text } = token;
    let notice = format!("there was no admin yet; this token is shown once: {text}");
    if to_terminal {
        return notice;
    }
    format!(
        "{notice}\nif this output is kept, create another token with `token add --role org-admin`, \
         or set REPLAY_ADMIN_TOKEN, and then revoke this one with `token revoke {id}`"
    )
}

/// Checks that a token can be limited to `regions`: each is one of `served`, the regions that this data
/// directory last served, or of Konnect's regions if `served` is empty.
///
/// # Errors
/// The first region that is not served, the served ones, and how to serve it.
pub fn check_regions(regions: &[Region], served: &[Region]) -> Result<(), String> {
    let mut served: Vec<_> = served.iter().map(Region::as_str).collect();
    if served.is_empty() {
        served.extend(Region::KONNECT.map(|region| region.label));
    }
    match regions.iter().find(|region| !served.contains(&region.as_str())) {
        None => Ok(()),
        Some(region) => Err(format!(
            "--region {region} is not served here, only {}: to serve it too, start `serve` with \
             --region {} {region}",
            served.join(", "),
            served.join(" ")
        )),
    }
}

/// One line per token: its id, role, regions, creation, expiry as of `now`, and last use.
///
/// # Errors
/// The tokens cannot be read.
pub async fn list(store: &Store, now: Timestamp) -> Result<String, StoreError> {
    let tokens = store.tokens().await?;
    Ok(tokens.iter().map(|token| line(token, now)).collect())
}

/// Whether a stored token with the role org-admin is valid at `now`.
///
/// # Errors
/// The tokens cannot be read.
pub async fn has_admin(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    let admin = Role::OrgAdmin.as_str();
    let tokens = store.tokens().await?;
    Ok(tokens.iter().any(|token| token.role == admin && !is_expired(token, now)))
}

fn line(token: &StoredToken, now: Timestamp) -> String {
    let StoredToken { id, role, .. } = token;
    let regions = token.regions.join(",");
    let regions = if regions.is_empty() { "all regions" } else { &regions };
    let created = write_timestamp(token.created_at);
    let end = match token.expires_at.map(write_timestamp) {
        None => "does not expire".to_owned(),
        Some(end) if is_expired(token, now) => format!("expired {end}"),
        Some(end) => format!("expires {end}"),
    };
    let used = match token.last_used_at.map(write_timestamp) {
        None => "never used".to_owned(),
        Some(at) => format!("last used {at}"),
    };
    format!("{id}  {role}  {regions}  created {created}  {end}  {used}\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_admins_token_is_shown_with_a_hint_unless_the_output_is_a_terminal() {
        let token = NewToken { id: "4f2a".to_owned(), text: "alr_0123".to_owned() };
        let to_terminal = first_admin_notice(&token, true);
        assert_eq!(to_terminal, "there was no admin yet; this token is shown once: alr_0123");
        let kept = first_admin_notice(&token, false);
        let hint = kept.strip_prefix(&to_terminal).unwrap();
        assert!(hint.starts_with('\n') && hint.contains("`token revoke 4f2a`"), "{hint}");
    }

    #[test]
    fn a_token_can_be_limited_to_served_regions_only() {
        let regions = |labels: &[&str]| -> Vec<_> {
            labels.iter().map(|label| Region::named(label).unwrap()).collect()
        };
        let check = |labels, served| check_regions(&regions(labels), &regions(served));
        assert_eq!(check(&["prod"], &["prod", "us"]), Ok(()));
        assert_eq!(check(&["us", "sg"], &[]), Ok(()));
        assert_eq!(check(&[], &["prod"]), Ok(()));
        let refused = check(&["us", "eu"], &["prod", "us"]).unwrap_err();
        let expected = "--region eu is not served here, only prod, us: to serve it too, start \
                        `serve` with --region prod us eu";
        assert_eq!(refused, expected);
        let refused = check(&["prod"], &[]).unwrap_err();
        assert!(refused.contains("only us, eu, au, me, in, sg: "), "{refused}");
    }
}
