//! Where the desk is: the regions and the tab in view, and the address that leads there.

use replay_client::ClientEffects;
use replay_core::{Region, Scope};
use time_range::{Timestamp, Zone};

use super::Workspace;
use crate::{
    address::{Address, Tab},
    picker::Picker,
    region_state::RegionState,
};

impl Workspace {
    /// Where the desk is.
    pub(crate) fn address(&self) -> Address {
        match &self.scope {
            Ok(scope) => Address::of(scope, self.tab(), self.picker.texts()),
            Err(_) => self.link.clone(),
        }
    }

    /// The tab in view: all regions together have no webhook to set up.
    pub(crate) fn tab(&self) -> Tab {
        if self.is_global() { Tab::Replay } else { self.tab }
    }

    /// Whether all regions are in view.
    pub(crate) fn is_global(&self) -> bool {
        self.scope == Ok(Scope::Global)
    }

    /// The regions in view.
    pub(crate) fn in_view(&self) -> impl Iterator<Item = &RegionState> {
        self.region_states.iter().filter(|region_state| self.is_in_view(&region_state.region))
    }

    /// The region in view, if it is one.
    pub(crate) fn region_state(&self) -> Option<&RegionState> {
        self.in_view().next().filter(|_| !self.is_global())
    }

    /// Goes where `address` asks. With a region that the server does not have, no region is in
    /// view.
    pub(crate) fn go(&mut self, address: &Address, zone: &Zone, now: Timestamp) {
        if let Some(label) = &address.region {
            let scope = Scope::named(label).filter(|scope| self.has(scope));
            self.scope = scope.ok_or_else(|| label.clone());
        } else if self.scope.is_err() {
            self.scope = Ok(Scope::One(self.server.default_region.clone()));
        }
        (self.tab, self.link, self.confirming) = (address.tab, address.clone(), false);
        self.leave();
        if let Some([from, to]) = &address.range
            && address.range != Some(self.picker.texts())
        {
            self.picker = Picker::of_link([from, to], zone, &self.policy, now);
        }
    }

    pub(super) fn show(&mut self, scope: Scope, effects: &mut ClientEffects) {
        if self.has(&scope) && self.scope.as_ref() != Ok(&scope) {
            self.tab = self.tab();
            (self.scope, self.confirming) = (Ok(scope), false);
            self.leave();
            self.refresh(effects);
        }
    }

    fn has(&self, scope: &Scope) -> bool {
        match scope {
            Scope::One(region) => self.server.regions.contains(region),
            Scope::Global => self.server.regions.len() > 1,
        }
    }

    pub(super) fn is_in_view(&self, region: &Region) -> bool {
        match &self.scope {
            Ok(Scope::One(one)) => one == region,
            Ok(Scope::Global) => true,
            Err(_) => false,
        }
    }

    pub(super) fn in_view_mut(&mut self) -> impl Iterator<Item = &mut RegionState> {
        let scope = self.scope.clone();
        self.region_states.iter_mut().filter(move |region_state| match &scope {
            Ok(Scope::One(region)) => *region == region_state.region,
            Ok(Scope::Global) => true,
            Err(_) => false,
        })
    }
}
