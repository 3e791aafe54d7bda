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
    timeframe::Edge,
    webhook::{LogFormat, Secret, Typed},
};
use replay_wire::{Json, Mode};

use super::*;
use crate::{
    View,
    address::Tab,
    flags::KeptToken,
    setup::Edit,
    view::{Action, Body, Open, Panel, Readiness, Replay, SetupForm},
};

mod job;
mod polling;
mod range;
mod sending;
mod sign_in;
mod webhook;

/// The page, and a world that does nothing by itself.
struct Stage {
    page: Page,
    now: Timestamp,
    /// Requests that were not answered yet.
    asked: Vec<(RequestId, Request)>,
    /// Waits that are not over yet.
    waits: Vec<(RequestId, TimeDelta)>,
    /// What else was asked of the world.
    done: Vec<Effect>,
    /// What the server says of a job when it is asked.
    job: &'static str,
}

const UNCONFIGURED: &str = r#"{"status": "unconfigured"}"#;
const RUNNING: &str = r#"{"status": "running", "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z"}"#;
const COMPLETED: &str = r#"{"status": "completed", "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z"}"#;
const FAILED: &str = r#"{"status": "failed", "start_at": "2026-11-23T08:00:00Z", "end_at": "2026-11-23T09:00:00Z", "reason": "the webhook answered 401"}"#;
const WEBHOOK: &str = r#"{"endpoint": "https://siem.example.com", "enabled": true, "log_format": "cef", "skip_ssl_verification": false}"#;
const HEALTH: &str = r#"{"webhook_status": "active", "webhook_enabled": true}"#;

impl Stage {
    /// A page that was opened there, and has asked what its server is.
    fn open(address: Address, kept: Option<&str>, link_token: Option<&str>) -> Self {
        Self::open_on("localhost", address, kept, link_token)
    }

    fn open_on(host: &str, address: Address, kept: Option<&str>, link_token: Option<&str>) -> Self {
        let token = |text: &str| Secret::new(text.to_string()).unwrap();
        let kept = kept.map(|kept| KeptToken { mode: Mode::Embedded, token: token(kept) });
        let (page, effects) = Page::open(Flags {
            address,
            host: host.to_string(),
            zone: berlin(),
            clocks: Clocks::Local,
            kept: kept.into_iter().collect(),
            link_token: link_token.map(token),
        });
        let (asked, waits, done) = (Vec::new(), Vec::new(), Vec::new());
        let mut stage = Self { page, now: noon(), asked, waits, done, job: UNCONFIGURED };
        stage.sort(effects);
        stage
    }

    /// A page that knows all there is to know, at the address of its own choice.
    fn ready() -> Self {
        Self::ready_at(Address::default())
    }

    fn ready_at(address: Address) -> Self {
        let mut stage = Self::open(address, Some("token"), None);
        stage.told("embedded");
        stage.settle();
        stage
    }

    /// The server says what it is.
    fn told(&mut self, mode: &str) {
        let server = format!(
            r#"{{"mode": "{mode}", "regions": [{{"region": "us"}}, {{"region": "eu"}}],
                "default_region": "us", "retention_seconds": 604800,
                "extensions": ["cancel", "webhook/test"]}}"#
        );
        self.answer("x/server", 200, &server);
    }

    fn tell(&mut self, msg: Msg) {
        let effects = self.page.update(msg, self.now);
        self.sort(effects);
    }

    fn intent(&mut self, intent: Intent) {
        self.tell(Msg::Intended(intent));
    }

    #[track_caller]
    fn press(&mut self, action: Action) {
        assert_eq!(action.state, Readiness::Ready, "{} cannot be pressed", action.label);
        self.tell(action.msg);
    }

    /// Follows the link to a region by its place in the list.
    fn press_link(&mut self, place: usize) {
        let msg = self.opened().regions[place].link.msg.clone();
        self.tell(msg);
    }

    /// Answers the latest request whose path ends so.
    #[track_caller]
    fn answer(&mut self, path: &str, status: u16, body: &str) {
        let body = serde_json::from_str::<Json>(body).ok();
        self.end(path, Ok(Response { status, body, date: None }));
    }

    #[track_caller]
    fn end(&mut self, path: &str, result: Result<Response, TransportError>) {
        let (request_id, _) = self.take(path);
        self.tell(Msg::ResponseReceived(request_id, result));
    }

    /// The latest request whose path ends so.
    #[track_caller]
    fn take(&mut self, path: &str) -> (RequestId, Request) {
        let place = self.asked.iter().rposition(|(_, request)| request.path.ends_with(path));
        self.asked.remove(place.unwrap_or_else(|| panic!("nobody asked for {path}")))
    }

    /// Answers every read as a server with an enabled webhook does, until nothing more is asked.
    fn settle(&mut self) {
        while let Some(place) =
            self.asked.iter().position(|(_, request)| request.method == Method::Get)
        {
            let (request_id, request) = self.asked.remove(place);
            let body = match request.path.rsplit('/').next().unwrap() {
                "me" => r#"{"role": "org-admin", "regions": []}"#,
                "audit-log-replay-job" => self.job,
                "audit-log-webhook" => WEBHOOK,
                _ => HEALTH,
            };
            let body = serde_json::from_str(body).ok();
            self.tell(Msg::ResponseReceived(
                request_id,
                Ok(Response { status: 200, body, date: None }),
            ));
        }
    }

    /// Lets the latest wait of a region's end; how long it was.
    #[track_caller]
    fn wake(&mut self, label: &str) -> i64 {
        let owner = RequestOwner::Job(region(label));
        let place = self.waits.iter().rposition(|(request_id, _)| request_id.owner == owner);
        let (request_id, time) = self.waits.remove(place.expect("it waits for nothing"));
        self.now += time;
        self.tell(Msg::Elapsed(request_id));
        time.num_seconds()
    }

    fn view(&self) -> View {
        View::of(&self.page, self.now)
    }

    fn opened(&self) -> Open {
        let Body::Open(open) = self.view().body else { panic!("{:#?}", self.view()) };
        *open
    }

    fn replay(&self) -> Replay {
        let Panel::Replay(replay) = self.opened().panel else { panic!("{:#?}", self.view()) };
        replay
    }

    fn setup(&self) -> SetupForm {
        let Panel::Setup(form) = self.opened().panel else { panic!("{:#?}", self.view()) };
        form
    }

    /// The word of the job in view.
    fn status(&self) -> String {
        self.replay().rows[0].status.clone().map(|badge| badge.word).unwrap_or_default()
    }

    /// What was asked and is not answered, in order: `GET us/…`.
    fn asked(&self) -> Vec<String> {
        let told = |(_, request): &(RequestId, Request)| {
            let path = request.path.trim_start_matches("/api/");
            format!("{:?} {path}", request.method)
        };
        self.asked.iter().map(told).collect()
    }

    fn sort(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Client(ClientEffect::Fetch(request_id, request)) => {
                    self.asked.push((request_id, request));
                }
                Effect::Client(ClientEffect::Abort(request_id)) => {
                    if let Some(place) =
                        self.asked.iter().position(|(asked, _)| *asked == request_id)
                    {
                        self.asked.remove(place);
                        self.tell(Msg::ResponseReceived(request_id, Err(TransportError::Network)));
                    }
                }
                Effect::Client(ClientEffect::Wait(request_id, time)) => {
                    self.waits.push((request_id, time));
                }
                Effect::ReadZone(_)
                | Effect::Visit(..)
                | Effect::Keep(..)
                | Effect::KeepClocks(_)
                | Effect::Focus(_) => {
                    self.done.push(effect);
                }
            }
        }
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
