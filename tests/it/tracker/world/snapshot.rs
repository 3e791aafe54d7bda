//! The identity of a world: everything that can influence what happens later. Two worlds with equal
//! snapshots are walked through once.

use core::hash::{Hash, Hasher};

use replay_client::{Mutation, RequestError};
use replay_core::JobStatus;
use replay_wire::JobReport;

use super::{Request, World};
use crate::tracker::server::{Command, HistoryPoint, Reply, ReplySnapshot};

/// A world without the numbers of its request ids, and without how the latest mutation ended: the
/// tracker awaits at most one read and one mutation, so that their kind identifies them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::tracker) struct Snapshot {
    known_job: Option<JobReport>,
    request_error: Option<RequestError>,
    is_loading: bool,
    pending_mutation: Option<Mutation>,
    server: ServerSnapshot,
    watched: bool,
    requests: Vec<RequestSnapshot>,
    delayed_commands: Vec<Command>,
    has_timer: bool,
    uncertain_reads: usize,
    newest_shown: HistoryPoint,
    sends: u8,
    cancels: u8,
    faults: u8,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct ServerSnapshot {
    puts: Vec<Command>,
    status: JobStatus,
    stop_requested: bool,
}

/// A request on its way: a read has no command, and a request that has not arrived has no reply.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct RequestSnapshot {
    command: Option<Command>,
    reply: Option<ReplySnapshot>,
}

impl World {
    /// The identity of the world.
    pub(in crate::tracker) fn snapshot(&self) -> Snapshot {
        let job = self.server.job.configured();
        let mut requests: Vec<_> = self.requests.iter().map(RequestSnapshot::of).collect();
        requests.sort_unstable();
        let mut delayed_commands = self.delayed_commands.clone();
        delayed_commands.sort_unstable();
        Snapshot {
            known_job: self.tracker.job().known().cloned(),
            request_error: self.tracker.job().request_error().cloned(),
            is_loading: self.tracker.job().is_loading(),
            pending_mutation: self.tracker.pending_mutation().cloned(),
            server: ServerSnapshot {
                puts: self.server.puts.clone(),
                status: self.server.job.status(),
                stop_requested: job.is_some_and(|job| job.stop_requested.is_some()),
            },
            watched: self.watched,
            requests,
            delayed_commands,
            has_timer: self.timer.is_some(),
            uncertain_reads: self.uncertain_reads,
            newest_shown: self.newest_shown,
            sends: self.sends,
            cancels: self.cancels,
            faults: self.faults,
        }
    }
}

impl RequestSnapshot {
    fn of(request: &Request) -> Self {
        Self { command: request.command, reply: request.reply.as_ref().map(Reply::snapshot) }
    }
}

/// `JobReport` and `RequestError` have no hash; the other fields distinguish most worlds.
impl Hash for Snapshot {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let known_status = self.known_job.as_ref().map(|job| job.status.known());
        (known_status, self.request_error.is_some(), self.is_loading).hash(hasher);
        (&self.pending_mutation, &self.server, self.watched, &self.requests).hash(hasher);
        (&self.delayed_commands, self.has_timer, self.uncertain_reads).hash(hasher);
        (self.newest_shown, self.sends, self.cancels, self.faults).hash(hasher);
    }
}
