//! The sharing of leases, with nodes that come and go. It checks no database.

use alloc::{format, vec, vec::Vec};

use chrono::TimeDelta;

use super::{DURATION, Holder, Lease, Node, Work, WorkKind, changes};
use crate::{NodeId, Region, Timestamp};

/// Leases and nodes as a database has them.
struct Cluster {
    leases: Vec<Lease>,
    nodes: Vec<Node>,
    now: Timestamp,
}

impl Cluster {
    fn new(regions: usize) -> Self {
        let work = |kind, number| Work { kind, region: region(number) };
        let of_kind = |kind| (0..regions).map(move |number| work(kind, number));
        let works = WorkKind::ALL.into_iter().flat_map(of_kind);
        Self {
            leases: works.map(|work| Lease { work, holder: None }).collect(),
            nodes: Vec::new(),
            now: "2026-11-23T12:00:00Z".parse().unwrap(),
        }
    }

    /// Lets a node renew, give up and claim leases; returns whether any lease has changed its holder.
    fn tick(&mut self, id: u128) -> bool {
        let own = NodeId(id);
        self.nodes.retain(|node| node.id != own);
        self.nodes.push(Node { id: own, seen_at: self.now });
        let done = changes(&self.leases, &self.nodes, own, self.now);
        let holder = Some(Holder { node: own, expires_at: self.now + DURATION });
        for lease in &mut self.leases {
            let work = &lease.work;
            if done.given_up.contains(work) {
                lease.holder = None;
            } else if done.renewed.contains(work) || done.claimed.contains(work) {
                lease.holder = holder;
            }
        }
        !(done.given_up.is_empty() && done.claimed.is_empty())
    }

    /// Lets each node tick in each of four rounds; no lease changes its holder in the last one.
    fn settle(&mut self, nodes: &[u128]) {
        let mut changed = true;
        for _ in 0..4 {
            self.now += TimeDelta::seconds(1);
            changed = false;
            for node in nodes {
                changed |= self.tick(*node);
            }
        }
        assert!(!changed, "the leases of {nodes:?} do not settle");
    }

    /// The number of leases of a kind that a node has.
    fn held(&self, kind: WorkKind, id: u128) -> usize {
        let of_kind = self.leases.iter().filter(|lease| lease.work.kind == kind);
        of_kind.filter(|lease| lease.is_of(NodeId(id))).count()
    }
}

fn region(number: usize) -> Region {
    Region::named(&format!("r{number}")).unwrap()
}

#[test]
fn nodes_that_come_and_go_share_the_leases_of_each_kind_evenly() {
    for regions in 1..8 {
        let mut cluster = Cluster::new(regions);
        for nodes in [vec![1], vec![1, 2], vec![1, 2, 3, 4], vec![2, 4], vec![4, 5, 6]] {
            // The leases of nodes that have ended expire.
            cluster.now += DURATION;
            cluster.settle(&nodes);
            for kind in WorkKind::ALL {
                let held: Vec<_> = nodes.iter().map(|node| cluster.held(kind, *node)).collect();
                assert_eq!(held.iter().sum::<usize>(), regions, "{kind:?} of {nodes:?}: {held:?}");
                let share = regions.div_ceil(nodes.len());
                assert!(held.iter().all(|held| *held <= share), "{kind:?} of {nodes:?}: {held:?}");
            }
        }
    }
}

#[test]
fn a_lease_is_not_claimed_before_it_expires() {
    let mut cluster = Cluster::new(1);
    cluster.tick(1);
    cluster.now += DURATION - TimeDelta::milliseconds(1);
    assert!(!cluster.tick(2));
    cluster.now += TimeDelta::milliseconds(1);
    assert!(cluster.tick(2));
    assert_eq!(cluster.held(WorkKind::Delivery, 2), 1);
}

#[test]
fn an_expired_lease_that_nobody_has_claimed_is_renewed() {
    let mut cluster = Cluster::new(1);
    cluster.tick(1);
    cluster.now += DURATION * 2;
    assert!(!cluster.tick(1));
    assert_eq!(cluster.held(WorkKind::Upkeep, 1), 1);
}
