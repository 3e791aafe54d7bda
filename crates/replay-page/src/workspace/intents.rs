//! Carries out the user's intents. Ranges are in `ranges`, sending in `sending`, moving to other regions in
//! `place`.

use replay_client::{ClientEffects, JobTracker, Mutation};
use replay_core::{Region, Scope};
use time_range::{Context, Timestamp, Zone};

use super::Workspace;
use crate::{
    address::Tab, effect::Effect, effects::Effects, intent::Intent, region_state::RegionState,
    setup::Setup,
};

impl Workspace {
    /// Carries out an intent, or announces why the token does not permit it.
    pub(crate) fn intended(
        &mut self,
        intent: Intent,
        zone: &Zone,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        if let Some(reason) = self.denied_intent(&intent) {
            self.announce(reason);
            return;
        }
        let context = Context { zone, now };
        match intent {
            Intent::Show(scope) => self.show(scope, &mut effects.client),
            Intent::Turn(tab) => self.turn(tab, effects),
            Intent::SetUp(region) => self.set_up(region, effects),
            Intent::Choose(choice) => self.choose(choice, context, effects),
            Intent::Apply => self.apply(context, effects),
            Intent::Send if self.is_global() => self.ask_to_send(context, effects),
            Intent::Send => self.send(context, effects),
            Intent::ConfirmSend => {
                if self.confirming {
                    self.send(context, effects);
                }
            }
            Intent::DismissSend => self.confirming = false,
            Intent::Resend(region) => self.resend(&region, now, &mut effects.client),
            Intent::ResendPast(region, id) => {
                self.resend_past(&region, &id, now, &mut effects.client);
            }
            Intent::SendLater(region) => self.send_later(&region, zone, now, effects),
            Intent::SendHeld(region) => self.send_held(&region, now, &mut effects.client),
            Intent::DropLater(region) => {
                self.with_region(&region, |region_state| region_state.waiting_send = None);
            }
            Intent::SetRate(region, limit) => self.with_region(&region, |region_state| {
                region_state.set_rate(limit, &mut effects.client);
            }),
            Intent::Notify(wanted) => self.notifications.want(wanted, effects),
            Intent::ShowPastJobs(region, shown) => self.with_region(&region, |region_state| {
                region_state.show_past_jobs(shown, &mut effects.client);
            }),
            Intent::MorePastJobs(region) => self.with_region(&region, |region_state| {
                region_state.read_more_past_jobs(&mut effects.client);
            }),
            Intent::OpenSetup(region) => {
                self.set_up(region, effects);
                self.back_to = Some(Tab::Replay);
            }
            Intent::Cancel(region) => self.cancel(&region, &mut effects.client),
            Intent::Heal(region, outage) => {
                self.submit(&region, Mutation::Heal(outage), &mut effects.client);
            }
            Intent::Resume(region) => self.submit(&region, Mutation::Resume, &mut effects.client),
            Intent::Repeat(region) => self.with_region(&region, |region_state| {
                region_state.repeat(&mut effects.client);
            }),
            Intent::Refresh => {
                self.refresh(&mut effects.client);
                self.in_view_mut().for_each(RegionState::refresh_previews);
                self.refreshing = true;
            }
            Intent::Edit(edit) => self.with_setup(|setup| setup.edit(edit)),
            Intent::Save => self.with_setup(|setup| setup.save(&mut effects.client)),
            Intent::Revert => self.with_setup(Setup::revert),
            Intent::Timeline(gesture) => {
                self.timeline_used(gesture, Context { zone, now }, effects);
            }
            Intent::Test => self.with_setup(|setup| setup.test(&mut effects.client)),
        }
    }

    fn submit(&mut self, region: &Region, mutation: Mutation, effects: &mut ClientEffects) {
        self.with_region(region, |region_state| region_state.submit(mutation, effects));
    }

    /// Shows the webhook of a region.
    fn set_up(&mut self, region: Region, effects: &mut Effects) {
        self.tab = Tab::Setup;
        self.show(Scope::One(region), &mut effects.client);
        self.turn(Tab::Setup, effects);
    }

    fn turn(&mut self, tab: Tab, effects: &mut Effects) {
        self.tab = tab;
        self.back_to = None;
        self.leave();
        if self.is_watching() {
            let region = self.region_state().map(|region_state| region_state.region.clone());
            if let Some(region_state) = region.and_then(|region| self.find(&region)) {
                region_state.refresh(true, &mut effects.client);
            }
        }
        // After an arrow key, the focus is still on the previous tab.
        effects.push(Effect::Focus(tab.as_str().into()));
    }

    pub(super) fn with_tracker(&mut self, region: &Region, act: impl FnOnce(&mut JobTracker)) {
        self.with_region(region, |region_state| act(&mut region_state.tracker));
    }

    pub(super) fn with_region(&mut self, region: &Region, act: impl FnOnce(&mut RegionState)) {
        if let Some(region_state) = self.find(region) {
            act(region_state);
        }
    }

    /// Acts on the webhook of the one region in view; does nothing if all regions are in view.
    fn with_setup(&mut self, act: impl FnOnce(&mut Setup)) {
        if !self.is_global()
            && let Some(region_state) = self.in_view_mut().next()
        {
            act(&mut region_state.setup);
        }
    }
}
