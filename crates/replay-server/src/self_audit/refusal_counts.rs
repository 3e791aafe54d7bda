//! Decides which refusal gets a line of its own and counts the others, so that neither one caller
//! nor all callers without a token together can fill the archive. Memory is bounded. It writes no
//! line and knows no clock: whoever takes the summaries decides how often.

use core::{mem, net::IpAddr};
use std::collections::HashMap;

use ipnet::IpNet;
use replay_core::Scope;

use crate::client_network::client_network;

/// Refusals since the summaries were last taken.
#[derive(Debug, Default)]
pub struct RefusalCounts {
    /// How often each was repeated. The first one is not counted: it has its own line.
    repeated: HashMap<RefusalKind, u64>,
    others: Option<Others>,
}

/// Refusals that are alike: of one caller, with one status, at one region or at `global`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct RefusalKind {
    pub(crate) caller: RefusedCaller,
    pub(crate) scope: Scope,
    pub(crate) status: u16,
}

/// Who was refused, as far as callers are told apart.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum RefusedCaller {
    /// The holder of a token, by the token's id.
    Token(String),
    /// A client without a known token: its IPv4 address, or the /64 network of its IPv6 address.
    Network(IpNet),
    /// A client without a known token and without a known address.
    Unknown,
}

/// What to do about a refusal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Decision {
    /// Write its line now.
    Write,
    /// Write no line: a later summary counts it.
    Counted,
}

/// One summary line.
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
    /// The status of the first of them.
    pub(crate) status: u16,
    /// How many they were.
    pub(crate) count: u64,
}

impl RefusalCounts {
    /// How many kinds without a token are told apart. Each has at most two lines between two
    /// summaries: its first refusal and its own summary.
    const ANONYMOUS_KINDS: usize = 10;

    /// How many kinds of token holders are told apart.
    const TOKEN_KINDS: usize = 1_000;

    /// Takes note of a refusal.
    pub(crate) fn observe(&mut self, kind: RefusalKind) -> Decision {
        if let Some(count) = self.repeated.get_mut(&kind) {
            *count += 1;
            return Decision::Counted;
        }
        let anonymous = kind.caller.is_anonymous();
        let like = self.repeated.keys().filter(|known| known.caller.is_anonymous() == anonymous);
        let limit = if anonymous { Self::ANONYMOUS_KINDS } else { Self::TOKEN_KINDS };
        if like.count() < limit {
            self.repeated.insert(kind, 0);
            return Decision::Write;
        }
        self.others.get_or_insert(Others { status: kind.status, count: 0 }).count += 1;
        Decision::Counted
    }

    /// Takes the summaries of everything counted so far, and starts counting again. The next
    /// refusal of a kind that was repeated is counted too; of any other it is the first again.
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
    /// The status of the refusals; of different kinds it is the first one's.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Repeated { kind, .. } => kind.status,
            Self::Others(others) => others.status,
        }
    }

    /// How many refusals it stands for.
    pub(crate) const fn count(&self) -> u64 {
        match self {
            Self::Repeated { count, .. } => *count,
            Self::Others(others) => others.count,
        }
    }
}

impl RefusedCaller {
    /// A client without a known token.
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
