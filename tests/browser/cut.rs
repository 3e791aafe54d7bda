//! What a person sees while the network or the server is away, and that everything comes back by
//! itself.

use replay_tests::{
    lines::Line,
    receiver::{Gate, Receiver, Reply},
};
use serde_json::json;

use crate::{
    browser::{Browser, journey},
    host::{Host, last_hour, lines},
};

const LOST: &str = "net::ERR_";

#[tokio::test]
async fn a_job_under_way_is_shown_as_it_was_while_the_network_is_cut_and_then_to_its_end() {
    journey(async |browser, host| {
        browser.expect(LOST);
        let lines = lines();
        let (receiver, gate) = running(browser, host, &lines).await;
        cut(browser, true).await;
        browser.press("Refresh").await;
        browser.sees("The server could not be reached. What is shown was read before.").await;
        browser.sees_status("Running").await;
        gate.open();
        cut(browser, false).await;
        browser.sees_status("Completed").await;
        browser.sees_no("could not be reached").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_server_is_killed_is_shown_to_its_end_by_the_next_one() {
    journey(async |browser, host| {
        browser.expect(LOST);
        let lines = lines();
        let (receiver, gate) = running(browser, host, &lines).await;
        host.kill().await;
        browser.sees("The server could not be reached. What is shown was read before.").await;
        gate.open();
        host.revive().await;
        browser.sees_status("Completed").await;
        browser.sees_no("could not be reached").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn whether_a_replay_was_sent_is_not_known_without_an_answer_and_sending_again_works() {
    journey(async |browser, host| {
        browser.expect(LOST);
        let (receiver, lines) = host.delivering().await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.sees_status("Unconfigured").await;
        cut(browser, true).await;
        browser.press("Send Replay").await;
        browser.sees("It is not known whether the replay was sent.").await;
        assert_eq!(browser.value("Replay time range").await, "Last hour");
        cut(browser, false).await;
        browser.sees_no("What is shown was read before").await;
        browser.press("Send again").await;
        browser.sees_sent().await;
        browser.sees_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn a_change_that_was_not_answered_can_be_saved_again() {
    journey(async |browser, host| {
        browser.expect(LOST);
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "https://siem.example/audit").await;
        cut(browser, true).await;
        browser.press("Save").await;
        browser.sees("It is not known whether this was saved.").await;
        assert_eq!(browser.value("Endpoint").await, "https://siem.example/audit");
        cut(browser, false).await;
        browser.press("Save again").await;
        browser.sees("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_server_is_away_opens_when_it_is_back() {
    journey(async |browser, host| {
        unreachable(browser, host).await;
        host.revive().await;
        browser.sees_status("Unconfigured").await;
    })
    .await;
}

/// A page whose server has gone before it has said what it is.
pub(crate) async fn unreachable(browser: &Browser, host: &mut Host) {
    browser.expect(LOST);
    hold(browser, "*/api/x/server").await;
    browser.open(&host.link()).await;
    browser.sees("Local (").await;
    host.kill().await;
    release(browser).await;
    browser.sees("The server of this page cannot be reached.").await;
}

/// A job that runs until the gate is opened, and is seen to.
pub(crate) async fn running(browser: &Browser, host: &Host, lines: &[Line]) -> (Receiver, Gate) {
    let gate = Gate::closed();
    let held = gate.clone();
    let receiver = Receiver::replying(move |_| held.hold(Reply::Status(200))).await;
    host.api().ingest(lines).await;
    host.api().point_at(&receiver.url()).await;
    browser.open(&host.link_at("from=now-1h")).await;
    browser.press("Send Replay").await;
    browser.sees_status("Running").await;
    (receiver, gate)
}

/// Cuts the browser's network, or mends it.
pub(crate) async fn cut(browser: &Browser, offline: bool) {
    let network = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.driver.devtools("Network.enable", json!({})).await;
    browser.driver.devtools("Network.emulateNetworkConditions", network).await;
}

/// Holds back requests to addresses like that.
pub(crate) async fn hold(browser: &Browser, pattern: &str) {
    let patterns = json!({ "patterns": [{ "urlPattern": pattern }] });
    browser.driver.devtools("Fetch.enable", patterns).await;
}

/// Lets go of what was held back.
async fn release(browser: &Browser) {
    browser.driver.devtools("Fetch.disable", json!({})).await;
}
