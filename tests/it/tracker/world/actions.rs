//! The events that can happen next in a world, within the bounds of the walk.

use replay_core::job::Step;

use super::{Request, World};
use crate::tracker::server::Command;

/// An event. Requests and delayed commands are identified by their index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::tracker) enum Action {
    Watch,
    StopWatching,
    Refresh,
    Mutate(Command),
    /// A request reaches the server.
    Arrive(usize, Treatment),
    /// A response reaches the page.
    Respond(usize),
    /// A request or its response is lost, and the page gets a network error.
    Lose(usize),
    /// The page times out a request, which may still reach the server.
    TimeOut(usize),
    /// A mutation that has timed out reaches the server.
    ArriveDelayed(usize),
    /// The timer of the latest wait elapses.
    TimerElapsed,
    Advance(Step),
    /// Another client submits a job.
    SendByOther,
}

/// How a request is treated on its way and at the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::tracker) enum Treatment {
    Processed,
    /// The token is refused.
    Refused,
    /// A proxy replies 500; a mutation takes effect later or never.
    DelayedByProxy,
    /// The command takes effect, and the reply is 500.
    ProcessedThenError,
    /// The command takes effect, and the page cannot read the reply.
    ProcessedUnreadable,
}

/// The bounds that make the walk finite.
#[derive(Clone, Copy, Debug)]
pub(in crate::tracker) struct Bounds {
    pub(in crate::tracker) sends: u8,
    pub(in crate::tracker) cancels: u8,
    pub(in crate::tracker) foreign: bool,
    /// The number of faults on the way.
    pub(in crate::tracker) faults: u8,
    /// The possible faults, besides the loss of a message.
    pub(in crate::tracker) treatments: &'static [Treatment],
    /// Whether the engine takes all its steps in one and never fails a job by itself.
    pub(in crate::tracker) fast_engine: bool,
}

impl World {
    /// The events that can happen next.
    pub(in crate::tracker) fn actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.watched {
            actions.push(Action::StopWatching);
            actions.push(Action::Refresh);
            let free = self.tracker.pending_mutation().is_none();
            let send = Action::Mutate(Command::Send(self.sends));
            actions.extend((free && self.sends < self.bounds.sends).then_some(send));
            let cancel = free && self.cancels < self.bounds.cancels && self.is_seen_under_way();
            actions.extend(cancel.then_some(Action::Mutate(Command::Cancel)));
        } else {
            actions.push(Action::Watch);
        }
        for (place, request) in self.requests.iter().enumerate() {
            actions.extend(self.request_actions(place, request));
        }
        if self.will_read_again() {
            actions.extend((0..self.delayed_commands.len()).map(Action::ArriveDelayed));
        }
        actions.extend(self.timer.is_some().then_some(Action::TimerElapsed));
        actions.extend(self.server.steps(self.bounds.fast_engine).into_iter().map(Action::Advance));
        let foreign = self.bounds.foreign && !self.server.puts.contains(&Command::SendByOther);
        actions.extend(foreign.then_some(Action::SendByOther));
        actions
    }

    fn request_actions(&self, place: usize, request: &Request) -> Vec<Action> {
        let may_fault = self.faults < self.bounds.faults;
        if request.reply.is_some() {
            let lost = may_fault && request.command.is_some();
            return [Some(Action::Respond(place)), lost.then_some(Action::Lose(place))]
                .into_iter()
                .flatten()
                .collect();
        }
        let mut actions = vec![Action::Arrive(place, Treatment::Processed)];
        if may_fault {
            let mutation = request.command.is_some();
            let treatments = self.bounds.treatments.iter().copied();
            let treatments = treatments
                .filter(|treatment| mutation || *treatment != Treatment::ProcessedThenError);
            actions.extend(treatments.map(|treatment| Action::Arrive(place, treatment)));
            actions.push(Action::Lose(place));
            actions.extend(mutation.then_some(Action::TimeOut(place)));
        }
        actions
    }

    /// The next event when there are no faults and no new mutations; `None` once the page is at
    /// rest and shows the server's state.
    pub(in crate::tracker) fn fair_action(&self) -> Option<Action> {
        let place = |found: fn(&Request) -> bool| self.requests.iter().position(found);
        if let Some(place) = place(|request| request.reply.is_none()) {
            return Some(Action::Arrive(place, Treatment::Processed));
        }
        // Reads come first: the response to a mutation may start another read.
        if let Some(place) = place(|request| request.command.is_none())
            .or_else(|| place(|request| request.command.is_some()))
        {
            return Some(Action::Respond(place));
        }
        if let Some(step) = self.server.steps(self.bounds.fast_engine).into_iter().next() {
            return Some(Action::Advance(step));
        }
        if !self.watched {
            return Some(Action::Watch);
        }
        let right = self.tracker.job().known() == Some(&self.server.state());
        let sure = self.tracker.job().request_error().is_none();
        if right && sure && self.tracker.is_at_rest() {
            return None;
        }
        // Only a final refusal needs the user.
        Some(if self.timer.is_some() { Action::TimerElapsed } else { Action::Refresh })
    }

    fn is_seen_under_way(&self) -> bool {
        let status = self.tracker.job().known().and_then(|job| job.status.known());
        status.is_some_and(|status| !status.is_settled())
    }

    /// Whether the tracker will make another read after the ones that have a reply.
    fn will_read_again(&self) -> bool {
        let response_received =
            |request: &&Request| request.command.is_none() && request.reply.is_some();
        self.uncertain_reads > self.requests.iter().filter(response_received).count()
    }
}
