//! Decides which refusal gets a line of its own and counts the others, so that neither one caller nor
//! all anonymous callers together can fill the archive. Memory is bounded. It writes no line and does
//! not know the time: its user takes the summaries periodically.

use core::{mem, net::IpAddr};
use std::collections::HashMap;

use ipnet::IpNet;
use replay_core::Scope;

use crate::client_network::client_network;

/// Refusals since the summaries were last taken.
#[derive(Debug, Default)]
pub struct RefusalCounts {
    /// The number of repetitions of each kind. The first refusal has its own line and is not counted.
    repeated: HashMap<RefusalKind, u64>,
    others: Option<Others>,
}

/// What equal refusals have in common: the caller, the status, and the region or `global`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct RefusalKind {
    pub(crate) caller: RefusedCaller,
    pub(crate) scope: Scope,
    pub(crate) status: u16,
}

/// A refused caller, as far as callers are distinguished.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum RefusedCaller {
    /// The holder of the token with this id.
    Token(String),
    /// A client without a valid token: its IPv4 address, or the /64 network of its IPv6 address.
    Network(IpNet),
    /// A client without a valid token and without a known address.
    Unknown,
}

/// How a refusal is recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Decision {
    /// With a line of its own.
    Write,
    /// In a later summary.
    Counted,
}

/// The content of one summary line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Summary {
    /// Refusals of one kind, after the first one.
    Repeated { kind: RefusalKind, count: u64 },
    /// Refusals of kinds that were too many to count one by one.
    Others(Others),
}

/// Refusals of kinds that were too many to count one by one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Others {
    /// The HTTP status of the first one.
    pub(crate) status: u16,
    /// Their number.
    pub(crate) count: u64,
}

impl RefusalCounts {
    /// The maximum number of anonymous kinds that are counted separately. Each has at most two lines
    /// per summary interval: its first refusal and its summary.
    const ANONYMOUS_KINDS: usize = 10;

    /// The maximum number of kinds of token holders that are counted separately.
    const TOKEN_KINDS: usize = 1_000;

    /// Counts a refusal and decides how it is recorded.
    pub(crate) fn observe(&mut self, kind: RefusalKind) -> Decision {
        if let Some(count) = self.repeated.get_mut(&kind) {
            *count += 1;
            return Decision::Counted;
        }
        let anonymous = kind.caller.is_anonymous();
        let kinds = self.repeated.keys().filter(|known| known.caller.is_anonymous() == anonymous);
        let limit = if anonymous { Self::ANONYMOUS_KINDS } else { Self::TOKEN_KINDS };
        if kinds.count() < limit {
            self.repeated.insert(kind, 0);
            return Decision::Write;
        }
        self.others.get_or_insert(Others { status: kind.status, count: 0 }).count += 1;
        Decision::Counted
    }

    /// Takes the summaries of the refusals counted so far and resets the counts. The next refusal of a
    /// kind that was repeated is counted again; the next one of any other kind gets its own line.
    pub(crate) fn take_summaries(&mut self) -> Vec<Summary> {
        self.repeated.retain(|_, count| *count > 0);
        let repeated = self
            .repeated
            .iter_mut()
            .map(|(kind, count)| Summary::Repeated { kind: kind.clone(), count: mem::take(count) });
        repeated.chain(self.others.take().map(Summary::Others)).collect()
    }
}

impl Summary {
    /// The HTTP status of the refusals; for different kinds that of the first one.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Repeated { kind, .. } => kind.status,
            Self::Others(others) => others.status,
        }
    }

    /// The number of refusals in the summary.
    pub(crate) const fn count(&self) -> u64 {
        match self {
            Self::Repeated { count, .. } => *count,
            Self::Others(others) => others.count,
        }
    }
}

impl RefusedCaller {
    /// A client at `address` without a valid token.
    pub(crate) fn anonymous(address: Option<IpAddr>) -> Self {
        address.map_or(Self::Unknown, |address| Self::Network(client_network(address)))
    }

    fn is_anonymous(&self) -> bool {
        match self {
            Self::Token(_) => false,
            Self::Network(_) | Self::Unknown => true,
        }
    }
}

#[cfg(test)]
mod tests;
