//! What the page is opened with, and which token of that a server may have.

use alloc::vec::Vec;

use replay_core::webhook::Secret;
use replay_wire::Mode;
use time_range::Zone;

use crate::{address::Address, clocks::Clocks};

/// What the page is opened with.
#[derive(Clone, Debug, PartialEq)]
pub struct Flags {
    /// The address it is opened at.
    pub address: Address,
    /// The zone of the browser's clocks.
    pub zone: Zone,
    /// The clocks that were chosen in an earlier session.
    pub clocks: Clocks,
    /// The tokens that were kept for the browser's session, each for one kind of server: none is
    /// for another's eyes.
    pub kept: Vec<(Mode, Secret)>,
    /// A token that the address came with, where the page comes from this very machine.
    pub offered: Option<Secret>,
}

impl Flags {
    /// The token for a server of that kind. A link may not sign anybody in anywhere but at one's
    /// own server, and there only where no token was kept.
    pub(crate) fn token(&mut self, mode: Mode) -> Option<Secret> {
        self.offered.take_if(|_| mode != Mode::Embedded);
        let kept = core::mem::take(&mut self.kept).into_iter().find(|(of, _)| *of == mode);
        kept.map(|(_, token)| token).or_else(|| self.offered.take())
    }
}
