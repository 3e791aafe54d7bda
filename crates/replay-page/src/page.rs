//! The whole page: a state that takes in messages and requests effects. It knows which server it
//! talks to, who is signed in and which clocks it shows; a server's regions are the workspace's.

mod history;
mod server;
mod session;
mod time_zone;

use alloc::vec::Vec;

use replay_client::{RequestId, Response, TransportError};
use time_range::{Context, Timestamp, Zone};

pub(crate) use self::server::Phase;
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
};

/// The page.
#[derive(Debug)]
pub struct Page {
    pub(crate) phase: Phase,
    pub(crate) clocks: Clocks,
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) correction: ClockCorrection,
    flags: Flags,
    browser_zone: Zone,
    address: Address,
    visible: bool,
    /// The number of the last request without the present token.
    token_since: u64,
    /// The number of the request that checks the token, until its response arrives.
    token_check: Option<u64>,
    /// An intent that needs an accepted token; carried out once there is one.
    postponed: Option<Intent>,
    effects: Effects,
}

impl Page {
    /// The page as it is opened at the time `browser_now` of the browser's clock, and its first effects:
    /// it asks the server what it is, unless the document says so.
    #[must_use]
    pub fn open(mut flags: Flags, browser_now: Timestamp) -> (Self, Vec<Effect>) {
        let server = flags.server.take();
        let mut page = Self {
            phase: Phase::new(),
            clocks: flags.clocks,
            sign_in: None,
            correction: ClockCorrection::default(),
            browser_zone: flags.zone.clone(),
            address: flags.address.clone(),
            visible: true,
            token_since: 0,
            token_check: None,
            postponed: None,
            effects: Effects::default(),
            flags,
        };
        match server {
            Some(server) => page.open_workspace(server, browser_now),
            None => page.read_server(),
        }
        page.show_address(HistoryEntry::Same);
        let effects = page.effects.take();
        (page, effects)
    }

    /// The address of what is in view.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Takes in a message at the time `browser_now` of the browser's clock; returns the effects
    /// that follow from it.
    pub fn update(&mut self, msg: Msg, browser_now: Timestamp) -> Vec<Effect> {
        if let Msg::ResponseReceived(request_id, response) = &msg {
            self.effects.client.request_ended(request_id);
            if let Some(date) = response.as_ref().ok().and_then(|response| response.date) {
                self.correct_clock(date, browser_now);
            }
        }
        let entry = match &msg {
            Msg::Moved(_) | Msg::ResponseReceived(..) => HistoryEntry::Same,
            Msg::Elapsed(_)
            | Msg::ZoneRead(_)
            | Msg::NotificationsAllowed(_)
            | Msg::Copied(_)
            | Msg::NotLoaded
            | Msg::Done
            | Msg::Shown
            | Msg::Hidden
            | Msg::SignInAsked
            | Msg::SignInDismissed
            | Msg::TokenTyped(_)
            | Msg::KeepTicked(_)
            | Msg::SignedIn
            | Msg::SignedOut
            | Msg::ClocksChosen(_)
            | Msg::Intended(_) => HistoryEntry::New,
        };
        let now = self.correction.now(browser_now);
        self.handle(msg, now);
        self.read_previews(now);
        self.show_address(entry);
        self.effects.take()
    }

    /// Corrects the clock by the date of a response. The range of a link may have been refused by the
    /// wrong clock.
    fn correct_clock(&mut self, date: Timestamp, browser_now: Timestamp) {
        let before = self.correction;
        self.correction = before.after(date, browser_now);
        let (now, zone) = (self.correction.now(browser_now), self.zone());
        if self.correction != before
            && let Phase::Ready(workspace) = &mut self.phase
        {
            workspace.read_link_again(&zone, now);
        }
    }

    fn handle(&mut self, msg: Msg, now: Timestamp) {
        match msg {
            Msg::ResponseReceived(request_id, response) => {
                self.response_received(&request_id, &response, now);
            }
            Msg::Elapsed(request_id) => self.elapsed(&request_id),
            Msg::ZoneRead(zone) => self.set_clocks(self.clocks, zone, now),
            Msg::NotificationsAllowed(allowed) => {
                if let Phase::Ready(workspace) = &mut self.phase {
                    workspace.notifications.answer(allowed);
                }
            }
            Msg::Copied(done) => {
                if let Phase::Ready(workspace) = &mut self.phase {
                    workspace.copied(done);
                }
            }
            Msg::NotLoaded => {
                if let Phase::Ready(workspace) = &mut self.phase {
                    workspace.not_loaded = true;
                }
            }
            Msg::Done => {}
            Msg::Moved(address) => self.moved(address, now),
            Msg::Shown => self.set_visible(true, now),
            Msg::Hidden => self.set_visible(false, now),
            Msg::SignInAsked => self.sign_in = Some(SignIn::default()),
            Msg::SignInDismissed => (self.sign_in, self.postponed) = (None, None),
            Msg::TokenTyped(typed) => self.with_sign_in(|sign_in| sign_in.typed = typed),
            Msg::KeepTicked(keep) => self.with_sign_in(|sign_in| sign_in.keep = keep),
            Msg::SignedIn => self.submit_token(),
            Msg::SignedOut => self.sign_out(),
            Msg::ClocksChosen(clocks) => {
                self.set_clocks(clocks, self.browser_zone.clone(), now);
                self.effects.push(Effect::KeepClocks(clocks));
            }
            Msg::Intended(intent) => self.intended(intent, now),
        }
    }

    fn intended(&mut self, intent: Intent, now: Timestamp) {
        let (zone, accepted) = (self.zone(), self.is_accepted());
        match &mut self.phase {
            Phase::Ready(_) if !accepted && intent.needs_server() => self.postpone(intent),
            Phase::Ready(workspace) => {
                workspace.not_loaded = false;
                workspace.intended(intent, &zone, now, &mut self.effects);
            }
            Phase::ReadingServer { .. } if intent == Intent::Refresh => self.read_server(),
            Phase::ReadingServer { .. } => {}
        }
    }

    fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        now: Timestamp,
    ) {
        if let Phase::ReadingServer { .. } = &self.phase {
            self.server_received(request_id, response, now);
            return;
        }
        let is_unauthorized = response.as_ref().is_ok_and(|response| response.status == 401);
        // First, so that the workspace requests nothing more with the rejected token.
        if is_unauthorized && request_id.number > self.token_since {
            self.rejected();
        }
        let zone = self.zone();
        if let Phase::Ready(workspace) = &mut self.phase {
            let context = Context { zone: &zone, now };
            workspace.response_received(request_id, response, context, &mut self.effects);
        }
        if self.token_check.take_if(|number| *number == request_id.number).is_some() {
            self.accepted(now);
        }
        if self.is_accepted()
            && let Phase::Ready(workspace) = &mut self.phase
        {
            workspace.send_waiting(now, &mut self.effects.client);
        }
    }

    fn elapsed(&mut self, request_id: &RequestId) {
        match &mut self.phase {
            Phase::ReadingServer { .. } => self.retry_server(request_id),
            Phase::Ready(workspace) => workspace.elapsed(request_id, &mut self.effects.client),
        }
    }

    fn read_previews(&mut self, now: Timestamp) {
        let zone = self.zone();
        if let Phase::Ready(workspace) = &mut self.phase {
            let context = Context { zone: &zone, now };
            workspace.read_previews(context, &mut self.effects.client);
        }
    }

    fn set_visible(&mut self, visible: bool, now: Timestamp) {
        self.visible = visible;
        if visible {
            self.read_zone(now);
        }
        self.watch();
        if visible
            && self.is_accepted()
            && let Phase::Ready(workspace) = &mut self.phase
            && !workspace.has_overview()
        {
            workspace.read_me(&mut self.effects.client);
        }
    }
}

#[cfg(test)]
mod tests;
