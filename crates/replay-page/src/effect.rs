//! The effects that the page requests. A shell carries each of them out and answers it with exactly
//! one message; nothing is carried out here.

use alloc::{borrow::Cow, string::String};
use core::ops::Range;

use replay_client::ClientEffect;
use replay_core::webhook::Secret;
use replay_wire::Mode;
use time_range::Timestamp;

use crate::{address::Address, clocks::Clocks};

/// Something that the shell is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Make a request, abort one, or wait; a request is answered by [`Msg::ResponseReceived`], a
    /// wait by [`Msg::Elapsed`], and [`ClientEffect::Abort`] by [`Msg::Done`].
    ///
    /// [`Msg::ResponseReceived`]: crate::Msg::ResponseReceived
    /// [`Msg::Elapsed`]: crate::Msg::Elapsed
    /// [`Msg::Done`]: crate::Msg::Done
    Client(ClientEffect),
    /// Read the browser's time zone with its offsets since this time; answered by
    /// [`Msg::ZoneRead`].
    ///
    /// [`Msg::ZoneRead`]: crate::Msg::ZoneRead
    ReadZone(Timestamp),
    /// Show this address in the browser; answered by [`Msg::Done`].
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    Visit(Address, HistoryEntry),
    /// Store the token for servers of this mode until the browser's session ends, or remove the
    /// stored one if it is `None`; answered by [`Msg::Done`].
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    Keep(Mode, Option<Secret>),
    /// Store the choice of clocks beyond the browser's session; answered by [`Msg::Done`], also if
    /// the browser refuses to store it.
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    KeepClocks(Clocks),
    /// Ask the user whether the page may show notifications; answered by
    /// [`Msg::NotificationsAllowed`].
    ///
    /// [`Msg::NotificationsAllowed`]: crate::Msg::NotificationsAllowed
    AllowNotifications,
    /// Show a notification of the browser with this text; answered by [`Msg::Done`], also if the
    /// browser does not show it.
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    ShowNotification(String),
    /// Store the recent and saved ranges beyond the browser's session; answered by [`Msg::Done`], also
    /// if the browser refuses to store them.
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    KeepRanges(String),
    /// Copy a text to the clipboard; answered by [`Msg::Copied`].
    ///
    /// [`Msg::Copied`]: crate::Msg::Copied
    Copy(String),
    /// Replace the text in the field with this id, as if it were typed, so that the browser can undo it,
    /// move the focus to it, and select this part of it, in UTF-16 code units; answered by
    /// [`Msg::Done`].
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    Retype(&'static str, String, Range<usize>),
    /// Move the keyboard focus to the element with this id; answered by [`Msg::Done`].
    ///
    /// [`Msg::Done`]: crate::Msg::Done
    Focus(Cow<'static, str>),
}

/// How an address enters the browser's history.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum HistoryEntry {
    /// As a new entry: the browser's Back button returns to the present address.
    New,
    /// In place of the present entry.
    Same,
}
