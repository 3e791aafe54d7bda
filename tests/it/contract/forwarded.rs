//! A server with a live lane in `us`, whose outages a test makes step by step.

use replay_core::{
    LaneId, OutageId, lane::LaneOutcome, outage::OutageCause, snapshot::BatchLimits,
};
use replay_server::store::{ForwardedRegion, LiveNext, LiveRecord};
use serde_json::{Value, json};

use super::{
    request::{INGEST, OUTAGES, WEBHOOK, get, line, patch, post},
    server::{Api, region},
};

/// The server and its lane.
pub(crate) struct Forwarded {
    pub(crate) api: Api,
}

impl Forwarded {
    /// A server that forwards to an enabled webhook.
    pub(crate) async fn new() -> Self {
        Self::over(Api::new()).await
    }

    /// The same server, which forwards from now on.
    pub(crate) async fn over(api: Api) -> Self {
        let (new_lane, new_outage) = (LaneId(1), OutageId(0));
        let us = ForwardedRegion { region: region("us"), new_lane, new_outage };
        api.store.set_forwarding(vec![us], true, api.now()).await.unwrap();
        api.enable("us").await;
        Self { api }
    }

    /// Enables or disables the webhook.
    pub(crate) async fn set_enabled(&self, enabled: bool) {
        self.api.send(patch(WEBHOOK).json(&json!({"enabled": enabled}))).await.expect(200);
    }

    /// Archives the lines of these seconds after 11:00.
    pub(crate) async fn ingest(&self, seconds: impl IntoIterator<Item = u32>) {
        let body: Vec<_> = seconds.into_iter().map(line).collect();
        if body.is_empty() {
            return;
        }
        self.api.send(post(INGEST).body(body.join("\n"))).await.expect(202);
    }

    /// Makes an outage in which the lines of these seconds arrive; returns its id.
    pub(crate) async fn outage_with(&self, seconds: impl IntoIterator<Item = u32>) -> String {
        self.set_enabled(false).await;
        self.ingest(seconds).await;
        self.set_enabled(true).await;
        self.latest().await["id"].as_str().unwrap().to_owned()
    }

    /// Sends the lane's next batch of at most `lines` lines, with this result. `new_outage` is the id of
    /// an outage that begins.
    pub(super) async fn send(&self, lines: u64, new_outage: u128, outcome: LaneOutcome) {
        let (us, now, id) = (region("us"), self.api.now(), OutageId(new_outage));
        let limits = BatchLimits { lines, bytes: 1 << 20 };
        let next = self.api.store.next_live(&us, limits, id, now).await.unwrap();
        let LiveNext::Send(request) = next else { panic!("no line is to be sent") };
        let (range, webhook_revision) = (request.batch.range, request.webhook_revision);
        let record = LiveRecord { range, webhook_revision, outcome, attempt: None };
        self.api.store.record_live(&us, record, id, now).await.unwrap();
    }

    /// The latest outage.
    pub(super) async fn latest(&self) -> Value {
        let page = self.api.send(get(OUTAGES)).await.expect(200).json();
        page["outages"][0].clone()
    }
}

/// The lane gives up for this reason.
pub(super) fn given_up(reason: replay_core::outage::OutageReason, detail: &str) -> LaneOutcome {
    LaneOutcome::GivenUp(OutageCause { reason, detail: Some(detail.to_owned()) })
}
