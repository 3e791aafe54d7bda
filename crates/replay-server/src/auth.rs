//! Authorization: what each role permits, and in which regions. It does not find out whose token a
//! request carries.

use core::fmt;

use replay_core::{Refusal, Region};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time_range::Timestamp;

use crate::store::StoredToken;

/// The role of a token: what it may be used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Every action in every region.
    OrgAdmin,
    /// Every action in the regions that the token is limited to.
    AuditLogsAdmin,
    /// Reading only.
    ReadOnly,
    /// Archiving lines only.
    Ingest,
}

/// What a request does in a region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Read the job, the webhook or its status.
    Read,
    /// Change the job or the webhook, or test the webhook.
    Change,
    /// Add lines to the archive.
    Ingest,
}

/// The holder of a valid token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The id of the token; it is not a secret.
    pub id: String,
    /// The role of the token.
    pub role: Role,
    /// The regions that the token is limited to; `None` if it covers all.
    pub regions: Option<Vec<Region>>,
}

/// The SHA-256 of a token's text, by which a token is stored and looked up.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::OrgAdmin, Self::AuditLogsAdmin, Self::ReadOnly, Self::Ingest];

    /// The name in the API, in the store and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrgAdmin => "org-admin",
            Self::AuditLogsAdmin => "audit-logs-admin",
            Self::ReadOnly => "read-only",
            Self::Ingest => "ingest",
        }
    }

    /// The role called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether the role permits the action in the regions that a token covers.
    #[must_use]
    pub const fn permits(self, action: Action) -> bool {
        match self {
            Self::OrgAdmin | Self::AuditLogsAdmin => true,
            Self::ReadOnly => matches!(action, Action::Read),
            Self::Ingest => matches!(action, Action::Ingest),
        }
    }

    /// Whether the role may see the addresses that an internal name resolves to.
    #[must_use]
    pub const fn sees_resolved_addresses(self) -> bool {
        matches!(self, Self::OrgAdmin)
    }
}

impl Caller {
    /// Checks that this caller may take the action in all of `regions`.
    ///
    /// # Errors
    /// 403 unless the role permits the action and the token covers every region.
    pub fn authorize<'a>(
        &self,
        action: Action,
        regions: impl IntoIterator<Item = &'a Region>,
    ) -> Result<(), Refusal> {
        let all_covered = regions.into_iter().all(|region| self.covers(region));
        if self.role.permits(action) && all_covered { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Whether the token covers the region.
    #[must_use]
    pub fn covers(&self, region: &Region) -> bool {
        self.regions.as_ref().is_none_or(|regions| regions.contains(region))
    }
}

/// Whether the token has expired at `now`; it expires at `expires_at`, not after it.
#[must_use]
pub fn is_expired(token: &StoredToken, now: Timestamp) -> bool {
    token.expires_at.is_some_and(|end| end <= now)
}

impl TokenDigest {
    /// The digest of `token`.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// The 32 bytes of the digest.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// Compares in constant time, so that timing reveals nothing about a digest.
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
    fn each_role_permits_its_actions_in_the_regions_of_the_token() {
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
                for (action, letter) in
                    [(Action::Read, 'r'), (Action::Change, 'c'), (Action::Ingest, 'i')]
                {
                    assert_eq!(
                        caller.authorize(action, [region]).is_ok(),
                        allowed.contains(letter),
                        "{caller:?} {action:?} {region}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_token_expires_exactly_at_its_expiry() {
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
