//! A browser without a screen: it carries out what the page asks for, keeps its clock, its address
//! and its tokens, and lets a person press what can be pressed.

use std::collections::VecDeque;

use axum::http::Method as HttpMethod;
use chrono::{FixedOffset, SubsecRound, TimeDelta};
use replay_client::{ClientEffect, Method, Request, RequestId, Response, TransportError};
use replay_core::webhook::{Secret, Typed};
use replay_page::{
    Address, Effect, Flags, Intent, Msg, Page, View,
    clocks::Clocks,
    flags::KeptToken,
    view::{Action, Body, Open, Panel, Readiness, Replay, SetupForm},
};
use replay_wire::Mode;
use time_range::{Timestamp, Zone};

use crate::contract::{api::Api, ask::ask};

pub(super) struct Browser<'a> {
    api: &'a Api,
    page: Page,
    /// How far its clock is from the server's.
    skew: TimeDelta,
    /// What the page waits for.
    waits: Vec<Wait>,
    /// What was asked of the server, in order: `PUT /api/us/…`.
    pub(super) asked: Vec<String>,
    address: String,
    kept: Option<Secret>,
    clocks: Clocks,
}

/// A wait that is not over yet.
struct Wait {
    due: Timestamp,
    pause: TimeDelta,
    request_id: RequestId,
}

/// Where the page is.
pub(super) const PAGE: &str = Address::PATH;

impl<'a> Browser<'a> {
    /// Opens the page at an address of its own, with a clock that is right.
    pub(super) async fn open(api: &'a Api, address: &str) -> Self {
        Self::open_with(api, address, TimeDelta::zero(), None).await
    }

    /// Opens the page where the clock is wrong, with a token that was kept.
    pub(super) async fn open_with(
        api: &'a Api,
        address: &str,
        skew: TimeDelta,
        kept: Option<Secret>,
    ) -> Self {
        Self::start(api, address, skew, kept, Clocks::default()).await
    }

    async fn start(
        api: &'a Api,
        address: &str,
        skew: TimeDelta,
        kept: Option<Secret>,
        clocks: Clocks,
    ) -> Self {
        let flags = Flags {
            address: read(address),
            zone: zone(),
            clocks,
            kept: of_this_server(kept.as_ref()),
            host: String::new(),
            link_token: None,
        };
        let (page, effects) = Page::open(flags);
        let (waits, asked, address) = (Vec::new(), Vec::new(), address.to_owned());
        let mut browser = Self { api, page, skew, waits, asked, address, kept, clocks };
        browser.carry_out(effects).await;
        browser
    }

    /// Opens the page as a person who signs in with that token.
    pub(super) async fn signed_in(api: &'a Api, address: &str, token: &str) -> Self {
        let mut browser = Self::open(api, address).await;
        browser.sign_in(token).await;
        browser
    }

    /// Reloads the page.
    pub(super) async fn reload(&mut self) {
        let (kept, clocks) = (self.kept.clone(), self.clocks);
        *self = Self::start(self.api, &self.address, self.skew, kept, clocks).await;
    }

    /// Hands in a token, to be kept.
    pub(super) async fn sign_in(&mut self, token: &str) {
        assert!(self.view().dialog.is_some(), "nobody asks for a token");
        self.tell(Msg::TokenTyped(Typed(token.to_owned()))).await;
        self.tell(Msg::KeepTicked(true)).await;
        self.tell(Msg::SignedIn).await;
    }

    /// Presses what can be pressed.
    #[track_caller]
    pub(super) fn press(&mut self, action: Action) -> impl Future<Output = ()> {
        assert_eq!(action.state, Readiness::Ready, "{} cannot be pressed", action.label);
        self.tell(action.msg)
    }

    pub(super) async fn intent(&mut self, intent: Intent) {
        self.tell(Msg::Intended(intent)).await;
    }

    /// Lets something happen, and everything that follows of itself without any time passing.
    pub(super) async fn tell(&mut self, msg: Msg) {
        let effects = self.page.update(msg, self.now());
        self.carry_out(effects).await;
    }

    /// Lets time pass.
    pub(super) async fn let_pass(&mut self, seconds: i64) {
        let until = self.api.now() + TimeDelta::seconds(seconds);
        loop {
            let next = self.waits.iter().map(|wait| wait.due).min().filter(|due| *due <= until);
            self.api.turn_clock(next.unwrap_or(until));
            let Some(next) = next else { return };
            let place = self.waits.iter().position(|wait| wait.due == next).unwrap();
            let Wait { request_id, .. } = self.waits.remove(place);
            self.tell(Msg::Elapsed(request_id)).await;
        }
    }

    /// Whether the page waits for nothing but a person and its slow reads of settled jobs.
    pub(super) fn is_at_rest(&self) -> bool {
        self.waits.iter().all(|wait| wait.pause >= TimeDelta::seconds(30))
    }

    pub(super) fn view(&self) -> View {
        View::of(&self.page, self.now())
    }

    /// What is under the heading.
    pub(super) fn opened(&self) -> Open {
        let Body::Open(open) = self.view().body else { panic!("{:#?}", self.view()) };
        *open
    }

    /// The tab Replay.
    pub(super) fn replay(&self) -> Replay {
        let Panel::Replay(replay) = self.opened().panel else { panic!("{:#?}", self.view()) };
        replay
    }

    /// The tab Setup.
    pub(super) fn setup(&self) -> SetupForm {
        let Panel::Setup(form) = self.opened().panel else { panic!("{:#?}", self.view()) };
        form
    }

    /// What is answered to the person who sent something, in words.
    pub(super) fn answer(&self) -> String {
        self.replay().answer.map(|notice| notice.text).unwrap_or_default()
    }

    /// The job in each row: its region, its status and its timeframe, as they are read.
    pub(super) fn jobs(&self) -> Vec<String> {
        let rows = self.replay().rows.into_iter();
        rows.map(|row| {
            let status = row.status.map(|badge| badge.word).unwrap_or_default();
            let ends = row.starts_at.zip(row.ends_at);
            let ends = ends.map(|(start, end)| format!(" {} to {}", start.shown, end.shown));
            format!("{}: {status}{}", row.region, ends.unwrap_or_default())
        })
        .collect()
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    fn now(&self) -> Timestamp {
        self.api.now() + self.skew
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            let msg = match effect {
                Effect::Client(ClientEffect::Fetch(request_id, request)) => {
                    Msg::ResponseReceived(request_id, self.fetch(request).await)
                }
                Effect::Client(ClientEffect::Wait(request_id, pause)) => {
                    self.waits.push(Wait { due: self.api.now() + pause, pause, request_id });
                    continue;
                }
                Effect::ReadZone(_) => Msg::ZoneRead(zone()),
                Effect::Visit(address, _) => {
                    self.address = address.to_string();
                    Msg::Done
                }
                Effect::Keep(_, token) => {
                    self.kept = token;
                    Msg::Done
                }
                Effect::KeepClocks(clocks) => {
                    self.clocks = clocks;
                    Msg::Done
                }
                // Requests are answered at once here: there is none to abort.
                Effect::Client(ClientEffect::Abort(_)) | Effect::Focus(_) => Msg::Done,
            };
            effects.extend(self.page.update(msg, self.now()));
        }
    }

    async fn fetch(&mut self, request: Request) -> Result<Response, TransportError> {
        let method = match request.method {
            Method::Get => HttpMethod::GET,
            Method::Patch => HttpMethod::PATCH,
            Method::Post => HttpMethod::POST,
            Method::Put => HttpMethod::PUT,
        };
        self.asked.push(format!("{method} {}", request.path));
        let asked = ask(method, &request.path);
        let asked = match &request.token {
            Some(token) => asked.by(token.expose()),
            None => asked.by_nobody(),
        };
        let asked = match &request.body {
            Some(body) => asked.json(&serde_json::to_value(body).unwrap()),
            None => asked,
        };
        let answer = self.api.answer(asked).await;
        Ok(Response {
            status: answer.status.as_u16(),
            body: serde_json::from_str(&answer.body).ok(),
            // As the server's connections tell it: in whole seconds.
            date: Some(self.api.now().trunc_subsecs(0)),
        })
    }
}

/// Clocks that are an hour ahead of UTC.
fn zone() -> Zone {
    let (since, until) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    Zone::sampled("Europe/Berlin", since, until, |_| FixedOffset::east_opt(3600).unwrap())
}

/// Reads an address as a browser does.
fn read(address: &str) -> Address {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let parameters = query.split('&').filter_map(|parameter| parameter.split_once('='));
    Address::read(|name| {
        let found = parameters.clone().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.to_owned())
    })
}

fn of_this_server(kept: Option<&Secret>) -> Vec<KeptToken> {
    kept.into_iter().map(|token| KeptToken { mode: Mode::Embedded, token: token.clone() }).collect()
}
