use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use chrono::{FixedOffset, TimeDelta};
use replay_client::{ClientEffect, Method, Request, RequestOwner};
use replay_core::{
    Region, Scope,
    timeframe::PRESETS,
    webhook::{LogFormat, Secret, Typed},
};
use replay_wire::{Json, Mode};
use time_range::Range;

use super::*;
use crate::{
    View,
    address::Tab,
    flags::KeptToken,
    picker::{Choice, RangeField, RangeTab},
    setup::Edit,
    view::{
        Action, Body, Open, Panel, Popover, RangeInput, RangePicker, Readiness, Replay, SetupForm,
        Tone, Understood,
    },
};

mod answers;
mod background;
mod calendar;
mod delivering;
mod in_view;
mod job;
mod lost_answers;
mod opening;
mod outages;
mod overview;
mod past_jobs;
mod picker;
mod polling;
mod range;
mod refused;
mod regions;
mod resuming;
mod selection;
mod sending;
mod setup_and_back;
mod sign_in;
mod timeline;
mod together;
mod waiting;
mod webhook;

/// The page with a shell and a server that act only when the test tells them to.
struct Harness {
    page: Page,
    now: Timestamp,
    /// Requests without a response so far.
    requests: Vec<(RequestId, Request)>,
    /// Waits that have not ended.
    waits: Vec<(RequestId, TimeDelta)>,
    /// All other effects.
    other_effects: Vec<Effect>,
    /// The body of the server's response to a read of a job.
    job: &'static str,
    /// The body of the server's response to a read of the outages.
    outages: &'static str,
    /// The body of the server's response to a read of the progress.
    progress: &'static str,
    /// The body of the server's response to a read of the past jobs.
    past_jobs: &'static str,
    /// The body of the server's response to a read of a preview.
    preview: &'static str,
}

const UNCONFIGURED: &str = r#"{"status": "unconfigured"}"#;
const RUNNING: &str = r#"{"status": "running", "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z"}"#;
const COMPLETED: &str = r#"{"status": "completed", "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z"}"#;
const FAILED: &str = r#"{"status": "failed", "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z", "reason": "the webhook answered 401"}"#;
const WEBHOOK: &str = r#"{"endpoint": "https://siem.example.com", "enabled": true, "log_format": "cef", "skip_ssl_verification": false}"#;
const HEALTH: &str = r#"{"webhook_status": "active", "webhook_enabled": true}"#;

impl Harness {
    /// A page that has requested the description of its server.
    fn open(address: Address, kept: Option<&str>, link_token: Option<&str>) -> Self {
        Self::open_on("localhost", address, kept, link_token)
    }

    fn open_on(host: &str, address: Address, kept: Option<&str>, link_token: Option<&str>) -> Self {
        let token = |text: &str| Secret::new(text.to_string()).unwrap();
        let kept = kept.map(|kept| KeptToken { mode: Mode::Embedded, token: token(kept) });
        Self::start(Flags {
            address,
            host: host.to_string(),
            origin: "http://localhost:8787".to_string(),
            ranges: String::new(),
            zone: berlin(),
            clocks: Clocks::Local,
            kept: kept.into_iter().collect(),
            link_token: link_token.map(token),
            server: None,
        })
    }

    /// A page that was opened with these parameters.
    fn start(flags: Flags) -> Self {
        let (page, effects) = Page::open(flags, noon());
        let mut harness = Self {
            page,
            now: noon(),
            requests: Vec::new(),
            waits: Vec::new(),
            other_effects: Vec::new(),
            job: UNCONFIGURED,
            outages: r#"{"outages": []}"#,
            progress: "{}",
            past_jobs: r#"{"jobs": []}"#,
            preview: "{}",
        };
        harness.collect_effects(effects);
        harness
    }

    /// A signed-in page that has read everything, at its default address.
    fn ready() -> Self {
        Self::ready_at(Address::default())
    }

    fn ready_at(address: Address) -> Self {
        let mut harness = Self::open(address, Some("token"), None);
        harness.describe_server("embedded");
        harness.answer_reads();
        harness
    }

    /// A signed-in page that has read everything from a server of this mode.
    fn signed_in_at(mode: &str) -> Self {
        let mut harness = Self::open(Address::default(), None, None);
        harness.describe_server(mode);
        harness.send(Msg::TokenTyped(Typed("token".to_string())));
        harness.send(Msg::SignedIn);
        harness.answer_reads();
        harness
    }

    /// A signed-in page whose server forwards lines and counts its entries.
    fn counting(preview: &'static str) -> Self {
        let mut harness = Self::open(Address::default(), Some("token"), None);
        harness.preview = preview;
        harness.describe_server_with("embedded", r#""preview", "outages", "progress""#);
        harness.answer_reads();
        harness
    }

    /// A page with a running job.
    fn running() -> Self {
        let mut harness = Self::ready();
        harness.job = RUNNING;
        harness.intent(Intent::Refresh);
        harness.answer_reads();
        harness
    }

    /// A page with a token, at a server with these extensions that has answered nothing else.
    fn at_server_with(extensions: &str) -> Self {
        let mut harness = Self::open(Address::default(), Some("token"), None);
        harness.describe_server_with("embedded", extensions);
        harness
    }

    /// The server describes itself.
    fn describe_server(&mut self, mode: &str) {
        self.describe_server_with(mode, r#""cancel", "webhook/test""#);
    }

    fn describe_server_with(&mut self, mode: &str, extensions: &str) {
        let server = format!(
            r#"{{"mode": "{mode}", "regions": [{{"region": "us"}}, {{"region": "eu"}}],
                "default_region": "us", "retention_seconds": 604800,
                "extensions": [{extensions}]}}"#
        );
        self.respond_with("x/server", 200, &server);
    }

    fn send(&mut self, msg: Msg) {
        let effects = self.page.update(msg, self.now);
        self.collect_effects(effects);
    }

    fn intent(&mut self, intent: Intent) {
        self.send(Msg::Intended(intent));
    }

    fn choose(&mut self, choice: Choice) {
        self.intent(Intent::Choose(choice));
    }

    /// Opens the picker on the tab Custom and types in a field.
    fn type_in(&mut self, field: RangeField, text: &str) {
        if self.replay().picker.popover.is_none() {
            self.choose(Choice::Toggle);
        }
        self.choose(Choice::Turn(RangeTab::Custom));
        self.choose(Choice::Type(field, text.to_string()));
    }

    /// Drafts the preset of that name.
    fn draft_preset(&mut self, name: &str) {
        let preset = PRESETS.iter().find(|preset| preset.name == name).unwrap();
        self.choose(Choice::Draft(Range::last(preset.duration)));
    }

    /// Presses Apply.
    fn apply(&mut self) {
        self.intent(Intent::Apply);
    }

    #[track_caller]
    fn press(&mut self, action: Action) {
        assert_eq!(action.state, Readiness::Ready, "{} cannot be pressed", action.label);
        self.send(action.msg);
    }

    /// Follows the link to the region with this index in the list.
    fn press_link(&mut self, place: usize) {
        let msg = self.open_body().regions[place].link.msg.clone();
        self.send(msg);
    }
}

fn berlin() -> Zone {
    let (since, until) = (noon(), noon());
    Zone::sampled("Europe/Berlin", since, until, |_| FixedOffset::east_opt(3600).unwrap())
}

fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
