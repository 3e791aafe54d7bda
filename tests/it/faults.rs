//! Faults: slow, misbehaving and absent receivers, kills at any moment, denied addresses, full
//! disks. Real sockets and, where it matters, the real program.
#![cfg(test)]

mod changes;
mod connections;
mod control;
mod copies;
mod damaged;
mod database_cut;
mod database_down;
mod database_failover;
mod database_hangs;
mod database_locks;
mod delivery;
mod disk;
mod edges;
mod egress;
mod forwarding;
mod hosts;
mod http_violations;
mod killed;
mod killed_slices;
mod leases;
mod logged;
mod maintenance;
mod memory;
mod nodes;
mod nodes_ledger;
mod outage_ledger;
mod outages;
mod policy;
mod postgres;
mod postgres_tls;
mod program;
mod ready;
mod replaced;
mod senders;
mod sink;
mod slices;
mod stopped;
mod takeovers;
mod throttled;
mod tls;
mod tokens;
mod too_large;
