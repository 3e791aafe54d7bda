//! The messages that the page receives. Each reports one fact: the end of an effect, an event of the
//! browser, or an action of the user.

use replay_client::{RequestId, Response, TransportError};
use replay_core::webhook::Typed;
use time_range::Zone;

use crate::{address::Address, clocks::Clocks, intent::Intent};

/// Something that has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A request has ended with a response or without one.
    ResponseReceived(RequestId, Result<Response, TransportError>),
    /// A wait has ended.
    Elapsed(RequestId),
    /// The browser's time zone was read.
    ZoneRead(Zone),
    /// The browser was asked whether the page may show notifications: whether it may.
    NotificationsAllowed(bool),
    /// A text was copied to the clipboard, or the browser has refused it.
    Copied(bool),
    /// What the user wanted was not done: the part of the program that does it could not be loaded.
    NotLoaded,
    /// An effect that has no result was carried out.
    Done,
    /// The browser moved to another address.
    Moved(Address),
    /// The page became visible, or the network connection came back.
    Shown,
    /// The page became hidden.
    Hidden,

    /// The user opened the sign-in dialog.
    SignInAsked,
    /// The user closed the sign-in dialog without a token.
    SignInDismissed,
    /// The user typed in the token field; this is its whole content.
    TokenTyped(Typed),
    /// The user chose whether to keep the token for the browser's session.
    KeepTicked(bool),
    /// The user submitted the typed token.
    SignedIn,
    /// The user signed out.
    SignedOut,
    /// The user chose the clocks to show times in.
    ClocksChosen(Clocks),
    /// The user wants something of the content in view.
    Intended(Intent),
}
