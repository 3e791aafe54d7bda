//! The registry of open connections: limits their number in total and per client network, and decides
//! which one is evicted for a new one. It reads no request and writes no response.

use core::{cmp::Reverse, net::IpAddr};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;
use tokio::{sync::Notify, time::Instant};

use super::activity::Activity;
use crate::client_network::client_network;

/// The limits on the number of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// In all. Each may need two file descriptors: its socket, and a page file or a spooled body.
    /// That is below the usual limit of 1 024, so that deliveries and the database have theirs.
    pub(crate) total: usize,
    /// Per client network; `None` behind a proxy, since all clients share its address.
    pub(crate) per_address: Option<usize>,
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    open: Mutex<Open>,
}

/// An entry in the registry. Dropping it removes the entry.
#[derive(Debug)]
pub(super) struct Connection {
    connections: Arc<Connections>,
    id: u64,
    activity: Arc<Activity>,
    evicted: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Open {
    last_id: u64,
    entries: HashMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    network: IpNet,
    activity: Arc<Activity>,
    evicted: Arc<Notify>,
}

impl Limits {
    /// The limits of a server that its clients reach directly.
    pub(crate) const DIRECT: Self = Self { total: 448, per_address: Some(128) };

    /// The limits behind a proxy.
    pub(crate) const BEHIND_PROXY: Self = Self { per_address: None, ..Self::DIRECT };
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, open: Mutex::default() }
    }

    /// Registers a connection from `address` that was opened at `now`.
    ///
    /// At the limit per network, a connection of the same network is evicted. At the total limit, one of
    /// the network with the most connections is evicted. It is the connection that has waited longest
    /// for its client; if none of them waits, the one without progress for longest.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, now: Instant) -> Connection {
        let network = client_network(address);
        let mut open = self.lock();
        if self.limits.per_address.is_some_and(|limit| open.count(network) >= limit) {
            open.evict(|entry| entry.network == network);
        }
        if open.entries.len() >= self.limits.total {
            open.evict(|_| true);
        }
        open.last_id += 1;
        let id = open.last_id;
        let (activity, evicted) = (Arc::new(Activity::new(now)), Arc::new(Notify::new()));
        let entry =
            Entry { network, activity: Arc::clone(&activity), evicted: Arc::clone(&evicted) };
        open.entries.insert(id, entry);
        Connection { connections: Arc::clone(self), id, activity, evicted }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Completes when the connection is evicted.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.connections.lock().entries.remove(&self.id);
    }
}

impl Open {
    fn count(&self, network: IpNet) -> usize {
        self.entries.values().filter(|entry| entry.network == network).count()
    }

    /// Evicts one of `among`. The order is: networks with more connections first, then connections that
    /// wait for their client, then the one without progress for longest.
    fn evict(&mut self, among: impl Fn(&Entry) -> bool) {
        let mut counts = HashMap::<IpNet, usize>::new();
        for entry in self.entries.values() {
            *counts.entry(entry.network).or_default() += 1;
        }
        let candidates = self.entries.iter().filter(|(_, entry)| among(entry));
        let longest = candidates.min_by_key(|(id, Entry { network, activity, .. })| {
            let most_crowded = Reverse(counts.get(network).copied());
            (most_crowded, !activity.waits_for_client(), activity.last_progress(), **id)
        });
        if let Some(id) = longest.map(|(id, _)| *id)
            && let Some(entry) = self.entries.remove(&id)
        {
            entry.evicted.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    const LIMITS: Limits = Limits { total: 4, per_address: Some(2) };

    #[tokio::test]
    async fn at_the_limit_per_address_its_longest_waiting_connection_is_evicted() {
        let (connections, start) = (Arc::new(Connections::new(LIMITS)), Instant::now());
        let first = connections.admit(v4(1), start);
        let second = connections.admit(v4(1), start + SECOND);
        let other = connections.admit(v4(2), start);
        first.activity().progressed(start + SECOND * 2);
        let third = connections.admit(v4(1), start + SECOND * 3);
        second.evicted().await;
        assert_eq!(open(&connections), ids(&[&first, &other, &third]));
    }

    #[tokio::test]
    async fn at_the_total_limit_a_connection_of_the_largest_network_is_evicted() {
        let (connections, start) = (Arc::new(Connections::new(LIMITS)), Instant::now());
        let alone = connections.admit(v4(1), start);
        let crowd = [2, 2, 3].map(|last| connections.admit(v4(last), start + SECOND));
        let newest = connections.admit(v4(4), start + SECOND);
        crowd[0].evicted().await;
        assert_eq!(open(&connections), ids(&[&alone, &crowd[1], &crowd[2], &newest]));
    }

    #[tokio::test]
    async fn of_equally_crowded_addresses_the_longest_waiting_connection_gives_way() {
        for longest in 0..LIMITS.total {
            let (connections, start) = (Arc::new(Connections::new(LIMITS)), Instant::now());
            let held = [1, 2, 3, 4].map(|last| connections.admit(v4(last), start));
            for (place, connection) in held.iter().enumerate() {
                if place != longest {
                    connection.activity().progressed(start + SECOND);
                }
            }
            let newest = connections.admit(v4(5), start + SECOND);
            let mut left: Vec<_> = held.iter().chain([&newest]).collect();
            left.remove(longest);
            assert_eq!(open(&connections), ids(&left));
        }
    }

    #[tokio::test]
    async fn a_connection_whose_request_is_at_work_is_evicted_last() {
        let (connections, start) = (Arc::new(Connections::new(LIMITS)), Instant::now());
        let working = connections.admit(v4(1), start);
        let serving = working.activity().serving();
        let idle = connections.admit(v4(1), start + SECOND);
        let third = connections.admit(v4(1), start + SECOND);
        idle.evicted().await;
        assert_eq!(open(&connections), ids(&[&working, &third]));
        let _serving = (serving, third.activity().serving());
        let newest = connections.admit(v4(1), start + SECOND);
        working.evicted().await;
        assert_eq!(open(&connections), ids(&[&third, &newest]));
    }

    #[tokio::test]
    async fn a_dropped_connection_is_removed() {
        let connections = Arc::new(Connections::new(Limits { total: 2, per_address: None }));
        let first = connections.admit(v4(1), Instant::now());
        let second = connections.admit(v4(1), Instant::now());
        drop(second);
        let third = connections.admit(v4(1), Instant::now());
        assert_eq!(open(&connections), ids(&[&first, &third]));
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn v4(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn open(connections: &Connections) -> Vec<u64> {
        let mut ids: Vec<_> = connections.lock().entries.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    fn ids(connections: &[&Connection]) -> Vec<u64> {
        connections.iter().map(|connection| connection.id).collect()
    }
}
