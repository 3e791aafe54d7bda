//! The page's two doors as values: what it asks of the world, and what it is told. Every effect is
//! answered by exactly one message; neither is carried out here.

use alloc::{string::String, vec::Vec};

use chrono::TimeDelta;
use replay_core::{Instant, Region, Scope, Zone, timeframe::Edge, webhook::Secret, wire::Json};

use crate::{
    address::{Address, Tab},
    setup::Edit,
};

/// A request to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Make a request to the server; answered by [`Msg::Answered`].
    Fetch(Ticket, Request),
    /// Let time pass; answered by [`Msg::Elapsed`].
    Wait(Ticket, TimeDelta),
    /// Read the zone of the browser's clocks since then; answered by [`Msg::ZoneRead`].
    ReadZone(Instant),
    /// Show this address; answered by [`Msg::Done`].
    Visit(Address, Entry),
    /// Keep this token for the browser's session, or none; answered by [`Msg::Done`].
    Keep(Option<Secret>),
    /// Move the keyboard's focus to the element of that id; answered by [`Msg::Done`].
    Focus(&'static str),
}

/// What has happened: in the world, or because a person wanted it.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A request has ended.
    Answered(Ticket, Result<Answer, NoAnswer>),
    /// The time has passed.
    Elapsed(Ticket),
    /// The zone of the browser's clocks is this.
    ZoneRead(Zone),
    /// An effect that has nothing to tell was carried out.
    Done,
    /// The browser moved to this address.
    Moved(Address),
    /// The page can be seen again, or the network has come back.
    Shown,
    /// The page can no longer be seen.
    Hidden,

    /// A token was typed; what of it there is so far.
    TokenTyped(Typed),
    /// Whether to keep the token for the browser's session was ticked.
    KeepTicked(bool),
    /// The typed token was handed in.
    SignedIn,
    /// The token is to be forgotten.
    SignedOut,
    /// A region, or all of them, was chosen.
    ScopeChosen(Scope),
    /// A tab was chosen.
    TabChosen(Tab),
    /// The clocks to show times in were chosen.
    ClocksChosen(Clocks),
    /// A preset was chosen by its place among them, or none of them.
    PresetChosen(Option<usize>),
    /// An end of a custom range was typed.
    BoundTyped(Edge, String),
    /// The range as it is drafted was applied.
    Applied,
    /// The applied range was sent.
    Sent,
    /// A job was cancelled.
    Cancelled(Region),
    /// What is shown was to be read again.
    Refreshed,
    /// A field of the webhook's form was edited.
    Edited(Edit),
    /// The webhook's form was saved.
    Saved,
    /// The webhook's form was put back to what is saved.
    Reverted,
    /// A test delivery was asked for.
    Tested,
}

/// A request to the page's own server.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// The token it carries.
    pub token: Option<Secret>,
    /// Its body.
    pub body: Option<Json>,
    /// How long it may take, to the end of its answer.
    pub timeout: TimeDelta,
}

/// The methods of the API that the page uses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Method {
    /// `GET`
    Get,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it was JSON.
    pub body: Option<Json>,
    /// When the server says it was.
    pub date: Option<Instant>,
}

/// Why there is no answer; what became of the request is not known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NoAnswer {
    /// The network did not carry it there and back.
    Network,
    /// It took too long.
    Timeout,
}

/// The name of one request or wait; never given twice.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Ticket {
    /// Who is to be told.
    pub of: Of,
    /// Later tickets have higher numbers.
    pub number: u64,
}

/// The part of the page that a request or a wait belongs to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Of {
    /// What the server is.
    Server,
    /// Whose token it is.
    Me,
    /// A region's job.
    Job(Region),
    /// A region's webhook.
    Webhook(Region),
}

/// How an address enters the browser's history.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Entry {
    /// As a new entry, from which there is a way back.
    New,
    /// In place of the present one, which said the same less plainly.
    Same,
}

/// The clocks that times are shown in.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Clocks {
    /// The browser's.
    #[default]
    Local,
    /// UTC.
    Utc,
}

/// A secret as far as it is typed; it prints as nothing.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Typed(pub String);

impl core::fmt::Debug for Typed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Typed(..)")
    }
}

/// Where the parts of the page leave what they ask of the world.
#[derive(Debug, Default)]
pub struct Outbox {
    /// The token that requests carry.
    pub(crate) token: Option<Secret>,
    given: u64,
    effects: Vec<Effect>,
}

impl Outbox {
    /// How long a request may take: as long as a gateway gives its upstream, and a little more.
    pub const TIMEOUT: TimeDelta = TimeDelta::seconds(35);

    pub(crate) fn fetch(
        &mut self,
        of: Of,
        method: Method,
        path: String,
        body: Option<Json>,
    ) -> Ticket {
        let ticket = self.ticket(of);
        let (token, timeout) = (self.token.clone(), Self::TIMEOUT);
        let request = Request { method, path, token, body, timeout };
        self.effects.push(Effect::Fetch(ticket.clone(), request));
        ticket
    }

    pub(crate) fn wait(&mut self, of: Of, time: TimeDelta) -> Ticket {
        let ticket = self.ticket(of);
        self.effects.push(Effect::Wait(ticket.clone(), time));
        ticket
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// The number of the latest ticket.
    pub(crate) const fn latest(&self) -> u64 {
        self.given
    }

    /// Takes out what was left since the last time.
    pub fn take(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.effects)
    }

    fn ticket(&mut self, of: Of) -> Ticket {
        self.given += 1;
        Ticket { of, number: self.given }
    }
}
