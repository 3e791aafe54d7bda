//! When two worlds are the same: everything that can make a difference later, with tickets by what
//! they are to the tracker and not by their numbers.

use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;

use replay_client::{JobTracker, RequestId};
use replay_core::JobStatus;

use super::{Want, World};
use crate::tracker::server::Moment;

#[derive(Debug, Eq, Hash, PartialEq)]
pub(in crate::tracker) struct Key {
    tracker: u64,
    server: (Vec<Want>, JobStatus, bool),
    looked_at: bool,
    requests: Vec<Sent>,
    late: Vec<Want>,
    timer: bool,
    uncertain_reads: usize,
    newest: Moment,
    counts: [u8; 3],
}

/// A request as the page and the server see it: the place of its ticket among those that the
/// tracker waits for, what it wants, and its reply.
type Sent = (Option<usize>, Option<Want>, Option<(u16, Option<(Moment, &'static str)>)>);

/// A tracker in words without the numbers of its tickets, which come beside them.
#[derive(Clone)]
pub(super) struct Words {
    hash: u64,
    waited_for: Vec<u64>,
}

impl World {
    /// What makes it differ from other worlds.
    pub(in crate::tracker) fn key(&self) -> Key {
        let waited_for = &self.words.waited_for;
        let role = |request_id: &RequestId| {
            waited_for.iter().position(|number| *number == request_id.number)
        };
        let sent = |one: &super::Request| {
            (role(&one.id), one.want, one.reply.as_ref().map(super::Reply::key))
        };
        let mut requests: Vec<_> = self.requests.iter().map(sent).collect();
        requests.sort_unstable();
        let mut late = self.late.clone();
        late.sort_unstable();
        let job = self.server.job.configured();
        let stopping = job.is_some_and(|job| job.stop_requested.is_some());
        Key {
            tracker: self.words.hash,
            server: (self.server.puts.clone(), self.server.job.status(), stopping),
            looked_at: self.looked_at,
            requests,
            late,
            timer: self.timer.is_some(),
            uncertain_reads: self.uncertain_reads,
            newest: self.newest,
            counts: [self.sends, self.cancels, self.troubles],
        }
    }
}

impl Words {
    /// Of `tracker`, but for what makes no difference to what it does: how the latest order ended,
    /// what was known when it was given, and how often a read said the same, which only makes pauses
    /// longer.
    pub(super) fn of(tracker: &JobTracker) -> Self {
        const NUMBER: &str = "number: ";
        const UNCHANGED: &str = "unchanged: ";
        let mut tracker = tracker.clone();
        tracker.dismiss();
        let mut text = format!("{tracker:?}");
        if let (Some(start), Some(end)) = (text.find("before: "), text.find("outcome: ")) {
            text.replace_range(start..end, "");
        }
        let (mut hasher, mut waited_for) = (DefaultHasher::new(), Vec::new());
        let mut rest = text.as_str();
        while let Some(at) = [NUMBER, UNCHANGED].iter().filter_map(|name| rest.find(name)).min() {
            let number = rest[at..].starts_with(NUMBER);
            let start = at + if number { NUMBER } else { UNCHANGED }.len();
            let end = start + rest[start..].find(|c: char| !c.is_ascii_digit()).unwrap();
            rest[..start].hash(&mut hasher);
            if number {
                waited_for.push(rest[start..end].parse().unwrap());
            }
            rest = &rest[end..];
        }
        rest.hash(&mut hasher);
        Self { hash: hasher.finish(), waited_for }
    }
}
