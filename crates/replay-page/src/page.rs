//! The whole page: which server it talks to, who is signed in, which clocks it shows, and the
//! address it is at. What a desk does with a server is the desk's.

mod session;

use alloc::{boxed::Box, string::ToString, vec::Vec};

use chrono::TimeDelta;
use replay_core::{
    Instant, Policy, Zone,
    region::SERVER_PATH,
    wire::{ServerInfo, read_server},
};

use crate::{
    address::Address,
    clock::Correction,
    desk::Desk,
    doors::{Answer, Clocks, Effect, Entry, Method, Msg, NoAnswer, Of, Outbox, Ticket, Wish},
    opening::Opening,
    sign_in::SignIn,
    watch::Watch,
};

/// The page.
#[derive(Debug)]
pub struct Page {
    pub(crate) phase: Phase,
    pub(crate) clocks: Clocks,
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) correction: Correction,
    opening: Opening,
    local: Zone,
    address: Address,
    visible: bool,
    /// The latest ticket that was given before the present token.
    token_since: u64,
    /// The number of the request whose answer tells whether the server accepts the token, until it
    /// has come.
    deciding: Option<u64>,
    /// What a person wanted without an accepted token; done once there is one.
    wanted: Option<Wish>,
    out: Outbox,
}

/// How far the page has come.
#[derive(Debug)]
pub(crate) enum Phase {
    /// It asks what its server is, and again after a while where it was not told.
    Asking {
        /// What it was told.
        server: Box<Watch<ServerInfo>>,
        /// The wait until it asks again.
        again: Option<Ticket>,
    },
    /// It knows.
    Ready(Box<Desk>),
}

/// How long the page waits before it asks again what its server is.
const AGAIN: TimeDelta = TimeDelta::seconds(4);

impl Page {
    /// A page that asks what its server is.
    #[must_use]
    pub fn open(opening: Opening) -> (Self, Vec<Effect>) {
        let mut page = Self {
            phase: Phase::Asking { server: Box::new(Watch::new()), again: None },
            clocks: opening.clocks,
            sign_in: None,
            correction: Correction::default(),
            local: opening.zone.clone(),
            address: opening.address.clone(),
            visible: true,
            token_since: 0,
            deciding: None,
            wanted: None,
            out: Outbox::default(),
            opening,
        };
        page.ask();
        let effects = page.out.take();
        (page, effects)
    }

    /// Takes in what has happened, where the browser says it is `browser_now`.
    pub fn update(&mut self, msg: Msg, browser_now: Instant) -> Vec<Effect> {
        if let Msg::Answered(ticket, answer) = &msg {
            self.out.answered(ticket);
            if let Some(date) = answer.as_ref().ok().and_then(|answer| answer.date) {
                self.correction = self.correction.after(date, browser_now);
            }
        }
        let led = matches!(msg, Msg::Moved(_) | Msg::Answered(..));
        self.take_in(msg, self.correction.now(browser_now));
        self.show_address(if led { Entry::Same } else { Entry::New });
        self.out.take()
    }

    /// The zone that times are shown in.
    #[must_use]
    pub fn zone(&self) -> Zone {
        match self.clocks {
            Clocks::Local => self.local.clone(),
            Clocks::Utc => Zone::utc(),
        }
    }

    /// The name of the zone of the browser's clocks.
    #[must_use]
    pub fn local(&self) -> &str {
        self.local.name()
    }

    /// Whether requests carry a token.
    pub(crate) const fn is_signed_in(&self) -> bool {
        self.out.token.is_some()
    }

    fn take_in(&mut self, msg: Msg, now: Instant) {
        let (zone, accepted) = (self.zone(), self.is_accepted());
        match msg {
            Msg::Done => {}
            Msg::Shown => self.set_visible(true, now),
            Msg::Hidden => self.set_visible(false, now),
            Msg::ZoneRead(local) => self.change_clocks(self.clocks, local),
            Msg::ClocksChosen(clocks) => {
                self.change_clocks(clocks, self.local.clone());
                self.out.push(Effect::KeepClocks(clocks));
            }
            Msg::TokenTyped(typed) => self.with_sign_in(|sign_in| sign_in.typed = typed),
            Msg::KeepTicked(keep) => self.with_sign_in(|sign_in| sign_in.keep = keep),
            Msg::SignedIn => self.hand_in(),
            Msg::SignedOut => self.sign_out(),
            Msg::Moved(address) => {
                self.address = address;
                self.wanted = None;
                if let Phase::Ready(desk) = &mut self.phase {
                    let before = (desk.scope.clone(), desk.tab);
                    desk.go(&self.address, &zone, now);
                    if (&desk.scope, desk.tab) != (&before.0, before.1) {
                        desk.refresh(&mut self.out);
                    }
                }
            }
            Msg::Answered(ticket, answer) => self.answered(&ticket, &answer, now),
            Msg::Elapsed(ticket) => match &mut self.phase {
                Phase::Asking { again, .. } => {
                    if again.take_if(|again| *again == ticket).is_some() && self.visible {
                        self.ask();
                    }
                }
                Phase::Ready(desk) => desk.elapsed(&ticket, &mut self.out),
            },
            Msg::SignInAsked => self.sign_in = Some(SignIn::default()),
            Msg::SignInDismissed => (self.sign_in, self.wanted) = (None, None),
            Msg::Wished(wish) => match &mut self.phase {
                Phase::Ready(_) if !accepted && wish.asks_the_server() => {
                    if self.out.token.is_none() {
                        self.sign_in = Some(SignIn::default());
                    }
                    // Once signed in, the page reads everything without being asked.
                    self.wanted = Some(wish).filter(|wish| *wish != Wish::Refresh);
                }
                Phase::Ready(desk) => desk.wished(wish, &zone, now, &mut self.out),
                Phase::Asking { .. } if matches!(wish, Wish::Refresh) => self.ask(),
                Phase::Asking { .. } => {}
            },
        }
    }

    fn answered(&mut self, ticket: &Ticket, answer: &Result<Answer, NoAnswer>, now: Instant) {
        match &mut self.phase {
            Phase::Asking { server, again } => {
                if server.answered(ticket, answer, read_server) {
                    match server.known().cloned() {
                        Some(server) => self.told(server, now),
                        None => *again = Some(self.out.wait(Of::Server, AGAIN)),
                    }
                }
            }
            Phase::Ready(_) => {
                let unknown = answer.as_ref().is_ok_and(|answer| answer.status == 401);
                // First, so that nothing is planned that needs the token.
                if unknown && ticket.number > self.token_since {
                    self.rejected();
                }
                if let Phase::Ready(desk) = &mut self.phase {
                    desk.answered(ticket, answer, &mut self.out);
                }
                if self.deciding.take_if(|number| *number == ticket.number).is_some() {
                    self.accepted(now);
                }
            }
        }
    }

    fn ask(&mut self) {
        if let Phase::Asking { server, again } = &mut self.phase {
            *again = None;
            server.ask(self.out.fetch(Of::Server, Method::Get, SERVER_PATH.to_string(), None));
        }
    }

    /// The server has said what it is.
    fn told(&mut self, server: ServerInfo, now: Instant) {
        let token = self.opening.token(server.mode);
        let desk = Desk::open(server, &self.address, &self.zone(), now);
        self.read_zone(&desk.policy, now);
        self.phase = Phase::Ready(Box::new(desk));
        match token {
            Some(token) => self.sign_in_with(token),
            None => self.sign_in = Some(SignIn::default()),
        }
    }

    fn set_visible(&mut self, visible: bool, now: Instant) {
        self.visible = visible;
        if let (true, Phase::Ready(desk)) = (visible, &self.phase) {
            // Whoever comes back may have travelled.
            let policy = desk.policy;
            self.read_zone(&policy, now);
        }
        self.watch();
        if visible
            && self.is_accepted()
            && let Phase::Ready(desk) = &mut self.phase
        {
            desk.read_me(&mut self.out);
        }
    }

    fn read_zone(&mut self, policy: &Policy, now: Instant) {
        self.out.push(Effect::ReadZone(policy.forgotten_before(now)));
    }

    fn change_clocks(&mut self, clocks: Clocks, local: Zone) {
        let before = self.zone();
        (self.clocks, self.local) = (clocks, local);
        let after = self.zone();
        // What was typed stays as it was typed where it still means the same.
        if let Phase::Ready(desk) = &mut self.phase
            && before != after
        {
            desk.picker.rewrite(&before, &after);
        }
    }

    /// Lets the browser show the address of what is in view.
    fn show_address(&mut self, entry: Entry) {
        if let Phase::Ready(desk) = &self.phase {
            let address = desk.address();
            if address != self.address {
                self.address = address.clone();
                self.out.push(Effect::Visit(address, entry));
            }
        }
    }
}

#[cfg(test)]
mod tests;
