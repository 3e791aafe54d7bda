//! The states of a page with outages, checked for accessibility and overflow.

use core::sync::atomic::AtomicBool;
use std::sync::Arc;

use serde_json::json;

use crate::{
    appearance::state,
    host::lines,
    outages::{break_down, refusing_until},
};

#[tokio::test]
async fn an_open_outage_and_an_ended_one_are_accessible() {
    state("outages", async |browser, host| {
        host.forward().await;
        let receiver = refusing_until(&Arc::new(AtomicBool::new(false))).await;
        let api = host.api();
        api.point_at(&receiver.url()).await;
        api.patch(json!({"enabled": false})).await;
        api.ingest(&lines()).await;
        break_down(host, &receiver).await;
        browser.open(&host.link()).await;
        browser.wait_for_text("The webhook was disabled.").await;
        browser.wait_for_text("Deliveries were refused").await;
        browser.wait_for_text("Inactive since").await;
    })
    .await;
}
