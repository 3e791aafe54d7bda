//! Every state that the page can be in, each reached as a person comes to it, and looked at.

use chrono::TimeDelta;
use replay_tests::{
    lines::Window,
    receiver::{Gate, Receiver, Reply},
};

use crate::{
    browser::{Browser, journey, until},
    cut::{cut, hold, running, unreachable},
    host::{Host, lines, now},
    look::state,
    many::sees_in_row,
    signing_in::sign_in,
};

#[tokio::test]
async fn the_page_before_its_program_has_arrived() {
    state("shell", async |browser, host| {
        hold(browser, "*_bg.wasm").await;
        browser.open(&host.link()).await;
        browser.sees("Audit Logs Setup").await;
        browser.sees("Loading…").await;
        let drawn = "return document.querySelector('[name=clocks]') !== null";
        assert_eq!(browser.script(drawn, &[]).await, false, "the program has drawn already");
        let painted = "return performance.getEntriesByName('first-contentful-paint').length";
        until("a first paint", async || (browser.script(painted, &[]).await == 1).then_some(()))
            .await;
    })
    .await;
}

#[tokio::test]
async fn waiting_for_the_server() {
    state("waiting", async |browser, host| {
        hold(browser, "*/api/x/server").await;
        browser.open(&host.link()).await;
        browser.sees("Local (").await;
        browser.sees("Loading…").await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_cannot_be_reached() {
    state("unreachable", async |browser, host| unreachable(browser, host).await).await;
}

#[tokio::test]
async fn the_dialog_for_a_token() {
    state("sign-in", async |browser, host| {
        browser.open(&host.url()).await;
        browser.sees("Enter a token").await;
    })
    .await;
}

#[tokio::test]
async fn the_dialog_after_a_token_that_was_not_accepted() {
    state("sign-in-rejected", async |browser, host| {
        browser.expect("401 (Unauthorized)");
        browser.open(&host.url()).await;
        sign_in(browser, "a-token-of-nobody").await;
        browser.sees_beside("Token", "did not accept the token").await;
    })
    .await;
}

#[tokio::test]
async fn nobody_signed_in() {
    state("signed-out", async |browser, host| {
        browser.open(&host.url()).await;
        browser.press("Cancel").await;
        browser.sees_no("Enter a token").await;
    })
    .await;
}

#[tokio::test]
async fn no_job_yet() {
    state("unconfigured", async |browser, host| {
        browser.open(&host.link()).await;
        browser.sees_status("Unconfigured").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_being_sent() {
    state("sending", async |browser, host| sending(browser, host).await).await;
}

#[tokio::test]
async fn nothing_moves_for_whoever_wants_no_motion() {
    journey(async |browser, host| {
        sending(browser, host).await;
        let moving = "return document.getAnimations().length > 0";
        until("something turns", async || {
            (browser.script(moving, &[]).await == true).then_some(())
        })
        .await;
        browser.prefers(&[("prefers-reduced-motion", "reduce")]).await;
        assert_eq!(browser.script(moving, &[]).await, false);
    })
    .await;
}

#[tokio::test]
async fn a_job_under_way() {
    state("running", async |browser, host| {
        running(browser, host, &lines()).await;
    })
    .await;
}

#[tokio::test]
async fn a_completed_job() {
    state("completed", async |browser, host| {
        let receiver = Receiver::accepting().await;
        let eu = host.api().in_region("eu");
        let window =
            Window { start: now() - TimeDelta::hours(9), end: now() - TimeDelta::hours(3) };
        eu.ingest(&window.filled(20)).await;
        eu.replay_to(&receiver, window).await;
        host.api().ingest(&lines()).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link_at("from=now-24h")).await;
        browser.press("Send Replay").await;
        browser.sees_status("Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_job() {
    state("failed", async |browser, host| {
        let receiver = Receiver::replying(|_| Reply::Status(401)).await;
        host.api().ingest(&lines()).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.press("Send Replay").await;
        browser.sees_status("Failed").await;
        browser.sees("Inactive").await;
    })
    .await;
}

#[tokio::test]
async fn a_range_that_is_not_applied() {
    state("drafted", async |browser, host| {
        browser.open(&host.link()).await;
        browser.sees_status("Unconfigured").await;
        browser.choose("Replay time range", "Last 6 hours").await;
        browser.sees("Apply the range first.").await;
    })
    .await;
}

#[tokio::test]
async fn a_custom_range_with_faults() {
    state("custom-faults", async |browser, host| {
        browser.open(&host.link_at("from=yesterday&to=2026-02-30%2010:00")).await;
        browser.sees_beside("From", "From must be ").await;
        browser.sees_beside("To", "To must be ").await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_who_cannot_send() {
    state("forbidden", async |browser, host| {
        host.api().point_at(&Receiver::accepting().await.url()).await;
        let [_, token] = host.token(&["read-only"]).await;
        browser.open(&host.url()).await;
        sign_in(browser, &token).await;
        browser.sees_status("Unconfigured").await;
        browser.sees("The token's role, read-only, cannot").await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost() {
    state("lost-answer", async |browser, host| {
        browser.expect("net::ERR_");
        host.api().point_at(&Receiver::accepting().await.url()).await;
        browser.open(&host.link()).await;
        browser.sees_status("Unconfigured").await;
        cut(browser, true).await;
        browser.press("Send Replay").await;
        browser.sees("It is not known whether the replay was sent.").await;
        browser.sees("What is shown was read before.").await;
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_server_is_away() {
    state("offline", async |browser, host| {
        browser.expect("net::ERR_");
        running(browser, host, &lines()).await;
        cut(browser, true).await;
        browser.press("Refresh").await;
        browser.sees("What is shown was read before.").await;
    })
    .await;
}

#[tokio::test]
async fn all_regions() {
    state("all-regions", async |browser, host| {
        browser.expect("409 (Conflict)");
        let (us, eu) = (host.api(), host.api().in_region("eu"));
        let (gate, lines) = (Gate::closed(), lines());
        let busy = Receiver::replying(move |_| gate.hold(Reply::Status(200))).await;
        us.ingest(&lines).await;
        us.point_at(&Receiver::accepting().await.url()).await;
        eu.ingest(&lines).await;
        eu.point_at(&busy.url()).await;
        eu.replay(Window { start: now() - TimeDelta::hours(1), end: now() }).await;
        busy.wait_for_requests(1).await;
        browser.open(&host.link_at("region=global&from=now-1h")).await;
        sees_in_row(browser, "Europe", "Running").await;
        browser.press("Send Replay").await;
        browser.press("Send").await;
        sees_in_row(browser, "Europe", "The replay was not sent.").await;
        sees_in_row(browser, "United States", "Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_was_never_set_up() {
    state("setup-empty", async |browser, host| {
        browser.open(&host.link_at("tab=setup")).await;
        browser.sees("Nothing was delivered yet.").await;
        browser.sees("Save an endpoint first.").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_with_faults() {
    state("setup-faults", async |browser, host| {
        browser.expect("400 (Bad Request)");
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "siem.example").await;
        browser.fill("Authorization", "Splunk é").await;
        browser.tick("Skip TLS verification").await;
        browser.press("Save").await;
        browser.sees_beside("Endpoint", "Endpoint ").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_was_saved() {
    state("setup-saved", async |browser, host| {
        browser.open(&host.link_at("tab=setup")).await;
        browser.fill("Endpoint", "https://siem.example/audit").await;
        browser.fill("Authorization", "Splunk 1").await;
        browser.press("Save").await;
        browser.sees("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_took_a_test() {
    state("setup-tested", async |browser, host| tested(browser, host, 200).await).await;
}

#[tokio::test]
async fn a_webhook_that_did_not_take_a_test() {
    state("setup-tested-in-vain", async |browser, host| tested(browser, host, 500).await).await;
}

/// A job whose answer is not let through.
async fn sending(browser: &Browser, host: &Host) {
    host.api().point_at(&Receiver::accepting().await.url()).await;
    browser.open(&host.link()).await;
    browser.sees_status("Unconfigured").await;
    hold(browser, "*/audit-log-replay-job").await;
    browser.press("Send Replay").await;
    let busy = "//button[normalize-space()='Send Replay'][@aria-busy]";
    browser.does("Send Replay", busy, async |_| Ok(())).await;
}

/// A webhook whose receiver answers a test so.
async fn tested(browser: &Browser, host: &Host, code: u16) {
    let receiver = Receiver::replying(move |_| Reply::Status(code)).await;
    host.api().point_at(&receiver.url()).await;
    browser.open(&host.link_at("tab=setup")).await;
    browser.press("Test delivery").await;
    browser.sees(&format!("the receiver answered {code}")).await;
    browser.sees("Last delivery ").await;
}
