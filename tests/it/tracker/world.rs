//! One world of the walk: the tracker, the server, what is on its way between the two, and what an
//! onlooker knows of all that.

mod complaints;
mod key;

use replay_core::{Refusal, Region, job::Step};
use replay_page::{
    doors::{Effect, Effects, Method, RequestId, TransportError},
    job_tracker::{JobTracker, Mutation},
};
use replay_wire::JobReport;

pub(super) use self::key::Key;
use self::key::Words;
use super::server::{Moment, Reply, Server, Want};

/// What may happen next; requests and late orders are told apart by their places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Action {
    Look,
    LookAway,
    Refresh,
    Press(Want),
    /// A request reaches the server, which does as it is asked unless something else is said.
    Arrive(usize, Fate),
    /// An answer reaches the page.
    Hear(usize),
    /// A request or its answer is lost, and the page is told that there is none.
    Lose(usize),
    /// A request takes too long for the page, and may arrive yet.
    GiveUp(usize),
    /// An order arrives that the page has given up.
    ArriveLate(usize),
    /// The time has passed that was waited for last.
    Wake,
    Advance(Step),
    /// Somebody else sends a replay.
    Foreign,
}

/// What becomes of a request at the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    Fair,
    /// It is refused: the token will not do.
    Refused,
    /// It is answered 500 by somebody in between, who gave up: it is done later or never.
    Broken,
    /// It is done, and answered 500.
    BrokenAfterwards,
    /// It is done, and nobody understands the answer.
    Garbled,
}

#[derive(Clone)]
pub(super) struct World {
    bounds: Bounds,
    pub(super) tracker: JobTracker,
    effects: Effects,
    pub(super) server: Server,
    pub(super) looked_at: bool,
    pub(super) requests: Vec<Request>,
    /// Reads that nobody waits for any more, the latest last.
    pub(super) stale: Vec<RequestId>,
    /// Orders that the page has given up.
    pub(super) late: Vec<Want>,
    /// What is waited for.
    timer: Option<RequestId>,
    /// For how many more reads the page has a reason to doubt what a settled job says.
    uncertain_reads: usize,
    /// The newest of what the page has shown.
    pub(super) newest: Moment,
    /// How the latest order has ended, as the page was told.
    ended: Option<Ended>,
    words: Words,
    sends: u8,
    cancels: u8,
    troubles: u8,
    history: Vec<Action>,
}

/// A request whose answer the page is waiting for, or was.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) id: RequestId,
    /// A read wants nothing.
    pub(super) want: Option<Want>,
    pub(super) reply: Option<Reply>,
}

/// How much may happen, so that the walk ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) sends: u8,
    pub(super) cancels: u8,
    pub(super) foreign: bool,
    /// How often something goes wrong on the way,
    pub(super) troubles: u8,
    /// besides a request or an answer that is lost.
    pub(super) fates: &'static [Fate],
    /// Whether the engine takes all its steps in one, and never fails by itself.
    pub(super) brisk: bool,
}

/// How many stale reads are heard of in every world.
const STALE: usize = 2;

impl World {
    /// Nobody looks yet, and there never was a job.
    pub(super) fn start(bounds: Bounds) -> Self {
        let tracker = JobTracker::new(Region::named("us").unwrap());
        Self {
            bounds,
            words: Words::of(&tracker),
            tracker,
            effects: Effects::default(),
            server: Server::default(),
            looked_at: false,
            requests: Vec::new(),
            stale: Vec::new(),
            late: Vec::new(),
            timer: None,
            uncertain_reads: 0,
            newest: Moment::default(),
            ended: None,
            sends: 0,
            cancels: 0,
            troubles: 0,
            history: Vec::new(),
        }
    }

    /// Everything that can happen.
    pub(super) fn actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.looked_at {
            actions.push(Action::LookAway);
            actions.push(Action::Refresh);
            let free = self.tracker.pending_mutation().is_none();
            let send = Action::Press(Want::Send(self.sends));
            actions.extend((free && self.sends < self.bounds.sends).then_some(send));
            let cancel = free && self.cancels < self.bounds.cancels && self.is_seen_under_way();
            actions.extend(cancel.then_some(Action::Press(Want::Cancel)));
        } else {
            actions.push(Action::Look);
        }
        for (place, request) in self.requests.iter().enumerate() {
            actions.extend(self.on_the_way(place, request));
        }
        if self.will_read_again() {
            actions.extend((0..self.late.len()).map(Action::ArriveLate));
        }
        actions.extend(self.timer.is_some().then_some(Action::Wake));
        actions.extend(self.server.steps(self.bounds.brisk).into_iter().map(Action::Advance));
        let foreign = self.bounds.foreign && !self.server.puts.contains(&Want::Foreign);
        actions.extend(foreign.then_some(Action::Foreign));
        actions
    }

    fn on_the_way(&self, place: usize, request: &Request) -> Vec<Action> {
        let troubled = self.troubles < self.bounds.troubles;
        if request.reply.is_some() {
            let lost = troubled && request.want.is_some();
            return [Some(Action::Hear(place)), lost.then_some(Action::Lose(place))]
                .into_iter()
                .flatten()
                .collect();
        }
        let mut actions = vec![Action::Arrive(place, Fate::Fair)];
        if troubled {
            let mutation = request.want.is_some();
            let fates = self.bounds.fates.iter().copied();
            let fates = fates.filter(|fate| mutation || *fate != Fate::BrokenAfterwards);
            actions.extend(fates.map(|fate| Action::Arrive(place, fate)));
            actions.push(Action::Lose(place));
            actions.extend(mutation.then_some(Action::GiveUp(place)));
        }
        actions
    }

    /// What happens next if everybody is kind and nobody wants anything more; nothing, once the
    /// page is at rest with the truth.
    pub(super) fn kind_action(&self) -> Option<Action> {
        let place = |found: fn(&Request) -> bool| self.requests.iter().position(found);
        if let Some(place) = place(|request| request.reply.is_none()) {
            return Some(Action::Arrive(place, Fate::Fair));
        }
        // Orders after reads: the answer to an order may be a reason to read.
        if let Some(place) = place(|request| request.want.is_none())
            .or_else(|| place(|request| request.want.is_some()))
        {
            return Some(Action::Hear(place));
        }
        if let Some(step) = self.server.steps(self.bounds.brisk).into_iter().next() {
            return Some(Action::Advance(step));
        }
        if !self.looked_at {
            return Some(Action::Look);
        }
        let right = self.tracker.job().known() == Some(&self.server.truth());
        let sure = self.tracker.job().request_error().is_none();
        if right && sure && self.tracker.is_at_rest() {
            return None;
        }
        // Only what was refused for good takes a person.
        Some(if self.timer.is_some() { Action::Wake } else { Action::Refresh })
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
            let woken = next.tells_on_waking(timer);
            assert!(!woken, "a wait was replaced, or is over, and still wakes it\n{next}");
        }
        if next.tracker != self.tracker {
            next.tidy();
            next.words = Words::of(&next.tracker);
        }
        next.newest = next.newest.max(next.shown());
        next.assert_always(self, action, &effects);
        next
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Look | Action::LookAway => {
                self.looked_at = action == Action::Look;
                self.tracker.watch(self.looked_at, &mut self.effects);
            }
            Action::Refresh => self.tracker.refresh(&mut self.effects),
            Action::Press(want) => {
                match want {
                    Want::Send(_) | Want::Foreign => self.sends += 1,
                    Want::Cancel => self.cancels += 1,
                }
                self.ended = None;
                self.tracker.dismiss();
                self.tracker.start_mutation(mutation(want), &mut self.effects);
            }
            Action::Arrive(place, fate) => self.arrive(place, fate),
            Action::Hear(place) => {
                let request = self.requests.remove(place);
                self.tell(&request, Ok(request.reply.as_ref().unwrap()));
            }
            Action::Lose(place) | Action::GiveUp(place) => {
                self.troubles += 1;
                let request = self.requests.remove(place);
                let why = match request.want {
                    Some(want) if action == Action::GiveUp(place) => {
                        self.late.push(want);
                        TransportError::Timeout
                    }
                    _ => TransportError::Network,
                };
                self.tell(&request, Err(why));
            }
            Action::ArriveLate(place) => {
                let want = self.late.remove(place);
                self.server.start_mutation(want);
            }
            Action::Wake => {
                let timer = self.timer.take().unwrap();
                self.tracker.elapsed(&timer, &mut self.effects);
            }
            Action::Advance(step) => self.server.advance(step),
            Action::Foreign => {
                self.server.start_mutation(Want::Foreign);
            }
        }
    }

    fn arrive(&mut self, place: usize, fate: Fate) {
        self.troubles += u8::from(fate != Fate::Fair);
        let want = self.requests[place].want;
        let mut ask = || match want {
            Some(want) => self.server.start_mutation(want),
            None => self.server.read(),
        };
        let reply = match fate {
            Fate::Fair => ask(),
            Fate::Refused if want.is_none() => Reply::Refused(Refusal::Unauthorized),
            Fate::Refused => Reply::Refused(Refusal::Forbidden),
            Fate::Broken => {
                self.late.extend(want);
                Reply::Refused(Refusal::Broken)
            }
            Fate::BrokenAfterwards => {
                ask();
                Reply::Refused(Refusal::Broken)
            }
            Fate::Garbled => {
                ask();
                Reply::Garbled
            }
        };
        self.requests[place].reply = Some(reply);
    }

    /// Tells the page what has become of a request.
    fn tell(&mut self, request: &Request, result: Result<&Reply, TransportError>) {
        let before = self.tracker.clone();
        self.tracker.response_received(&request.id, &result.map(Reply::answer), &mut self.effects);
        let granted = result.ok().and_then(Reply::job).cloned();
        let Some(want) = request.want else {
            if granted.is_some() && self.tracker != before {
                self.uncertain_reads = self.uncertain_reads.saturating_sub(1);
            }
            return;
        };
        if granted.is_some() {
            // It may have been overtaken by what is newer.
            self.uncertain_reads = self.uncertain_reads.max(1);
        } else if result.map_or(true, Reply::leaves_doubt) {
            self.uncertain_reads = JobTracker::UNCERTAIN_READS;
        }
        self.ended = Some(Ended { want, granted });
    }

    fn carry_out(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Fetch(request_id, request) => {
                    let want = match request.method {
                        Method::Get => None,
                        Method::Put => Some(Want::Send(self.sends - 1)),
                        Method::Post | Method::Patch => Some(Want::Cancel),
                    };
                    self.requests.push(Request { id: request_id.clone(), want, reply: None });
                }
                Effect::Wait(request_id, _) => {
                    self.timer = Some(request_id.clone());
                }
                // The answer may be on its way already: it can still come.
                Effect::Abort(_)
                | Effect::ReadZone(_)
                | Effect::Visit(..)
                | Effect::Keep(..)
                | Effect::KeepClocks(_)
                | Effect::Focus(_) => {}
            }
        }
    }

    /// When what the page shows was so.
    pub(super) fn shown(&self) -> Moment {
        let known = self.tracker.job().known();
        known.map(|job| self.server.moment(job)).unwrap_or_default()
    }

    fn is_seen_under_way(&self) -> bool {
        let status = self.tracker.job().known().and_then(|job| job.status.known());
        status.is_some_and(|status| !status.is_settled())
    }

    /// Whether the page is going to read how it is after now, whatever the reads under way say.
    fn will_read_again(&self) -> bool {
        let response_received =
            |request: &&Request| request.want.is_none() && request.reply.is_some();
        self.uncertain_reads > self.requests.iter().filter(response_received).count()
    }

    /// Leaves out what can make no difference any more, as the tracker itself shows: a wait that
    /// nobody needs, and reads whose answers nobody waits for, whatever they are going to say.
    fn tidy(&mut self) {
        self.timer = self.timer.take().filter(|timer| self.tells_on_waking(timer));
        let (awaited, stale) = core::mem::take(&mut self.requests)
            .into_iter()
            .partition(|request| request.want.is_some() || self.tells_on_hearing(&request.id));
        self.requests = awaited;
        self.stale.extend(stale.into_iter().map(|request: Request| request.id));
        self.stale.drain(..self.stale.len().saturating_sub(STALE));
        if self.uncertain_reads == 0 {
            self.late.clear();
        }
    }

    /// Whether the end of that wait means anything to the page.
    fn tells_on_waking(&self, timer: &RequestId) -> bool {
        let (mut tracker, mut effects) = (self.tracker.clone(), self.effects.clone());
        tracker.elapsed(timer, &mut effects);
        tracker != self.tracker || !effects.take().is_empty()
    }

    /// Whether any answer to that read, one of old times or none, means anything to the page.
    pub(super) fn tells_on_hearing(&self, request_id: &RequestId) -> bool {
        [Ok(Server::default().read().answer()), Err(TransportError::Network)].iter().any(|answer| {
            let (mut tracker, mut effects) = (self.tracker.clone(), self.effects.clone());
            tracker.response_received(request_id, answer, &mut effects);
            tracker != self.tracker || !effects.take().is_empty()
        })
    }
}

/// The end of an order, as the page was told.
#[derive(Clone)]
struct Ended {
    want: Want,
    /// The job that it made, if it was said to.
    granted: Option<JobReport>,
}

fn mutation(want: Want) -> Mutation {
    match want {
        Want::Send(_) | Want::Foreign => Mutation::Send(want.timeframe()),
        Want::Cancel => Mutation::Cancel,
    }
}

impl core::fmt::Display for World {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let truth = self.server.truth();
        write!(f, "{:#?}\nwhere {truth:#?} is so,\nafter {:#?}", self.tracker, self.history)
    }
}
