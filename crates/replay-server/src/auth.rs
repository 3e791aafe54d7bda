//! Who may do what: roles, the regions they cover, and whose token a request carries. Tokens are
//! known by their digest only; no token is ever logged, stored or answered.

use core::fmt;

use replay_core::{Refusal, Region};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time_range::Timestamp;

use crate::{
    store::{Store, StoreError, StoredToken},
    token_use::TokenUses,
};

/// What a token may be used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Everything, in every region.
    OrgAdmin,
    /// Everything, in given regions.
    AuditLogsAdmin,
    /// Reading.
    ReadOnly,
    /// Archiving lines, and nothing else.
    Ingest,
}

/// What a request wants to do to a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// Look.
    Read,
    /// Change its job or its webhook.
    Change,
    /// Add lines to its archive.
    Ingest,
}

/// Whoever a request's token belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The token's id; not a secret.
    pub id: String,
    /// Its role.
    pub role: Role,
    /// The regions it is limited to; `None` where it covers all.
    pub regions: Option<Vec<Region>>,
}

/// A token's SHA-256.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::OrgAdmin, Self::AuditLogsAdmin, Self::ReadOnly, Self::Ingest];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrgAdmin => "org-admin",
            Self::AuditLogsAdmin => "audit-logs-admin",
            Self::ReadOnly => "read-only",
            Self::Ingest => "ingest",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it may do such a thing anywhere.
    #[must_use]
    pub const fn permits(self, act: Act) -> bool {
        match self {
            Self::OrgAdmin | Self::AuditLogsAdmin => true,
            Self::ReadOnly => matches!(act, Act::Read),
            Self::Ingest => matches!(act, Act::Ingest),
        }
    }

    /// Whether it may see which address an internal name resolves to.
    #[must_use]
    pub const fn sees_resolved_addresses(self) -> bool {
        matches!(self, Self::OrgAdmin)
    }
}

impl Caller {
    /// Lets this caller do that to all of `regions`.
    ///
    /// # Errors
    /// 403 unless the role permits it at all and every one of the regions is covered.
    pub fn permit<'a>(
        &self,
        act: Act,
        regions: impl IntoIterator<Item = &'a Region>,
    ) -> Result<(), Refusal> {
        let everywhere = regions.into_iter().all(|region| self.covers(region));
        if self.role.permits(act) && everywhere { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Whether the region is one of this caller's.
    #[must_use]
    pub fn covers(&self, region: &Region) -> bool {
        self.regions.as_ref().is_none_or(|regions| regions.contains(region))
    }

    /// The caller whose token this is; `None` for a token that is not known, or no longer valid at
    /// `now`. `admin` is the token of an org-admin that is not stored; each use of another one is
    /// noted in `uses`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_token(
        token: &str,
        admin: Option<TokenDigest>,
        store: &Store,
        uses: &TokenUses,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let digest = TokenDigest::of(token);
        if admin.is_some_and(|admin| admin == digest) {
            let id = "environment".to_owned();
            return Ok(Some(Self { id, role: Role::OrgAdmin, regions: None }));
        }
        // An index finds the digest; how long that takes tells nothing about any token's text.
        let known = store.token_by_digest(digest.bytes()).await?;
        let Some(known) = known.filter(|token| !is_expired(token, now)) else { return Ok(None) };
        uses.note(store, &known, now);
        Self::try_from(known).map(Some)
    }
}

/// Whether the token is no longer valid at `now`.
#[must_use]
pub fn is_expired(token: &StoredToken, now: Timestamp) -> bool {
    token.expires_at.is_some_and(|end| end <= now)
}

impl TryFrom<StoredToken> for Caller {
    type Error = StoreError;

    fn try_from(token: StoredToken) -> Result<Self, StoreError> {
        let role = Role::named(&token.role).ok_or(StoreError::Corrupt("role"))?;
        let regions = token
            .regions
            .iter()
            .map(|label| Region::named(label).ok_or(StoreError::Corrupt("region")))
            .collect::<Result<Vec<_>, _>>()?;
        let regions = (!regions.is_empty()).then_some(regions);
        Ok(Self { id: token.id, role, regions })
    }
}

impl TokenDigest {
    /// The digest of `token`.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// The digest itself.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// Takes the same time whether the digests differ early or late.
impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_it_is_for() {
        let [us, eu] = ["us", "eu"].map(|region| Region::named(region).unwrap());
        let caller = |role, regions: &[&Region]| {
            let regions: Vec<_> = regions.iter().map(|region| (*region).clone()).collect();
            let regions = (!regions.is_empty()).then_some(regions);
            Caller { id: String::new(), role, regions }
        };
        for (caller, in_us, in_eu) in [
            (caller(Role::OrgAdmin, &[]), "rci", "rci"),
            (caller(Role::AuditLogsAdmin, &[&us]), "rci", ""),
            (caller(Role::ReadOnly, &[]), "r", "r"),
            (caller(Role::ReadOnly, &[&eu]), "", "r"),
            (caller(Role::Ingest, &[]), "i", "i"),
        ] {
            for (region, allowed) in [(&us, in_us), (&eu, in_eu)] {
                for (act, letter) in [(Act::Read, 'r'), (Act::Change, 'c'), (Act::Ingest, 'i')] {
                    assert_eq!(
                        caller.permit(act, [region]).is_ok(),
                        allowed.contains(letter),
                        "{caller:?} {act:?} {region}"
                    );
                }
            }
        }
    }

    #[tokio::test]
    async fn a_token_is_known_by_its_digest_and_no_other_is() {
        let store = Store::in_memory(None).unwrap();
        let stored = StoredToken {
            id: "t1".to_owned(),
            role: "audit-logs-admin".to_owned(),
            regions: vec!["us".to_owned()],
            sha256: TokenDigest::of("good").bytes(),
            created_at: at("2026-11-23T12:00:00Z"),
            expires_at: None,
            last_used_at: None,
        };
        store.add_token(stored).await.unwrap();
        let admin = Some(TokenDigest::of("from the environment"));
        let (uses, now) = (TokenUses::default(), at("2026-11-23T12:00:00Z"));
        let who = async |token| Caller::of_token(token, admin, &store, &uses, now).await.unwrap();
        assert_eq!(who("from the environment").await.unwrap().role, Role::OrgAdmin);
        let caller = who("good").await.unwrap();
        assert_eq!((caller.id.as_str(), caller.role), ("t1", Role::AuditLogsAdmin));
        assert_eq!(who("bad").await, None);
        assert!(store.revoke_token("t1").await.unwrap());
        assert!(!store.revoke_token("t1").await.unwrap());
        assert_eq!(who("good").await, None);
    }

    #[test]
    fn a_token_is_valid_until_the_moment_it_expires_at() {
        let end = at("2026-11-23T12:00:00Z");
        let token = |expires_at| StoredToken {
            id: String::new(),
            role: String::new(),
            regions: vec![],
            sha256: [0; 32],
            created_at: end,
            expires_at,
            last_used_at: None,
        };
        let before = at("2026-11-23T11:59:59.999Z");
        assert!(!is_expired(&token(Some(end)), before));
        assert!(is_expired(&token(Some(end)), end));
        assert!(!is_expired(&token(None), end));
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
}
