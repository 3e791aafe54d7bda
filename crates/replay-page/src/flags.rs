//! The start parameters of the page, and which of their tokens it may use for a server.

use alloc::{string::String, vec::Vec};

use replay_core::webhook::Secret;
use replay_wire::{Mode, ServerInfo};
use time_range::Zone;

use crate::{address::Address, clocks::Clocks};

/// The start parameters of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Flags {
    /// The address at which the page is opened.
    pub address: Address,
    /// The host name in that address, without the port.
    pub host: String,
    /// The scheme, host and port of that address, like `https://replay.example`.
    pub origin: String,
    /// The ranges stored in an earlier session.
    pub ranges: String,
    /// The browser's time zone.
    pub zone: Zone,
    /// The clocks chosen in an earlier session.
    pub clocks: Clocks,
    /// The tokens stored earlier in the browser's session.
    pub kept: Vec<KeptToken>,
    /// The token in the fragment of the address.
    pub link_token: Option<Secret>,
    /// The description of the server, if the document has it.
    pub server: Option<ServerInfo>,
}

/// A token that is stored until the browser's session ends.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptToken {
    /// The mode of the servers it is for: it is never sent to a server of the other mode.
    pub mode: Mode,
    /// The token.
    pub token: Secret,
}

impl Flags {
    /// Removes and returns the token for a server of this mode: the stored one, else that of the
    /// link. A link cannot sign in at Konnect.
    pub(crate) fn token(&mut self, mode: Mode) -> Option<Secret> {
        if mode != Mode::Embedded {
            self.link_token = None;
        }
        let kept = core::mem::take(&mut self.kept).into_iter().find(|kept| kept.mode == mode);
        match kept {
            Some(kept) => Some(kept.token),
            None => self.take_link_token(),
        }
    }

    /// Removes the token of the link; returns it if the page comes from this machine. A link to any
    /// other host cannot sign in, since its sender may have chosen the token.
    pub(crate) fn take_link_token(&mut self) -> Option<Secret> {
        self.link_token.take().filter(|_| is_loopback(&self.host))
    }
}

/// Whether the host name means this machine: a loopback address, or `localhost` and the names below
/// it, which RFC 6761 reserves for that.
fn is_loopback(host: &str) -> bool {
    ["127.0.0.1", "[::1]", "localhost"].contains(&host) || host.ends_with(".localhost")
}
