//! The receiver is away for a while, and what it missed is delivered by one key.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use chrono::TimeDelta;
use fantoccini::key::Key;
use replay_tests::{
    lines::Line,
    polling::until,
    receiver::{Receiver, Reply},
};
use serde_json::Value;

use crate::{
    browser::{Browser, journey},
    host::{Host, now},
};

#[tokio::test]
async fn the_missed_lines_of_an_outage_are_delivered_by_one_key_and_the_outage_vanishes() {
    journey(async |browser, host| {
        host.forward().await;
        let is_well = Arc::new(AtomicBool::new(false));
        let receiver = refusing_until(&is_well).await;
        let lines = break_down(host, &receiver).await;

        browser.open(&host.link()).await;
        browser.wait_for_text("Deliveries were refused: the webhook answered 401.").await;
        browser.wait_for_text("5 entries (").await;
        browser.wait_for_region("United States", "Inactive since ").await;
        is_well.store(true, Ordering::Relaxed);
        until("the outage ends", async || {
            let ended_at = latest(host).await?["ended_at"].clone();
            (!ended_at.is_null()).then_some(())
        })
        .await;
        browser.press("Refresh").await;
        // The line that was tried again has arrived.
        browser.wait_for_text("4 entries (").await;
        browser.wait_for_text("Send what was missed").await;
        let name = name_of_the_button(browser, "Send what was missed ").await;
        browser.tab_to(&name).await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Delivers what an outage missed.").await;
        browser.wait_for_status("Completed").await;
        browser.wait_for_no_text("Send what was missed").await;
        browser.wait_for_focus("Actions of the replay").await;
        let text: String = lines.into_iter().map(|line| line.text + "\n").collect();
        assert_eq!(receiver.acknowledged_text(), text);
    })
    .await;
}

/// A receiver that answers 401 until it is well.
pub(crate) async fn refusing_until(is_well: &Arc<AtomicBool>) -> Receiver {
    let is_well = Arc::clone(is_well);
    let code = move || if is_well.load(Ordering::Relaxed) { 200 } else { 401 };
    Receiver::replying(move |_| Reply::Status(code())).await
}

/// Forwards a line to a receiver that refuses it, and archives four more; returns all.
pub(crate) async fn break_down(host: &Host, receiver: &Receiver) -> Vec<Line> {
    host.api().point_at(&receiver.url()).await;
    // Lines that are dated before the webhook was enabled are not forwarded.
    let at = now() + TimeDelta::seconds(1);
    let lines: Vec<_> = (0..5).map(|number| Line::plain(number, at)).collect();
    host.api().ingest(&lines[..1]).await;
    let begun = async || latest(host).await.filter(|outage| outage["reason"] == "refused");
    until("the outage begins", begun).await;
    host.api().ingest(&lines[1..]).await;
    lines
}

/// The latest outage, if there is one that is not healed.
async fn latest(host: &Host) -> Option<Value> {
    let page = host.api().get("x/outages").await.json();
    page["outages"].get(0).filter(|outage| outage["healed_at"].is_null()).cloned()
}

/// The whole name of the first button whose name begins so.
async fn name_of_the_button(browser: &Browser, beginning: &str) -> String {
    let script =
        "return document.querySelector(`button[aria-label^=\"${arguments[0]}\"]`)?.ariaLabel";
    let label = async || browser.script(script, &[beginning.into()]).await;
    until("a button", async || label().await.as_str().map(str::to_owned)).await
}
