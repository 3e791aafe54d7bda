//! What is in view: the regions and the tab, and the address that names them.

use alloc::string::String;

use replay_client::ClientEffects;
use replay_core::{Region, Scope};
use time_range::{Context, Timestamp, Zone};

use super::Workspace;
use crate::{
    address::{Address, Tab},
    picker::{Picker, RangeField},
    region_state::RegionState,
};

impl Workspace {
    /// The address of what is in view.
    pub(crate) fn address(&self) -> Address {
        match &self.scope {
            Ok(scope) => Address::of(scope, self.tab(), self.picker.texts()),
            Err(_) => self.link.clone(),
        }
    }

    /// The tab in view; all regions together have no tab Setup.
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

    /// The region in view; `None` if all regions or none are in view.
    pub(crate) fn region_state(&self) -> Option<&RegionState> {
        self.in_view().next().filter(|_| !self.is_global())
    }

    /// Shows what `address` names. If the server does not have its region, no region is in view.
    pub(crate) fn go(&mut self, address: &Address, zone: &Zone, now: Timestamp) {
        if let Some(label) = &address.region {
            let scope = Scope::named(label).filter(|scope| self.has(scope));
            self.scope = scope.ok_or_else(|| label.clone());
        } else if self.scope.is_err() {
            self.scope = Ok(Scope::One(self.server.default_region.clone()));
        }
        (self.tab, self.link, self.confirming) = (address.tab, address.clone(), false);
        self.back_to = None;
        self.leave();
        if let Some(texts) = &address.range
            && *texts != self.picker.texts()
        {
            self.picker = Picker::of_link(texts, &self.policy, Context { zone, now });
        }
    }

    /// Applies the refused range of the link, if it is valid by now and the user has not edited it.
    pub(crate) fn read_link_again(&mut self, zone: &Zone, now: Timestamp) {
        let Some(texts) = self.link.range.as_ref().filter(|_| self.picker.is_refused()) else {
            return;
        };
        let picker = Picker::of_link(texts, &self.policy, Context { zone, now });
        let draft = self.picker.draft();
        let [from, to] = [RangeField::From, RangeField::To].map(|field| draft.text(field));
        if !picker.is_refused() && from == texts.from && to == texts.to {
            self.picker = picker;
        }
    }

    pub(super) fn show(&mut self, scope: Scope, effects: &mut ClientEffects) {
        if self.has(&scope) && self.scope.as_ref() != Ok(&scope) {
            self.tab = self.tab();
            (self.scope, self.confirming, self.back_to) = (Ok(scope), false, None);
            self.leave();
            self.refresh(effects);
        }
    }

    /// Removes the notices of saved changes and ends a choice on the timeline, since the user moves on.
    pub(super) fn leave(&mut self) {
        self.timeline.cancel();
        self.region_states.iter_mut().for_each(|region_state| region_state.setup.forget_success());
    }

    fn has(&self, scope: &Scope) -> bool {
        match scope {
            Scope::One(region) => self.server.regions.contains(region),
            Scope::Global => self.server.regions.len() > 1,
        }
    }

    pub(super) fn is_in_view(&self, region: &Region) -> bool {
        contains(&self.scope, region)
    }

    /// Whether that region is in view, and no other.
    pub(super) fn is_alone_in_view(&self, region: &Region) -> bool {
        self.scope == Ok(Scope::One(region.clone()))
    }

    pub(super) fn in_view_mut(&mut self) -> impl Iterator<Item = &mut RegionState> {
        let scope = &self.scope;
        let region_states = self.region_states.iter_mut();
        region_states.filter(move |region_state| contains(scope, &region_state.region))
    }
}

fn contains(scope: &Result<Scope, String>, region: &Region) -> bool {
    match scope {
        Ok(Scope::One(one)) => one == region,
        Ok(Scope::Global) => true,
        Err(_) => false,
    }
}
