//! A browser without rendering: it performs the page's effects, keeps its clock, its address and
//! its tokens, and sends the messages of the user's actions.

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

use crate::contract::{request::request_with_method, server::Api};

pub(super) struct Browser<'a> {
    api: &'a Api,
    page: Page,
    /// The difference between its clock and the server's.
    skew: TimeDelta,
    /// The waits that are not over.
    waits: Vec<Wait>,
    /// The requests sent, in order: `PUT /api/us/…`.
    pub(super) requests: Vec<String>,
    address: String,
    kept: Option<Secret>,
    clocks: Clocks,
}

/// A wait that is not over.
struct Wait {
    due: Timestamp,
    pause: TimeDelta,
    request_id: RequestId,
}

/// The path of the page.
pub(super) const PAGE: &str = Address::PATH;

impl<'a> Browser<'a> {
    /// Opens the page with a correct clock.
    pub(super) async fn open(api: &'a Api, address: &str) -> Self {
        Self::open_with(api, address, TimeDelta::zero(), None).await
    }

    /// Opens the page with a clock that is off by `skew`, and with a token from the session
    /// storage.
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
            kept: stored_tokens(kept.as_ref()),
            host: String::new(),
            origin: String::new(),
            ranges: String::new(),
            link_token: None,
            server: None,
        };
        let (page, effects) = Page::open(flags, api.now() + skew);
        let (waits, requests, address) = (Vec::new(), Vec::new(), address.to_owned());
        let mut browser = Self { api, page, skew, waits, requests, address, kept, clocks };
        browser.carry_out(effects).await;
        browser
    }

    /// Opens the page and signs in with that token.
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

    /// Signs in with the token, to be kept for the session.
    pub(super) async fn sign_in(&mut self, token: &str) {
        assert!(self.view().dialog.is_some(), "the page does not ask for a token");
        self.update(Msg::TokenTyped(Typed(token.to_owned()))).await;
        self.update(Msg::KeepTicked(true)).await;
        self.update(Msg::SignedIn).await;
    }

    /// Triggers an action, which must be ready.
    #[track_caller]
    pub(super) fn press(&mut self, action: Action) -> impl Future<Output = ()> {
        assert_eq!(action.state, Readiness::Ready, "{} cannot be pressed", action.label);
        self.update(action.msg)
    }

    pub(super) async fn intent(&mut self, intent: Intent) {
        self.update(Msg::Intended(intent)).await;
    }

    /// Delivers a message, and performs all effects that need no time.
    pub(super) async fn update(&mut self, msg: Msg) {
        let effects = self.page.update(msg, self.now());
        self.carry_out(effects).await;
    }

    /// Advances the time.
    pub(super) async fn advance_time(&mut self, seconds: i64) {
        let until = self.api.now() + TimeDelta::seconds(seconds);
        loop {
            let next = self.waits.iter().map(|wait| wait.due).min().filter(|due| *due <= until);
            self.api.turn_clock(next.unwrap_or(until));
            let Some(next) = next else { return };
            let place = self.waits.iter().position(|wait| wait.due == next).unwrap();
            let Wait { request_id, .. } = self.waits.remove(place);
            self.update(Msg::Elapsed(request_id)).await;
        }
    }

    /// Whether only slow polls of settled jobs are pending.
    pub(super) fn is_at_rest(&self) -> bool {
        self.waits.iter().all(|wait| wait.pause >= TimeDelta::seconds(30))
    }

    pub(super) fn view(&self) -> View {
        View::of(&self.page, self.now())
    }

    /// The content below the heading.
    pub(super) fn opened(&self) -> Open {
        let Body::Open(open) = self.view().body else { panic!("{:#?}", self.view()) };
        *open
    }

    /// The content of the tab Replay.
    pub(super) fn replay(&self) -> Replay {
        let Panel::Replay(replay) = self.opened().panel else { panic!("{:#?}", self.view()) };
        *replay
    }

    /// The content of the tab Setup.
    pub(super) fn setup(&self) -> SetupForm {
        let Panel::Setup(form) = self.opened().panel else { panic!("{:#?}", self.view()) };
        *form
    }

    /// The text of the notice about the last submission.
    pub(super) fn mutation_notice(&self) -> String {
        self.replay().mutation_notice.map(|notice| notice.text).unwrap_or_default()
    }

    /// The text of each row: region, status and timeframe.
    pub(super) fn jobs(&self) -> Vec<String> {
        let rows = self.replay().rows.into_iter();
        rows.map(|row| {
            let status = row.status.map(|badge| badge.word).unwrap_or_default();
            let ends = row.starts_at.zip(row.ends_at);
            let ends = ends.map(|(start, end)| {
                format!(" {} – {}", start.shown, end.shown.trim_start_matches("Today "))
            });
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
                // Requests complete at once here, so there is none to abort.
                Effect::Client(ClientEffect::Abort(_))
                | Effect::Focus(_)
                | Effect::ShowNotification(_)
                | Effect::Retype(..)
                | Effect::KeepRanges(_) => Msg::Done,
                Effect::AllowNotifications => Msg::NotificationsAllowed(true),
                Effect::Copy(_) => Msg::Copied(true),
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
        self.requests.push(format!("{method} {}", request.path));
        let sent = request_with_method(method, &request.path);
        let sent = match &request.token {
            Some(token) => sent.with_token(token.expose()),
            None => sent.without_token(),
        };
        let sent = match &request.body {
            Some(body) => sent.json(&serde_json::to_value(body).unwrap()),
            None => sent,
        };
        let answer = self.api.send(sent).await;
        Ok(Response {
            status: answer.status.as_u16(),
            body: serde_json::from_str(&answer.body).ok(),
            // The `Date` header has whole seconds.
            date: Some(self.api.now().trunc_subsecs(0)),
        })
    }
}

/// A zone one hour ahead of UTC.
fn zone() -> Zone {
    let (since, until) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    Zone::sampled("Europe/Berlin", since, until, |_| FixedOffset::east_opt(3600).unwrap())
}

/// Parses an address as the browser does.
fn read(address: &str) -> Address {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let parameters = query.split('&').filter_map(|parameter| parameter.split_once('='));
    Address::read(|name| {
        let found = parameters.clone().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.to_owned())
    })
}

fn stored_tokens(kept: Option<&Secret>) -> Vec<KeptToken> {
    kept.into_iter().map(|token| KeptToken { mode: Mode::Embedded, token: token.clone() }).collect()
}
