//! One world of the walk: the tracker, the server, the messages between them, and what an observer
//! of both knows.

mod actions;
mod properties;
mod snapshot;

use replay_client::{
    ClientEffect, ClientEffects, JobTracker, Method, Mutation, RequestId, TransportError,
};
use replay_core::{Refusal, Region};
use replay_wire::JobReport;

pub(super) use self::{
    actions::{Action, Bounds, Treatment},
    snapshot::Snapshot,
};
use super::server::{Command, HistoryPoint, Reply, Server};

#[derive(Clone)]
pub(super) struct World {
    bounds: Bounds,
    pub(super) tracker: JobTracker,
    effects: ClientEffects,
    pub(super) server: Server,
    pub(super) watched: bool,
    pub(super) requests: Vec<Request>,
    /// Reads that the tracker no longer awaits, the latest last.
    pub(super) stale: Vec<RequestId>,
    /// Mutations that timed out or got a 500 from a proxy, and have not reached the server.
    pub(super) delayed_commands: Vec<Command>,
    /// The wait of the tracker.
    timer: Option<RequestId>,
    /// How many more reads the page makes although the job shown is settled.
    uncertain_reads: usize,
    /// The newest point that the page has shown.
    pub(super) newest_shown: HistoryPoint,
    /// How the latest mutation ended, as reported to the page.
    ended: Option<Ended>,
    sends: u8,
    cancels: u8,
    faults: u8,
    history: Vec<Action>,
}

/// A request that the page awaits.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) id: RequestId,
    /// `None` for a read.
    pub(super) command: Option<Command>,
    pub(super) reply: Option<Reply>,
}

/// The number of stale reads whose late responses are tried in every world.
const STALE: usize = 2;

impl World {
    /// An unwatched tracker and a server without a job.
    pub(super) fn start(bounds: Bounds) -> Self {
        let tracker = JobTracker::new(Region::named("us").unwrap());
        Self {
            bounds,
            tracker,
            effects: ClientEffects::default(),
            server: Server::default(),
            watched: false,
            requests: Vec::new(),
            stale: Vec::new(),
            delayed_commands: Vec::new(),
            timer: None,
            uncertain_reads: 0,
            newest_shown: HistoryPoint::default(),
            ended: None,
            sends: 0,
            cancels: 0,
            faults: 0,
            history: Vec::new(),
        }
    }

    /// The world after `action`.
    pub(super) fn after(&self, action: &Action) -> Self {
        let mut next = self.clone();
        next.history.push(action.clone());
        next.act(action.clone());
        let effects = next.effects.take();
        next.carry_out(&effects);
        if let Some(timer) = &self.timer
            && next.timer.as_ref() != Some(timer)
        {
            let woken = next.heeds_timer(timer);
            assert!(!woken, "the tracker reacts to a wait that was replaced or is over\n{next}");
        }
        if next.tracker != self.tracker {
            next.tidy();
        }
        next.newest_shown = next.newest_shown.max(next.shown());
        next.assert_always(self, action, &effects);
        next
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Watch | Action::StopWatching => {
                self.watched = action == Action::Watch;
                self.tracker.watch(self.watched, &mut self.effects);
            }
            Action::Refresh => self.tracker.refresh(&mut self.effects),
            Action::Mutate(command) => {
                match command {
                    Command::Send(_) | Command::SendByOther => self.sends += 1,
                    Command::Cancel => self.cancels += 1,
                }
                self.ended = None;
                self.tracker.dismiss();
                self.tracker.start_mutation(mutation(command), &mut self.effects);
            }
            Action::Arrive(place, treatment) => self.arrive(place, treatment),
            Action::Respond(place) => {
                let request = self.requests.remove(place);
                self.respond(&request, Ok(request.reply.as_ref().unwrap()));
            }
            Action::Lose(place) | Action::TimeOut(place) => {
                self.faults += 1;
                let request = self.requests.remove(place);
                let why = match request.command {
                    Some(command) if action == Action::TimeOut(place) => {
                        self.delayed_commands.push(command);
                        TransportError::Timeout
                    }
                    _ => TransportError::Network,
                };
                self.respond(&request, Err(why));
            }
            Action::ArriveDelayed(place) => {
                let command = self.delayed_commands.remove(place);
                self.server.start_mutation(command);
            }
            Action::TimerElapsed => {
                let timer = self.timer.take().unwrap();
                self.tracker.elapsed(&timer, &mut self.effects);
            }
            Action::Advance(step) => self.server.advance(step),
            Action::SendByOther => {
                self.server.start_mutation(Command::SendByOther);
            }
        }
    }

    fn arrive(&mut self, place: usize, treatment: Treatment) {
        self.faults += u8::from(treatment != Treatment::Processed);
        let command = self.requests[place].command;
        let mut process = || match command {
            Some(command) => self.server.start_mutation(command),
            None => self.server.read(),
        };
        let reply = match treatment {
            Treatment::Processed => process(),
            Treatment::Refused if command.is_none() => Reply::Refused(Refusal::Unauthorized),
            Treatment::Refused => Reply::Refused(Refusal::Forbidden),
            Treatment::DelayedByProxy => {
                self.delayed_commands.extend(command);
                Reply::Refused(Refusal::Internal)
            }
            Treatment::ProcessedThenError => {
                process();
                Reply::Refused(Refusal::Internal)
            }
            Treatment::ProcessedUnreadable => {
                process();
                Reply::Unreadable
            }
        };
        self.requests[place].reply = Some(reply);
    }

    /// Reports the result of a request to the tracker.
    fn respond(&mut self, request: &Request, result: Result<&Reply, TransportError>) {
        let before = self.tracker.clone();
        self.tracker.response_received(
            &request.id,
            &result.map(Reply::response),
            &mut self.effects,
        );
        let granted = result.ok().and_then(Reply::job).cloned();
        let Some(command) = request.command else {
            if granted.is_some() && self.tracker != before {
                self.uncertain_reads = self.uncertain_reads.saturating_sub(1);
            }
            return;
        };
        if granted.is_some() {
            // A newer read may have been dropped in favour of this response.
            self.uncertain_reads = self.uncertain_reads.max(1);
        } else if result.map_or(true, Reply::is_uncertain) {
            self.uncertain_reads = JobTracker::UNCERTAIN_READS;
        }
        self.ended = Some(Ended { command, granted });
    }

    fn carry_out(&mut self, effects: &[ClientEffect]) {
        for effect in effects {
            match effect {
                ClientEffect::Fetch(request_id, request) => {
                    let command = match request.method {
                        Method::Get => None,
                        Method::Put => Some(Command::Send(self.sends - 1)),
                        Method::Post | Method::Patch => Some(Command::Cancel),
                    };
                    self.requests.push(Request { id: request_id.clone(), command, reply: None });
                }
                ClientEffect::Wait(request_id, _) => {
                    self.timer = Some(request_id.clone());
                }
                // The response may already be on its way.
                ClientEffect::Abort(_) => {}
            }
        }
    }

    /// The point that the page shows.
    pub(super) fn shown(&self) -> HistoryPoint {
        let known = self.tracker.job().known();
        known.map(|job| self.server.point_of(job)).unwrap_or_default()
    }

    /// Removes what the tracker ignores: an obsolete wait, and stale reads.
    fn tidy(&mut self) {
        self.timer = self.timer.take().filter(|timer| self.heeds_timer(timer));
        let (awaited, stale) = core::mem::take(&mut self.requests)
            .into_iter()
            .partition(|request| request.command.is_some() || self.heeds_response(&request.id));
        self.requests = awaited;
        self.stale.extend(stale.into_iter().map(|request: Request| request.id));
        self.stale.drain(..self.stale.len().saturating_sub(STALE));
        if self.uncertain_reads == 0 {
            self.delayed_commands.clear();
        }
    }

    /// Whether the tracker reacts to the end of that wait.
    fn heeds_timer(&self, timer: &RequestId) -> bool {
        let (mut tracker, mut effects) = (self.tracker.clone(), self.effects.clone());
        tracker.elapsed(timer, &mut effects);
        tracker != self.tracker || !effects.take().is_empty()
    }

    /// Whether the tracker reacts to a response to that read, or to its failure.
    pub(super) fn heeds_response(&self, request_id: &RequestId) -> bool {
        [Ok(Server::default().read().response()), Err(TransportError::Network)].iter().any(
            |answer| {
                let (mut tracker, mut effects) = (self.tracker.clone(), self.effects.clone());
                tracker.response_received(request_id, answer, &mut effects);
                tracker != self.tracker || !effects.take().is_empty()
            },
        )
    }
}

/// The end of a mutation, as reported to the page.
#[derive(Clone)]
struct Ended {
    command: Command,
    /// The job in the response, if it succeeded.
    granted: Option<JobReport>,
}

fn mutation(command: Command) -> Mutation {
    match command {
        Command::Send(_) | Command::SendByOther => Mutation::Send(command.timeframe()),
        Command::Cancel => Mutation::Cancel,
    }
}

impl core::fmt::Display for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let state = self.server.state();
        write!(f, "{:#?}\nthe server's job: {state:#?}\nafter {:#?}", self.tracker, self.history)
    }
}
