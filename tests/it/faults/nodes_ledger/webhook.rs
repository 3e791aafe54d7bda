//! The changes of the webhook, and what was in flight when it was disabled.

use std::collections::HashSet;

use replay_tests::{
    lines::SeededRandom,
    receiver::{ReceivedRequest, Receiver},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::contacts::{Contacts, Request};

/// The webhook of the region, which a receiver belongs to.
#[derive(Debug)]
pub(super) struct Webhook {
    pub(super) receiver: Receiver,
    pub(super) is_enabled: bool,
    /// How often it was disabled.
    pub(super) disablings: usize,
    changes: usize,
    /// For each time it was disabled, the numbers of the requests received before and until it was
    /// enabled.
    disabled: Vec<[usize; 2]>,
}

impl Webhook {
    pub(super) const fn new(receiver: Receiver) -> Self {
        let disabled = Vec::new();
        Self { receiver, is_enabled: false, disablings: 0, changes: 0, disabled }
    }

    /// Changes something: the endpoint, the authorization, or whether it is enabled.
    pub(super) async fn change(&mut self, contacts: &Contacts, random: &mut SeededRandom) {
        self.changes += 1;
        let number = self.changes;
        match random.below(6) {
            _ if !self.is_enabled => self.set_enabled(true, contacts, random).await,
            0 => self.set_enabled(false, contacts, random).await,
            1 => {
                let endpoint = format!("{}&change={number}", self.receiver.url());
                self.patch(json!({ "endpoint": endpoint }), contacts, random).await;
            }
            2 => {
                let authorization = format!("Bearer {number}");
                self.patch(json!({ "authorization": authorization }), contacts, random).await;
            }
            _ => {}
        }
    }

    /// Enables or disables it.
    pub(super) async fn set_enabled(
        &mut self,
        is_enabled: bool,
        contacts: &Contacts,
        random: &mut SeededRandom,
    ) {
        if is_enabled == self.is_enabled {
            return;
        }
        if !is_enabled {
            self.disablings += 1;
            self.disabled.push([self.receiver.requests().len(), usize::MAX]);
        }
        self.patch(json!({ "enabled": is_enabled }), contacts, random).await;
        self.is_enabled = is_enabled;
        if is_enabled && let Some([_, until]) = self.disabled.last_mut() {
            *until = self.receiver.requests().len();
        }
    }

    /// The live requests that may have been in flight when it was disabled, by id.
    pub(super) fn in_flight_when_disabled(&self, requests: &[ReceivedRequest]) -> HashSet<String> {
        let is_live = |request: &&ReceivedRequest| request.job().is_none();
        let of_one = |[before, until]: &[usize; 2]| {
            let last = requests[..*before].iter().rposition(|request| request.job().is_none());
            let during = &requests[last.unwrap_or(*before)..*until.min(&requests.len())];
            during.iter().filter(is_live).map(|request| request.header("webhook-id").to_owned())
        };
        self.disabled.iter().flat_map(of_one).collect()
    }

    /// Changes the webhook.
    pub(super) async fn patch(
        &self,
        change: Value,
        contacts: &Contacts,
        random: &mut SeededRandom,
    ) {
        let request = Request::of(Method::PATCH, "v2/audit-log-webhook", change.to_string());
        let response = contacts.answer(random, &request).await;
        assert_eq!(response.code, 200, "{response:?}");
    }
}
