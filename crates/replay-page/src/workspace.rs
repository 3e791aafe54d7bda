//! A server's regions as the page shows them: one of them or all in view, each with its job and its
//! webhook, and the range that they share. Who is signed in is the page's concern.

mod copying;
mod intents;
mod later;
mod news;
mod notifications;
mod overview;
mod permission;
mod place;
mod ranges;
mod reading;
mod responses;
mod sending;
mod suggestions;
mod timeline;

use alloc::{string::String, vec::Vec};

use chrono::TimeDelta;
use replay_client::{Heartbeat, Remote};
use replay_core::{Policy, Region, Scope};
use replay_wire::{Extension, Me, ServerInfo};
use time_range::{Context, Timestamp, Zone};

pub(crate) use self::{notifications::Notifications, suggestions::SuggestionReason};
use crate::{
    address::{Address, Tab},
    picker::{Picker, Remembered},
    region_state::RegionState,
    timeline::Timeline,
};

/// The regions of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    pub(crate) server: ServerInfo,
    pub(crate) policy: Policy,
    /// The role of the token, and the regions where it may change something.
    pub(crate) me: Remote<Me>,
    pub(crate) region_states: Vec<RegionState>,
    /// The regions in view; an error is a region that a link names and the server does not have.
    pub(crate) scope: Result<Scope, String>,
    /// The last address that the page moved to.
    link: Address,
    pub(crate) tab: Tab,
    pub(crate) picker: Picker,
    pub(crate) timeline: Timeline,
    /// The ranges that the browser keeps.
    pub(crate) remembered: Remembered,
    /// The scheme, host and port of the page.
    pub(crate) origin: String,
    /// The text that a screen reader announces.
    pub(crate) announcement: String,
    /// Whether the user is asked to confirm sending to all regions.
    pub(crate) confirming: bool,
    /// Whether the last intent was not carried out, because its part of the program was not loaded.
    pub(crate) not_loaded: bool,
    /// Whether the user waits for a requested refresh.
    refreshing: bool,
    watching: Watching,
    /// Reads all regions in one request; `None` if the server has no overview.
    heartbeat: Option<Heartbeat>,
    /// The tab to return to, if the user came to the tab Setup for a reason shown there.
    pub(crate) back_to: Option<Tab>,
    pub(crate) notifications: Notifications,
}

/// What is read periodically.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Watching {
    /// Nothing: there is no accepted token.
    Off,
    /// The regions.
    Regions,
    /// Only the jobs that are not settled, since the page is hidden: its title and its notifications
    /// tell when they are, and a waiting replay is sent then.
    UnsettledJobs,
}

impl Workspace {
    /// The workspace of `server`, with what `address` names in view.
    pub(crate) fn open(server: ServerInfo, address: &Address, zone: &Zone, now: Timestamp) -> Self {
        // The grace tolerates skewed clocks; the page's is corrected by the server's.
        let grace = TimeDelta::zero();
        let policy = Policy { retention: server.retention, grace, ..Policy::DEFAULT };
        let mut workspace = Self {
            policy,
            me: Remote::new(),
            region_states: region_states(&server),
            scope: Ok(Scope::One(server.default_region.clone())),
            link: Address::default(),
            tab: Tab::default(),
            picker: Picker::new(Picker::FIRST, Context { zone, now }),
            remembered: Remembered::default(),
            origin: String::new(),
            timeline: Timeline::default(),
            announcement: String::new(),
            confirming: false,
            not_loaded: false,
            refreshing: false,
            watching: Watching::Off,
            heartbeat: heartbeat(&server),
            back_to: None,
            notifications: Notifications::default(),
            server,
        };
        workspace.go(address, zone, now);
        workspace
    }

    /// Whether something would be lost with the page: changes of a webhook form that are not saved,
    /// or a replay that waits to be sent.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.region_states.iter().any(|one| one.setup.is_drafted() || one.has_unsent())
    }

    pub(crate) fn offers(&self, extension: Extension) -> bool {
        self.server.extensions.contains(&extension)
    }

    /// Forgets everything that was read with the token.
    pub(crate) fn forget(&mut self) {
        self.me = Remote::new();
        self.region_states = region_states(&self.server);
        self.heartbeat = heartbeat(&self.server);
        self.announcement = String::new();
        self.confirming = false;
    }

    /// Announces a text. A screen reader ignores a text that the live region already has, so a
    /// repeated one gets a trailing space.
    fn announce(&mut self, text: String) {
        let is_repeated = self.announcement == text;
        self.announcement = text;
        if is_repeated {
            self.announcement.push('\u{a0}');
        }
    }

    fn is_watching(&self) -> bool {
        self.watching == Watching::Regions
    }

    fn is_hidden(&self) -> bool {
        self.watching == Watching::UnsettledJobs
    }

    fn find(&mut self, region: &Region) -> Option<&mut RegionState> {
        self.region_states.iter_mut().find(|region_state| region_state.region == *region)
    }
}

fn heartbeat(server: &ServerInfo) -> Option<Heartbeat> {
    server.extensions.contains(&Extension::Overview).then(Heartbeat::default)
}

fn region_states(server: &ServerInfo) -> Vec<RegionState> {
    let region_state = |region: &Region| RegionState::new(region.clone(), &server.extensions);
    server.regions.iter().map(region_state).collect()
}
