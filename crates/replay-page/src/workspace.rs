//! The page once it knows its server: one region or all of them in view, each with its tracker and
//! its setup, and the range they share. Who is signed in is the page's concern, not this file's.

mod permission;
mod place;
mod sending;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use chrono::TimeDelta;
use replay_client::{
    ClientEffects, JobTracker, Method, Mutation, Remote, RequestId, RequestOwner, Response,
    TransportError,
};
use replay_core::{Policy, Region, Scope, region::ME_PATH};
use replay_wire::{Extension, Me, Mode, ServerInfo, read_me};
use time_range::{Timestamp, Zone};

use crate::{
    address::{Address, Tab},
    effect::Effect,
    effects::Effects,
    intent::Intent,
    picker::Picker,
    region_state::RegionState,
    setup::Setup,
    words,
};

/// What the page knows and does with a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    pub(crate) server: ServerInfo,
    pub(crate) policy: Policy,
    pub(crate) me: Remote<Me>,
    pub(crate) region_states: Vec<RegionState>,
    /// The regions in view; or the region that a link names and the server does not have.
    pub(crate) scope: Result<Scope, String>,
    /// The address that was gone to last.
    link: Address,
    pub(crate) tab: Tab,
    pub(crate) picker: Picker,
    /// What has just happened, for whoever does not see it.
    pub(crate) announcement: String,
    /// Whether a person is asked to confirm sending to all regions.
    pub(crate) confirming: bool,
    /// Whether a person waits for what is being read.
    refreshing: bool,
    watching: bool,
}

impl Workspace {
    /// The desk of `server` at the place that `address` asks for.
    pub(crate) fn open(server: ServerInfo, address: &Address, zone: &Zone, now: Timestamp) -> Self {
        // The grace is for the clocks of others: ours is corrected.
        let grace = TimeDelta::zero();
        let policy = Policy { retention: server.retention, grace, ..Policy::DEFAULT };
        let mut workspace = Self {
            policy,
            me: Remote::new(),
            region_states: server.regions.iter().cloned().map(RegionState::new).collect(),
            scope: Ok(Scope::One(server.default_region.clone())),
            link: Address::default(),
            tab: Tab::default(),
            picker: Picker::new(Picker::FIRST, zone),
            announcement: String::new(),
            confirming: false,
            refreshing: false,
            watching: false,
            server,
        };
        workspace.go(address, zone, now);
        workspace
    }

    /// Whether the form of a webhook says something that is not saved.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.region_states.iter().any(|region_state| region_state.setup.is_drafted())
    }

    /// Whether what a person wanted to be read again is not there yet.
    pub(crate) fn is_refreshing(&self) -> bool {
        self.refreshing
            && self.in_view().any(|region_state| region_state.tracker.job().is_loading())
    }

    pub(crate) fn offers(&self, extension: Extension) -> bool {
        self.server.extensions.contains(&extension)
    }

    /// Does what a person wants.
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
        match intent {
            Intent::Show(scope) => self.show(scope, &mut effects.client),
            Intent::Turn(tab) => {
                self.tab = tab;
                self.leave();
                if self.watching {
                    self.with_setup(|setup| setup.refresh(true, &mut effects.client));
                }
                // Whoever turned it with an arrow is still on the tab before.
                effects.push(Effect::Focus(tab.as_str()));
            }
            Intent::DraftRange(preset) => {
                self.in_view_mut().for_each(|region_state| region_state.tracker.clear_refusal());
                self.picker.choose(preset, zone, now);
            }
            Intent::Type(edge, text) => {
                self.in_view_mut().for_each(|region_state| region_state.tracker.clear_refusal());
                self.picker.type_in(edge, text);
            }
            Intent::Apply => self.apply(zone, now, effects),
            Intent::Send if self.is_global() => self.ask_to_send(zone, now, effects),
            Intent::ConfirmSend if !self.confirming => {}
            Intent::Send | Intent::ConfirmSend => self.send(zone, now, effects),
            Intent::DismissSend => self.confirming = false,
            Intent::Resend(region) => self.resend(&region, now, &mut effects.client),
            Intent::Cancel(region) => {
                self.with_tracker(&region, |tracker| {
                    tracker.start_mutation(Mutation::Cancel, &mut effects.client);
                });
            }
            Intent::Repeat(region) => {
                self.with_tracker(&region, |tracker| tracker.repeat(&mut effects.client));
            }
            Intent::Refresh => {
                self.refresh(&mut effects.client);
                self.refreshing = true;
            }
            Intent::Edit(edit) => self.with_setup(|setup| setup.edit(edit)),
            Intent::Save => self.with_setup(|setup| setup.save(&mut effects.client)),
            Intent::Revert => self.with_setup(Setup::revert),
            Intent::Test => self.with_setup(|setup| setup.test(&mut effects.client)),
        }
    }

    /// Somebody looks, or nobody does any more.
    pub(crate) fn watch(&mut self, watching: bool, effects: &mut ClientEffects) {
        let watching = watching && self.may_read();
        self.watching = watching;
        for region_state in &mut self.region_states {
            region_state.tracker.watch(watching, effects);
        }
        if watching {
            let scope = self.scope.clone();
            for RegionState { region, setup, .. } in &mut self.region_states {
                setup.refresh(scope == Ok(Scope::One(region.clone())), effects);
            }
        }
    }

    /// Makes the one request whose answer tells whether the server accepts the token.
    pub(crate) fn check_token(&mut self, effects: &mut ClientEffects) {
        if self.server.mode == Mode::Embedded {
            self.read_me(effects);
            return;
        }
        let region = self.in_view().chain(&self.region_states).next().map(|one| one.region.clone());
        if let Some(region) = region {
            self.with_tracker(&region, |tracker| tracker.refresh(effects));
        }
    }

    /// Reads whose token it is, where the server tells.
    pub(crate) fn read_me(&mut self, effects: &mut ClientEffects) {
        if self.server.mode == Mode::Embedded {
            self.me.start_read(effects.fetch(
                RequestOwner::Me,
                Method::Get,
                ME_PATH.to_string(),
                None,
            ));
        }
    }

    /// Reads what is in view again.
    pub(crate) fn refresh(&mut self, effects: &mut ClientEffects) {
        let closely = !self.is_global();
        if self.watching {
            for region_state in self.in_view_mut() {
                region_state.tracker.refresh(effects);
                region_state.setup.refresh(closely, effects);
            }
        }
    }

    /// Takes in an answer of a part's.
    pub(crate) fn response_received(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        effects: &mut Effects,
    ) {
        self.dispatch_response(request_id, answer, effects);
        self.refreshing = self.is_refreshing();
    }

    fn dispatch_response(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        effects: &mut Effects,
    ) {
        match &request_id.owner {
            RequestOwner::Server => {}
            RequestOwner::Me => {
                self.me.response_received(request_id, answer, read_me);
            }
            RequestOwner::Job(region) => {
                let in_view = self.is_in_view(region);
                let Some(region_state) = self.find(region) else { return };
                let news = region_state.job_answered(request_id, answer, &mut effects.client);
                if let Some(status) = news.filter(|_| in_view) {
                    self.announce(format!("{}: {}", region.name(), words::status(&status).word));
                }
            }
            RequestOwner::Webhook(region) => {
                let form_in_view =
                    self.scope == Ok(Scope::One(region.clone())) && self.tab == Tab::Setup;
                let Some(region_state) = self.find(region) else { return };
                let fault =
                    region_state.setup.response_received(request_id, answer, &mut effects.client);
                if let Some(field) = fault.filter(|_| form_in_view) {
                    effects.push(Effect::Focus(field));
                }
            }
        }
    }

    pub(crate) fn elapsed(&mut self, request_id: &RequestId, effects: &mut ClientEffects) {
        if let RequestOwner::Job(region) | RequestOwner::Webhook(region) = &request_id.owner
            && let Some(region_state) = self.find(region)
        {
            region_state.elapsed(request_id, effects);
        }
    }

    /// Forgets what only whoever was signed in could know.
    pub(crate) fn forget(&mut self) {
        self.me = Remote::new();
        self.region_states = self.server.regions.iter().cloned().map(RegionState::new).collect();
        (self.announcement, self.confirming) = (String::new(), false);
    }

    /// Ends the announcements of saved changes, since the person goes elsewhere.
    fn leave(&mut self) {
        self.region_states.iter_mut().for_each(|region_state| region_state.setup.forget_success());
    }

    /// Announces a text. A live region is silent about a text that it has already, so that one is
    /// made different.
    fn announce(&mut self, text: String) {
        let repeated = self.announcement == text;
        self.announcement = text;
        if repeated {
            self.announcement.push('\u{a0}');
        }
    }

    fn with_tracker(&mut self, region: &Region, act: impl FnOnce(&mut JobTracker)) {
        if let Some(region_state) = self.find(region) {
            act(&mut region_state.tracker);
        }
    }

    fn with_setup(&mut self, act: impl FnOnce(&mut Setup)) {
        if !self.is_global()
            && let Some(region_state) = self.in_view_mut().next()
        {
            act(&mut region_state.setup);
        }
    }

    fn find(&mut self, region: &Region) -> Option<&mut RegionState> {
        self.region_states.iter_mut().find(|region_state| region_state.region == *region)
    }
}
