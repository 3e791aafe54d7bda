//! The leases of a database that several nodes share, in the tables `lease` and `node`, and the fencing
//! of writes. Which leases a node takes is decided by `replay-core`.

use std::sync::Arc;

use replay_core::{
    NodeId, Timestamp,
    lease::{self, DURATION, Holder, Lease, Node, Work, WorkKind},
};

use super::{
    Notice, Store, StoreError,
    database::Guard,
    read_region,
    sql::{Sql, values},
    write::Write,
};

/// A lease that a node has. Writes that carry it fail once another node has claimed the lease.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fence {
    /// The work.
    pub work: Work,
    /// The fencing token.
    pub(crate) token: i64,
}

/// The leases of a node, after they were renewed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NodeLeases {
    /// The leases that the node has.
    pub held: Vec<Fence>,
    /// The number of live nodes.
    pub nodes: usize,
    /// Whether there are leases for the node to claim.
    pub can_claim: bool,
}

impl Store {
    /// The same store for the work of a lease: once another node has claimed the lease, each write fails with
    /// [`StoreError::Fenced`] and changes nothing.
    #[must_use]
    pub fn fenced(&self, fence: Fence) -> Self {
        let mut store = self.clone();
        store.database.guard(Arc::new(fence));
        store
    }

    /// Renews the leases of a node for `works`, except those that exceed its share, which it gives up.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn renew_leases(
        &self,
        node: NodeId,
        works: Arc<[Work]>,
    ) -> Result<NodeLeases, StoreError> {
        let renew = move |tx: &Write<'_>| {
            let now = now(tx)?;
            note_live(tx, node, now)?;
            let stored = load(tx, &works)?;
            if stored.len() < works.len() {
                insert(tx, &works)?;
            }
            let nodes = nodes(tx)?;
            let leases: Vec<_> = stored.iter().map(|stored| stored.lease.clone()).collect();
            let changes = lease::changes(&leases, &nodes, node, now);
            for work in &changes.given_up {
                tx.execute(
                    "UPDATE lease SET owner = NULL WHERE region = ?1 AND work = ?2",
                    &values![work.region.as_str(), work.kind.as_str()],
                )?;
            }
            tx.execute(
                "UPDATE lease SET expires_at = ?2 WHERE owner = ?1",
                &values![node.to_string(), milliseconds(now + DURATION)],
            )?;
            let held =
                stored.into_iter().filter(|stored| changes.renewed.contains(&stored.lease.work));
            Ok(NodeLeases {
                held: held.map(Stored::into_fence).collect(),
                nodes: nodes.iter().filter(|node| node.is_live(now)).count(),
                can_claim: !changes.claimed.is_empty() || leases.len() < works.len(),
            })
        };
        self.database.write_leases(renew).await
    }

    /// Claims leases for `works` that no live node has, up to the share of the node. Returns those that
    /// were claimed. No write with an earlier token is committed after this.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn claim_leases(
        &self,
        node: NodeId,
        works: Arc<[Work]>,
    ) -> Result<Vec<Fence>, StoreError> {
        let claim = move |tx: &Write<'_>| {
            let now = now(tx)?;
            let (stored, nodes) = (load(tx, &works)?, nodes(tx)?);
            let leases: Vec<_> = stored.iter().map(|stored| stored.lease.clone()).collect();
            let claimed = lease::changes(&leases, &nodes, node, now).claimed;
            let mut fences = Vec::new();
            for stored in stored.into_iter().filter(|stored| claimed.contains(&stored.lease.work)) {
                let Fence { work, token } = stored.into_fence();
                let fence = Fence { work, token: token + 1 };
                tx.execute(
                    "UPDATE lease SET owner = ?3, token = ?4, expires_at = ?5
                     WHERE region = ?1 AND work = ?2",
                    &values![
                        fence.work.region.as_str(),
                        fence.work.kind.as_str(),
                        node.to_string(),
                        fence.token,
                        milliseconds(now + DURATION),
                    ],
                )?;
                fences.push(fence);
            }
            Ok(fences)
        };
        self.database.claim_leases(claim).await
    }

    /// Gives up every lease of a node that ends.
    ///
    /// # Errors
    /// The database fails; the leases expire.
    pub async fn release_leases(&self, node: NodeId) -> Result<(), StoreError> {
        let release = move |tx: &Write<'_>| {
            let id = node.to_string();
            tx.execute("UPDATE lease SET owner = NULL WHERE owner = ?1", &values![&id])?;
            tx.execute("DELETE FROM node WHERE id = ?1", &values![&id])?;
            Notice::Leases.tell(tx)
        };
        self.database.write_leases(release).await
    }
}

impl Guard for Fence {
    fn check(&self, db: &Sql<'_>) -> Result<(), StoreError> {
        // A claim waits for this transaction: the token stays the last one until this is committed.
        let is_last = db.optional(
            "SELECT 1 FROM lease WHERE region = ?1 AND work = ?2 AND token = ?3",
            &values![self.work.region.as_str(), self.work.kind.as_str(), self.token],
            |_| Ok(()),
        )?;
        is_last.ok_or(StoreError::Fenced)
    }
}

/// A row of the table.
struct Stored {
    lease: Lease,
    token: i64,
}

impl Stored {
    fn into_fence(self) -> Fence {
        Fence { work: self.lease.work, token: self.token }
    }
}

/// The leases for `works`. Those for kinds of another version are left to nodes that know them.
fn load(db: &Sql<'_>, works: &[Work]) -> Result<Vec<Stored>, StoreError> {
    let stored =
        db.all("SELECT region, work, token, owner, expires_at FROM lease", &[], |row| {
            let Some(kind) = WorkKind::named(&row.get::<String>(1)?) else { return Ok(None) };
            let work = Work { kind, region: read_region(&row.get::<String>(0)?)? };
            let holder = match row.get::<Option<String>>(3)? {
                Some(id) => {
                    Some(Holder { node: read_node(&id)?, expires_at: read_time(row.get(4)?)? })
                }
                None => None,
            };
            Ok(Some(Stored { lease: Lease { work, holder }, token: row.get(2)? }))
        })?;
    let known = stored.into_iter().flatten();
    Ok(known.filter(|stored| works.contains(&stored.lease.work)).collect())
}

/// Inserts the leases that are missing, without a holder.
fn insert(tx: &Write<'_>, works: &[Work]) -> Result<(), StoreError> {
    tx.execute_each(
        "INSERT INTO lease (region, work, token, expires_at) VALUES (?1, ?2, 0, 0)
         ON CONFLICT DO NOTHING",
        works.iter().map(|work| values![work.region.as_str(), work.kind.as_str()]),
    )
}

fn nodes(db: &Sql<'_>) -> Result<Vec<Node>, StoreError> {
    db.all("SELECT id, seen_at FROM node", &[], |row| {
        Ok(Node { id: read_node(&row.get::<String>(0)?)?, seen_at: read_time(row.get(1)?)? })
    })
}

/// Records that a node is live, and deletes those that are not.
fn note_live(tx: &Write<'_>, node: NodeId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO node (id, seen_at) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
        &values![node.to_string(), milliseconds(now)],
    )?;
    tx.execute("DELETE FROM node WHERE seen_at <= ?1", &values![milliseconds(now - DURATION)])?;
    Ok(())
}

/// The time of the database's clock, in milliseconds since 1970, as a part of a statement.
pub(super) const NOW: &str = "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)";

fn now(db: &Sql<'_>) -> Result<Timestamp, StoreError> {
    read_time(db.one(&format!("SELECT {NOW}"), &[], |row| row.get(0))?)
}

fn milliseconds(at: Timestamp) -> i64 {
    at.timestamp_millis()
}

fn read_time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_timestamp_millis(milliseconds).ok_or(StoreError::Corrupt("time of a lease"))
}

fn read_node(id: &str) -> Result<NodeId, StoreError> {
    NodeId::read(id).ok_or(StoreError::Corrupt("node id"))
}
