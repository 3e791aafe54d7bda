//! The whole page: which server it talks to, who is signed in, which clocks it shows, and the
//! address it is at. What a desk does with a server is the desk's.

mod session;

use alloc::{boxed::Box, string::ToString, vec::Vec};

use chrono::TimeDelta;
use replay_client::{Method, Remote, RequestId, RequestOwner, Response, TransportError};
use replay_core::{Policy, region::SERVER_PATH};
use replay_wire::{ServerInfo, read_server};
use time_range::{Timestamp, Zone};

use crate::{
    address::Address,
    clock_correction::ClockCorrection,
    clocks::Clocks,
    effect::{Effect, HistoryEntry},
    effects::Effects,
    flags::Flags,
    intent::Intent,
    message::Msg,
    sign_in::SignIn,
    workspace::Workspace,
};

/// The page.
#[derive(Debug)]
pub struct Page {
    pub(crate) phase: Phase,
    pub(crate) clocks: Clocks,
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) correction: ClockCorrection,
    flags: Flags,
    local: Zone,
    address: Address,
    visible: bool,
    /// The latest ticket that was given before the present token.
    token_since: u64,
    /// The number of the request whose answer tells whether the server accepts the token, until it
    /// has come.
    deciding: Option<u64>,
    /// What a person wanted without an accepted token; done once there is one.
    wanted: Option<Intent>,
    effects: Effects,
}

/// How far the page has come.
#[derive(Debug)]
pub(crate) enum Phase {
    /// It asks what its server is, and again after a while where it was not told.
    Asking {
        /// What it was told.
        server: Box<Remote<ServerInfo>>,
        /// The wait until it asks again.
        again: Option<RequestId>,
    },
    /// It knows.
    Ready(Box<Workspace>),
}

/// How long the page waits before it asks again what its server is.
const AGAIN: TimeDelta = TimeDelta::seconds(4);

impl Page {
    /// A page that asks what its server is.
    #[must_use]
    pub fn open(flags: Flags) -> (Self, Vec<Effect>) {
        let mut page = Self {
            phase: Phase::Asking { server: Box::new(Remote::new()), again: None },
            clocks: flags.clocks,
            sign_in: None,
            correction: ClockCorrection::default(),
            local: flags.zone.clone(),
            address: flags.address.clone(),
            visible: true,
            token_since: 0,
            deciding: None,
            wanted: None,
            effects: Effects::default(),
            flags,
        };
        page.ask();
        let effects = page.effects.take();
        (page, effects)
    }

    /// Takes in what has happened, where the browser says it is `browser_now`.
    pub fn update(&mut self, msg: Msg, browser_now: Timestamp) -> Vec<Effect> {
        if let Msg::ResponseReceived(request_id, answer) = &msg {
            self.effects.client.request_ended(request_id);
            if let Some(date) = answer.as_ref().ok().and_then(|answer| answer.date) {
                self.correction = self.correction.after(date, browser_now);
            }
        }
        let led = matches!(msg, Msg::Moved(_) | Msg::ResponseReceived(..));
        self.handle(msg, self.correction.now(browser_now));
        self.show_address(if led { HistoryEntry::Same } else { HistoryEntry::New });
        self.effects.take()
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
        self.effects.client.token.is_some()
    }

    fn handle(&mut self, msg: Msg, now: Timestamp) {
        let (zone, accepted) = (self.zone(), self.is_accepted());
        match msg {
            Msg::Done => {}
            Msg::Shown => self.set_visible(true, now),
            Msg::Hidden => self.set_visible(false, now),
            Msg::ZoneRead(local) => self.change_clocks(self.clocks, local),
            Msg::ClocksChosen(clocks) => {
                self.change_clocks(clocks, self.local.clone());
                self.effects.push(Effect::KeepClocks(clocks));
            }
            Msg::TokenTyped(typed) => self.with_sign_in(|sign_in| sign_in.typed = typed),
            Msg::KeepTicked(keep) => self.with_sign_in(|sign_in| sign_in.keep = keep),
            Msg::SignedIn => self.submit_token(),
            Msg::SignedOut => self.sign_out(),
            Msg::Moved(address) => {
                self.address = address;
                self.wanted = None;
                if let Phase::Ready(workspace) = &mut self.phase {
                    let before = (workspace.scope.clone(), workspace.tab);
                    workspace.go(&self.address, &zone, now);
                    if (&workspace.scope, workspace.tab) != (&before.0, before.1) {
                        workspace.refresh(&mut self.effects.client);
                    }
                }
            }
            Msg::ResponseReceived(request_id, answer) => {
                self.response_received(&request_id, &answer, now);
            }
            Msg::Elapsed(request_id) => match &mut self.phase {
                Phase::Asking { again, .. } => {
                    if again.take_if(|again| *again == request_id).is_some() && self.visible {
                        self.ask();
                    }
                }
                Phase::Ready(workspace) => workspace.elapsed(&request_id, &mut self.effects.client),
            },
            Msg::SignInAsked => self.sign_in = Some(SignIn::default()),
            Msg::SignInDismissed => (self.sign_in, self.wanted) = (None, None),
            Msg::Intended(intent) => match &mut self.phase {
                Phase::Ready(_) if !accepted && intent.needs_server() => {
                    if self.effects.client.token.is_none() {
                        self.sign_in = Some(SignIn::default());
                    }
                    // Once signed in, the page reads everything without being asked.
                    self.wanted = Some(intent).filter(|intent| *intent != Intent::Refresh);
                }
                Phase::Ready(workspace) => {
                    workspace.intended(intent, &zone, now, &mut self.effects);
                }
                Phase::Asking { .. } if matches!(intent, Intent::Refresh) => self.ask(),
                Phase::Asking { .. } => {}
            },
        }
    }

    fn response_received(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        now: Timestamp,
    ) {
        match &mut self.phase {
            Phase::Asking { server, again } => {
                if server.response_received(request_id, answer, read_server) {
                    match server.known().cloned() {
                        Some(server) => self.told(server, now),
                        None => {
                            *again = Some(self.effects.client.wait(RequestOwner::Server, AGAIN));
                        }
                    }
                }
            }
            Phase::Ready(_) => {
                let unknown = answer.as_ref().is_ok_and(|answer| answer.status == 401);
                // First, so that nothing is planned that needs the token.
                if unknown && request_id.number > self.token_since {
                    self.rejected();
                }
                if let Phase::Ready(workspace) = &mut self.phase {
                    workspace.response_received(request_id, answer, &mut self.effects);
                }
                if self.deciding.take_if(|number| *number == request_id.number).is_some() {
                    self.accepted(now);
                }
            }
        }
    }

    fn ask(&mut self) {
        if let Phase::Asking { server, again } = &mut self.phase {
            *again = None;
            server.start_read(self.effects.client.fetch(
                RequestOwner::Server,
                Method::Get,
                SERVER_PATH.to_string(),
                None,
            ));
        }
    }

    /// The server has said what it is.
    fn told(&mut self, server: ServerInfo, now: Timestamp) {
        let token = self.flags.token(server.mode);
        let workspace = Workspace::open(server, &self.address, &self.zone(), now);
        self.read_zone(&workspace.policy, now);
        self.phase = Phase::Ready(Box::new(workspace));
        match token {
            Some(token) => self.sign_in_with(token),
            None => self.sign_in = Some(SignIn::default()),
        }
    }

    fn set_visible(&mut self, visible: bool, now: Timestamp) {
        self.visible = visible;
        if let (true, Phase::Ready(workspace)) = (visible, &self.phase) {
            // Whoever comes back may have travelled.
            let policy = workspace.policy;
            self.read_zone(&policy, now);
        }
        self.watch();
        if visible
            && self.is_accepted()
            && let Phase::Ready(workspace) = &mut self.phase
        {
            workspace.read_me(&mut self.effects.client);
        }
    }

    fn read_zone(&mut self, policy: &Policy, now: Timestamp) {
        self.effects.push(Effect::ReadZone(policy.forgotten_before(now)));
    }

    fn change_clocks(&mut self, clocks: Clocks, local: Zone) {
        let before = self.zone();
        (self.clocks, self.local) = (clocks, local);
        let after = self.zone();
        // What was typed stays as it was typed where it still means the same.
        if let Phase::Ready(workspace) = &mut self.phase
            && before != after
        {
            workspace.picker.rewrite(&before, &after);
        }
    }

    /// Lets the browser show the address of what is in view.
    fn show_address(&mut self, entry: HistoryEntry) {
        if let Phase::Ready(workspace) = &self.phase {
            let address = workspace.address();
            if address != self.address {
                self.address = address.clone();
                self.effects.push(Effect::Visit(address, entry));
            }
        }
    }
}

#[cfg(test)]
mod tests;
