//! The page's two doors as values: what it asks of the world, and what it is told. Every effect is
//! answered by exactly one message; neither is carried out here.

mod outbox;

use alloc::string::String;

use chrono::TimeDelta;
use replay_core::{
    Region, Scope,
    timeframe::Edge,
    webhook::{Secret, Typed},
};
use replay_wire::{Json, Mode};
use time_range::{Timestamp, Zone};

pub use self::outbox::Effects;
use crate::{
    address::{Address, Tab},
    setup::Edit,
};

/// A request to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Make a request to the server; answered by [`Msg::Answered`].
    Fetch(RequestId, Request),
    /// Abort this request, if it has not ended; answered by [`Msg::Done`]. An aborted request is
    /// answered as one that the network did not carry.
    Abort(RequestId),
    /// Let time pass; answered by [`Msg::Elapsed`].
    Wait(RequestId, TimeDelta),
    /// Read the zone of the browser's clocks since then; answered by [`Msg::ZoneRead`].
    ReadZone(Timestamp),
    /// Show this address; answered by [`Msg::Done`].
    Visit(Address, Entry),
    /// Keep this token for the browser's session and such a server, or none; answered by
    /// [`Msg::Done`].
    Keep(Mode, Option<Secret>),
    /// Keep the choice of clocks beyond the browser's session; answered by [`Msg::Done`], also where
    /// the browser refuses to store it.
    KeepClocks(Clocks),
    /// Move the keyboard's focus to the element of that id; answered by [`Msg::Done`].
    Focus(&'static str),
}

/// What has happened: in the world, or because a person wanted it.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A request has ended.
    ResponseReceived(RequestId, Result<Response, TransportError>),
    /// The time has passed.
    Elapsed(RequestId),
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

    /// The dialog for a token was asked for.
    SignInAsked,
    /// It was closed without a token.
    SignInDismissed,
    /// A token was typed; what of it there is so far.
    TokenTyped(Typed),
    /// Whether to keep the token for the browser's session was ticked.
    KeepTicked(bool),
    /// The typed token was handed in.
    SignedIn,
    /// The token is to be forgotten.
    SignedOut,
    /// The clocks to show times in were chosen.
    ClocksChosen(Clocks),
    /// Something was wanted of what is in view.
    Intended(Intent),
}

/// What a person wants of what is in view.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Look at a region, or at all of them.
    Show(Scope),
    /// Look at a tab.
    Turn(Tab),
    /// Draft a preset by its place among them, or a custom range.
    DraftRange(Option<usize>),
    /// Draft an end of a custom range.
    Type(Edge, String),
    /// Apply the range as it is drafted.
    Apply,
    /// Send the applied range; to all regions, only once that was confirmed.
    Send,
    /// Send the timeframe of the region's settled job once more.
    Resend(Region),
    /// Confirm sending to all regions.
    ConfirmSend,
    /// Dismiss the question whether to send to all regions.
    DismissSend,
    /// End the region's job.
    Cancel(Region),
    /// Order once more what was ordered of the region's job.
    Repeat(Region),
    /// Read what is in view again.
    Refresh,
    /// Edit a field of the webhook's form.
    Edit(Edit),
    /// Save the webhook's form.
    Save,
    /// Put the webhook's form back to what is saved.
    Revert,
    /// Deliver a test to the webhook.
    Test,
}

impl Intent {
    /// Whether it takes a request, and so a token.
    pub(crate) const fn needs_server(&self) -> bool {
        matches!(
            self,
            Self::Send
                | Self::Resend(_)
                | Self::ConfirmSend
                | Self::Cancel(_)
                | Self::Repeat(_)
                | Self::Refresh
                | Self::Save
                | Self::Test
        )
    }
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
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it was JSON.
    pub body: Option<Json>,
    /// When the server says it was.
    pub date: Option<Timestamp>,
}

/// Why there is no answer; what became of the request is not known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TransportError {
    /// The network did not carry it there and back.
    Network,
    /// It took too long.
    Timeout,
}

/// The name of one request or wait; never given twice.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RequestId {
    /// Who is to be told.
    pub owner: RequestOwner,
    /// Later tickets have higher numbers.
    pub number: u64,
}

/// The part of the page that a request or a wait belongs to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum RequestOwner {
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

impl Clocks {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Local, Self::Utc];

    /// The text that they are stored as.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Utc => "utc",
        }
    }
}
