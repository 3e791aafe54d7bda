//! The page's address in the browser: it follows what is in view, and the view follows the browser's
//! Back and Forward buttons.

use time_range::Timestamp;

use super::{Page, Phase};
use crate::{
    address::Address,
    effect::{Effect, HistoryEntry},
};

impl Page {
    /// Shows what the browser's new address names. A postponed intent is dropped, since the user
    /// went elsewhere.
    // Not inlined, so that it can be loaded later.
    #[inline(never)]
    pub(super) fn moved(&mut self, address: Address, now: Timestamp) {
        self.address = address;
        self.postponed = None;
        let zone = self.zone();
        if let Phase::Ready(workspace) = &mut self.phase {
            let (scope, tab) = (workspace.scope.clone(), workspace.tab);
            workspace.go(&self.address, &zone, now);
            if workspace.scope != scope || workspace.tab != tab {
                workspace.refresh(&mut self.effects.client);
            }
        }
    }

    /// Shows the address of what is in view, if it has changed.
    pub(super) fn show_address(&mut self, entry: HistoryEntry) {
        if let Phase::Ready(workspace) = &self.phase {
            let address = workspace.address();
            if address != self.address {
                self.address = address.clone();
                self.effects.push(Effect::Visit(address, entry));
            }
        }
    }
}
