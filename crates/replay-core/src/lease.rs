//! The leases for the work on each region, and how the nodes on one database share them: which leases a node
//! renews, gives up and claims. The caller reads the leases, the nodes and `now` from the database.
//!
//! One lease covers every request to a region's webhook, of its job and of its live lane. So one node at
//! a time makes them, and what holds for a webhook inside a process holds over all nodes: the limit of
//! the rate, the number of requests in flight, the pauses that the receiver asks for, and the share of
//! the live lane beside a job.

use alloc::vec::Vec;

use chrono::TimeDelta;

use crate::{NodeId, Region, Timestamp};

/// How long a lease lasts after it was claimed or renewed, and how long a node counts as live after it
/// was seen.
pub const DURATION: TimeDelta = TimeDelta::seconds(15);

/// A kind of work that one node does for a region at a time.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum WorkKind {
    /// All requests to the region's webhook: its job, its live lane, and the healing of its outages.
    Delivery,
    /// Sealing, merging and retention.
    Upkeep,
}

/// What a lease is for.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Work {
    /// The kind.
    pub kind: WorkKind,
    /// The region.
    pub region: Region,
}

/// The right of one node to do a work, until it expires.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lease {
    /// What it is for.
    pub work: Work,
    /// Who has it; `None` if it was given up, or never claimed.
    pub holder: Option<Holder>,
}

/// Who has a lease, and until when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Holder {
    /// The node.
    pub node: NodeId,
    /// When another node may claim it.
    pub expires_at: Timestamp,
}

/// A node, and when it was last seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Node {
    /// The node.
    pub id: NodeId,
    /// When it last renewed its leases.
    pub seen_at: Timestamp,
}

/// What a node does with leases. No lease is in two of the lists.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LeaseChanges {
    /// The leases that it has and keeps.
    pub renewed: Vec<Work>,
    /// The leases that it has and that exceed its share.
    pub given_up: Vec<Work>,
    /// The leases that no live node has and that it takes.
    pub claimed: Vec<Work>,
}

impl WorkKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Delivery, Self::Upkeep];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Upkeep => "upkeep",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Node {
    /// Whether the node counts as live.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.seen_at + DURATION > now
    }
}

/// What the live node `own` does with the leases at `now`.
///
/// The leases of each kind are shared evenly: a node has at most the number of leases of the kind,
/// divided by the number of live nodes, and rounded up.
#[must_use]
pub fn changes(leases: &[Lease], nodes: &[Node], own: NodeId, now: Timestamp) -> LeaseChanges {
    let others = nodes.iter().filter(|node| node.id != own && node.is_live(now)).count();
    let mut changes = LeaseChanges::default();
    for kind in WorkKind::ALL {
        let mut of_kind: Vec<_> = leases.iter().filter(|lease| lease.work.kind == kind).collect();
        of_kind.sort_by(|a, b| a.work.cmp(&b.work));
        let share = of_kind.len().div_ceil(others + 1);
        let mut held = 0;
        for lease in of_kind.iter().filter(|lease| lease.is_of(own)) {
            if held < share {
                held += 1;
                changes.renewed.push(lease.work.clone());
            } else {
                changes.given_up.push(lease.work.clone());
            }
        }
        let free = of_kind.iter().filter(|lease| !lease.is_of(own) && lease.is_free(now));
        let left = share.saturating_sub(held);
        changes.claimed.extend(free.take(left).map(|lease| lease.work.clone()));
    }
    changes
}

impl Lease {
    /// An expired lease is still its holder's, until another node claims it.
    fn is_of(&self, node: NodeId) -> bool {
        self.holder.is_some_and(|holder| holder.node == node)
    }

    fn is_free(&self, now: Timestamp) -> bool {
        self.holder.is_none_or(|holder| holder.expires_at <= now)
    }
}

#[cfg(test)]
mod tests;
