//! Making, listing and revoking tokens: 256 random bits each, told once and kept as a digest.

use core::fmt::Write;

use replay_core::{Instant, Region, range::write_instant};

use crate::{
    auth::{Role, TokenDigest},
    random,
    store::{Store, StoreError, StoredToken},
};

/// A token that was just made: the only time its text is known.
#[derive(Debug)]
pub struct NewToken {
    /// The name to revoke it by.
    pub id: String,
    /// What its owner sends.
    pub text: String,
}

/// Draws a token, and what the store is to keep of it; one without regions covers all of them.
///
/// # Errors
/// When there is no randomness to be had.
pub fn draw(
    role: Role,
    regions: &[Region],
    now: Instant,
) -> Result<(NewToken, StoredToken), Box<dyn core::error::Error>> {
    let id = hex(&random::bytes::<4>()?);
    let text = format!("alr_{}", hex(&random::bytes::<32>()?));
    let stored = StoredToken {
        id: id.clone(),
        role: role.as_str().to_owned(),
        regions: regions.iter().map(Region::to_string).collect(),
        sha256: TokenDigest::of(&text).bytes(),
        created_at: now,
    };
    Ok((NewToken { id, text }, stored))
}

/// Every token, a line each: its id, role, regions and age, never the token.
///
/// # Errors
/// When the store fails.
pub async fn list(store: &Store) -> Result<String, StoreError> {
    let tokens = store.tokens().await?;
    let line = |token: &StoredToken| {
        let regions = token.regions.join(",");
        let regions = if regions.is_empty() { "all regions" } else { &regions };
        format!("{}  {}  {regions}  {}\n", token.id, token.role, write_instant(token.created_at))
    };
    Ok(tokens.iter().map(line).collect())
}

/// Whether any stored token is an org-admin's.
///
/// # Errors
/// When the store fails.
pub async fn has_admin(store: &Store) -> Result<bool, StoreError> {
    let admin = Role::OrgAdmin.as_str();
    Ok(store.tokens().await?.iter().any(|token| token.role == admin))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
