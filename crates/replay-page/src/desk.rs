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
use replay_core::{
    Instant, Policy, Region, Scope, Zone,
    region::ME_PATH,
    wire::{Extension, Me, Mode, ServerInfo, read_me},
};

use crate::{
    address::{Address, Tab},
    doors::{Answer, Effect, Method, NoAnswer, Of, Outbox, Ticket, Wish},
    picker::Picker,
    setup::Setup,
    station::Station,
    tracker::{Order, Tracker},
    watch::Watch,
    words,
};

/// What the page knows and does with a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    pub(crate) server: ServerInfo,
    pub(crate) policy: Policy,
    pub(crate) me: Watch<Me>,
    pub(crate) stations: Vec<Station>,
    /// The regions in view; or the region that a link names and the server does not have.
    pub(crate) scope: Result<Scope, String>,
    /// The address that was gone to last.
    link: Address,
    pub(crate) tab: Tab,
    pub(crate) picker: Picker,
    /// What has just happened, for whoever does not see it.
    pub(crate) said: String,
    /// Whether a person is asked to confirm sending to all regions.
    pub(crate) confirming: bool,
    /// Whether a person waits for what is being read.
    refreshing: bool,
    watching: bool,
}

impl Desk {
    /// The desk of `server` at the place that `address` asks for.
    pub(crate) fn open(server: ServerInfo, address: &Address, zone: &Zone, now: Instant) -> Self {
        // The grace is for the clocks of others: ours is corrected.
        let grace = TimeDelta::zero();
        let policy = Policy { retention: server.retention, grace, ..Policy::DEFAULT };
        let mut desk = Self {
            policy,
            me: Watch::new(),
            stations: server.regions.iter().cloned().map(Station::new).collect(),
            scope: Ok(Scope::One(server.default_region.clone())),
            link: Address::default(),
            tab: Tab::default(),
            picker: Picker::new(Picker::FIRST, zone),
            said: String::new(),
            confirming: false,
            refreshing: false,
            watching: false,
            server,
        };
        desk.go(address, zone, now);
        desk
    }

    /// Whether the form of a webhook says something that is not saved.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.stations.iter().any(|station| station.setup.is_drafted())
    }

    /// Whether what a person wanted to be read again is not there yet.
    pub(crate) fn is_refreshing(&self) -> bool {
        self.refreshing && self.in_view().any(|station| station.tracker.job().is_asking())
    }

    pub(crate) fn offers(&self, extension: Extension) -> bool {
        self.server.extensions.contains(&extension)
    }

    /// Does what a person wants.
    pub(crate) fn wished(&mut self, wish: Wish, zone: &Zone, now: Instant, out: &mut Outbox) {
        if let Some(reason) = self.denied_wish(&wish) {
            self.say(reason);
            return;
        }
        match wish {
            Wish::Show(scope) => self.show(scope, out),
            Wish::Turn(tab) => {
                self.tab = tab;
                self.leave();
                if self.watching {
                    self.with_setup(|setup| setup.refresh(true, out));
                }
                // Whoever turned it with an arrow is still on the tab before.
                out.push(Effect::Focus(tab.as_str()));
            }
            Wish::Draft(preset) => {
                self.in_view_mut().for_each(|station| station.tracker.forgive());
                self.picker.choose(preset, zone, now);
            }
            Wish::Type(edge, text) => {
                self.in_view_mut().for_each(|station| station.tracker.forgive());
                self.picker.type_in(edge, text);
            }
            Wish::Apply => self.apply(zone, now, out),
            Wish::Send if self.is_global() => self.ask_to_send(zone, now, out),
            Wish::ConfirmSend if !self.confirming => {}
            Wish::Send | Wish::ConfirmSend => self.send(zone, now, out),
            Wish::DismissSend => self.confirming = false,
            Wish::Resend(region) => self.resend(&region, now, out),
            Wish::Cancel(region) => {
                self.with_tracker(&region, |tracker| tracker.order(Order::Cancel, out));
            }
            Wish::Repeat(region) => self.with_tracker(&region, |tracker| tracker.repeat(out)),
            Wish::Refresh => {
                self.refresh(out);
                self.refreshing = true;
            }
            Wish::Edit(edit) => self.with_setup(|setup| setup.edit(edit)),
            Wish::Save => self.with_setup(|setup| setup.save(out)),
            Wish::Revert => self.with_setup(Setup::revert),
            Wish::Test => self.with_setup(|setup| setup.test(out)),
        }
    }

    /// Somebody looks, or nobody does any more.
    pub(crate) fn watch(&mut self, watching: bool, out: &mut Outbox) {
        let watching = watching && self.may_read();
        self.watching = watching;
        for station in &mut self.stations {
            station.tracker.watch(watching, out);
        }
        if watching {
            let scope = self.scope.clone();
            for Station { region, setup, .. } in &mut self.stations {
                setup.refresh(scope == Ok(Scope::One(region.clone())), out);
            }
        }
    }

    /// Makes the one request whose answer tells whether the server accepts the token.
    pub(crate) fn check_token(&mut self, out: &mut Outbox) {
        if self.server.mode == Mode::Embedded {
            self.read_me(out);
            return;
        }
        let region = self.in_view().chain(&self.stations).next().map(|one| one.region.clone());
        if let Some(region) = region {
            self.with_tracker(&region, |tracker| tracker.refresh(out));
        }
    }

    /// Reads whose token it is, where the server tells.
    pub(crate) fn read_me(&mut self, out: &mut Outbox) {
        if self.server.mode == Mode::Embedded {
            self.me.ask(out.fetch(Of::Me, Method::Get, ME_PATH.to_string(), None));
        }
    }

    /// Reads what is in view again.
    pub(crate) fn refresh(&mut self, out: &mut Outbox) {
        let closely = !self.is_global();
        if self.watching {
            for station in self.in_view_mut() {
                station.tracker.refresh(out);
                station.setup.refresh(closely, out);
            }
        }
    }

    /// Takes in an answer of a part's.
    pub(crate) fn answered(
        &mut self,
        ticket: &Ticket,
        answer: &Result<Answer, NoAnswer>,
        out: &mut Outbox,
    ) {
        self.hear(ticket, answer, out);
        self.refreshing = self.is_refreshing();
    }

    fn hear(&mut self, ticket: &Ticket, answer: &Result<Answer, NoAnswer>, out: &mut Outbox) {
        match &ticket.of {
            Of::Server => {}
            Of::Me => {
                self.me.answered(ticket, answer, read_me);
            }
            Of::Job(region) => {
                let in_view = self.is_in_view(region);
                let Some(station) = self.find(region) else { return };
                let news = station.job_answered(ticket, answer, out);
                if let Some(status) = news.filter(|_| in_view) {
                    self.say(format!("{}: {}", region.name(), words::status(&status).word));
                }
            }
            Of::Webhook(region) => {
                let form_in_view =
                    self.scope == Ok(Scope::One(region.clone())) && self.tab == Tab::Setup;
                let Some(station) = self.find(region) else { return };
                let fault = station.setup.answered(ticket, answer, out);
                if let Some(field) = fault.filter(|_| form_in_view) {
                    out.push(Effect::Focus(field));
                }
            }
        }
    }

    pub(crate) fn elapsed(&mut self, ticket: &Ticket, out: &mut Outbox) {
        if let Of::Job(region) | Of::Webhook(region) = &ticket.of
            && let Some(station) = self.find(region)
        {
            station.elapsed(ticket, out);
        }
    }

    /// Forgets what only whoever was signed in could know.
    pub(crate) fn forget(&mut self) {
        self.me = Watch::new();
        self.stations = self.server.regions.iter().cloned().map(Station::new).collect();
        (self.said, self.confirming) = (String::new(), false);
    }

    /// Ends the announcements of saved changes, since the person goes elsewhere.
    fn leave(&mut self) {
        self.stations.iter_mut().for_each(|station| station.setup.forget_success());
    }

    /// Announces a text. A live region is silent about a text that it has already, so that one is
    /// made different.
    fn say(&mut self, text: String) {
        let repeated = self.said == text;
        self.said = text;
        if repeated {
            self.said.push('\u{a0}');
        }
    }

    fn with_tracker(&mut self, region: &Region, act: impl FnOnce(&mut Tracker)) {
        if let Some(station) = self.find(region) {
            act(&mut station.tracker);
        }
    }

    fn with_setup(&mut self, act: impl FnOnce(&mut Setup)) {
        if !self.is_global()
            && let Some(station) = self.in_view_mut().next()
        {
            act(&mut station.setup);
        }
    }

    fn find(&mut self, region: &Region) -> Option<&mut Station> {
        self.stations.iter_mut().find(|station| station.region == *region)
    }
}
