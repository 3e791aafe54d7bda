//! The locks of writes on PostgreSQL: tables that are only locked, one for each kind of data and one more
//! for each region. They are no advisory locks: a function that takes one is called by a statement, whose
//! snapshot is from before the wait. A transaction takes its snapshot after `LOCK TABLE` has waited.

use core::fmt;

use replay_core::Region;

use super::access::Scope;

/// The locks of a write: those of its scope, for one region or for all. Every write takes them in the same
/// order, so that no two wait for each other.
#[derive(Debug)]
pub(super) struct Locks {
    pub(super) scope: Scope,
    pub(super) region: Option<Region>,
}

/// The settings of a write that come before its locks.
pub(super) const fn settings(scope: Scope) -> &'static str {
    match scope {
        // Writes of all regions queue behind a claim that waits. It waits longer than `deadlock_timeout`,
        // after which an autovacuum gives up its lock.
        Scope::Claims => {
            "SET LOCAL lock_timeout = '1500ms'; SET LOCAL idle_in_transaction_session_timeout = '3s';"
        }
        // A node that stops during its renewal must not cost the other nodes their leases.
        Scope::Leases => {
            "SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '3s';"
        }
        Scope::State | Scope::Tokens | Scope::Probe | Scope::Archive | Scope::Both => "",
    }
}

/// Serializes the creation of the tables: `lockadd` in ASCII.
const CREATION_LOCK: i64 = 0x006C_6F63_6B61_6464;

/// The script that creates a region's tables for locks.
pub(super) fn create(region: &Region) -> String {
    format!(
        "SET LOCAL client_min_messages = warning;
         SELECT pg_advisory_xact_lock({CREATION_LOCK});
         CREATE TABLE IF NOT EXISTS state_lock_{region} ();
         CREATE TABLE IF NOT EXISTS archive_lock_{region} ();"
    )
}

/// The statements that take the locks.
impl fmt::Display for Locks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (by_region, table): (&[&str], _) = match self.scope {
            Scope::State => (&["state_lock"], None),
            Scope::Archive => (&["archive_lock"], None),
            Scope::Both => (&["state_lock", "archive_lock"], None),
            Scope::Claims => (&["state_lock", "archive_lock"], Some("lease")),
            Scope::Leases => (&[], Some("lease")),
            Scope::Tokens => (&[], Some("token")),
            Scope::Probe => (&[], Some("schema_version")),
        };
        for lock in by_region {
            match &self.region {
                Some(region) => write!(
                    f,
                    "LOCK TABLE {lock} IN ROW EXCLUSIVE MODE;
                     LOCK TABLE {lock}_{region} IN EXCLUSIVE MODE;"
                )?,
                None => write!(f, "LOCK TABLE {lock} IN EXCLUSIVE MODE;")?,
            }
        }
        match table {
            Some(table) => write!(f, "LOCK TABLE {table} IN EXCLUSIVE MODE;"),
            None => Ok(()),
        }
    }
}
