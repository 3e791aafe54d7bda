//! What the page shows while the network or the server is away, and that it recovers by itself.

use replay_tests::{
    lines::Line,
    receiver::{Gate, Receiver},
};
use serde_json::json;

use crate::{
    browser::{Browser, journey},
    host::{Host, last_hour, lines},
};

const LOST: &str = "net::ERR_";

#[tokio::test]
async fn a_running_job_stays_shown_while_offline_and_is_watched_to_its_end_afterwards() {
    journey(async |browser, host| {
        browser.expect_log(LOST);
        let lines = lines();
        let (receiver, gate) = running(browser, host, &lines).await;
        cut(browser, true).await;
        browser.press("Refresh").await;
        browser
            .wait_for_text("The server could not be reached. What is shown was read before.")
            .await;
        browser.wait_for_status("Running").await;
        gate.open();
        cut(browser, false).await;
        browser.wait_for_status("Completed").await;
        browser.wait_for_no_text("could not be reached").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn a_job_is_watched_to_its_end_across_a_restart_of_the_server() {
    journey(async |browser, host| {
        browser.expect_log(LOST);
        let lines = lines();
        let (receiver, gate) = running(browser, host, &lines).await;
        host.kill().await;
        browser
            .wait_for_text("The server could not be reached. What is shown was read before.")
            .await;
        gate.open();
        host.restart().await;
        browser.wait_for_status("Completed").await;
        browser.wait_for_no_text("could not be reached").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn a_replay_without_a_response_is_shown_as_uncertain_and_can_be_sent_again() {
    journey(async |browser, host| {
        browser.expect_log(LOST);
        let (receiver, lines) = host.start_delivering().await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.wait_for_status("No replay yet").await;
        cut(browser, true).await;
        browser.press("Send Replay").await;
        browser.wait_for_text("It is not known whether the replay was sent.").await;
        browser.wait_for_applied_range("Last hour").await;
        cut(browser, false).await;
        browser.wait_for_no_text("What is shown was read before").await;
        browser.press("Send again").await;
        browser.wait_for_accepted_replay().await;
        browser.wait_for_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn a_change_without_a_response_can_be_saved_again() {
    journey(async |browser, host| {
        browser.expect_log(LOST);
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "https://siem.example/audit").await;
        cut(browser, true).await;
        browser.press("Save").await;
        browser.wait_for_text("It is not known whether this was saved.").await;
        assert_eq!(browser.value("Endpoint").await, "https://siem.example/audit");
        cut(browser, false).await;
        browser.press("Save again").await;
        browser.wait_for_text("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_server_is_down_recovers_after_the_restart() {
    journey(async |browser, host| {
        unreachable(browser, host).await;
        host.restart().await;
        browser.wait_for_status("No replay yet").await;
    })
    .await;
}

/// A page whose server stops before it has reported its mode.
pub(crate) async fn unreachable(browser: &Browser, host: &mut Host) {
    browser.expect_log(LOST);
    hold_description(browser).await;
    browser.open(&host.link()).await;
    browser.wait_for_text("Local (").await;
    host.kill().await;
    release(browser).await;
    browser.wait_for_text("The server of this page cannot be reached.").await;
}

/// A job that runs until the gate is opened, shown by the page.
pub(crate) async fn running(browser: &Browser, host: &Host, lines: &[Line]) -> (Receiver, Gate) {
    let gate = Gate::closed();
    let receiver = Receiver::holding(&gate).await;
    host.api().ingest(lines).await;
    host.api().point_at(&receiver.url()).await;
    browser.open(&host.link_at("from=now-1h")).await;
    browser.press("Send Replay").await;
    browser.wait_for_status("Running").await;
    (receiver, gate)
}

/// Disconnects the browser's network, or connects it again.
pub(crate) async fn cut(browser: &Browser, offline: bool) {
    let network = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.driver.devtools("Network.enable", json!({})).await;
    browser.driver.devtools("Network.emulateNetworkConditions", network).await;
}

/// Hides the description of the server that is in the document, and holds back the request for it.
pub(crate) async fn hold_description(browser: &Browser) {
    let hide = "const find = Document.prototype.getElementById;
        Document.prototype.getElementById = function (id) {
            return id === 'server' ? null : find.call(this, id);
        };";
    let script = json!({ "source": hide });
    browser.driver.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    hold(browser, "*/api/x/server").await;
}

/// Holds back requests whose URL matches the pattern.
pub(crate) async fn hold(browser: &Browser, pattern: &str) {
    let patterns = json!({ "patterns": [{ "urlPattern": pattern }] });
    browser.driver.devtools("Fetch.enable", patterns).await;
}

/// Lets the held requests go.
async fn release(browser: &Browser) {
    browser.driver.devtools("Fetch.disable", json!({})).await;
}
