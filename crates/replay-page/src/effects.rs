//! Collects the effects that the parts of the page request, until the shell carries them out.

use alloc::vec::Vec;

use replay_client::ClientEffects;

use crate::effect::Effect;

/// Collects the effects of the page.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// The requests to the server, and the waits.
    pub(crate) client: ClientEffects,
    requested: Vec<Effect>,
}

impl Effects {
    pub(crate) fn push(&mut self, effect: Effect) {
        self.requested.push(effect);
    }

    /// Removes and returns the effects requested since the last call: the client's first.
    pub(crate) fn take(&mut self) -> Vec<Effect> {
        let client = self.client.take().into_iter().map(Effect::Client);
        client.chain(self.requested.drain(..)).collect()
    }
}
