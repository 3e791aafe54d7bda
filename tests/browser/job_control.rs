//! A job under way: it is paused, continued, resumed and followed by another one.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use chrono::TimeDelta;
use replay_tests::{
    lines::{Line, Window},
    polling::until,
    receiver::{Receiver, Reply},
};

use crate::{
    browser::{Browser, journey},
    host::{Host, now},
    offline::running,
};

#[tokio::test]
async fn a_running_job_is_paused_and_continued_at_another_speed() {
    journey(async |browser, host| {
        let lines = many_lines();
        let (receiver, gate) = running(browser, host, &lines).await;
        browser.press("Pause").await;
        browser.wait_for_text("Paused: nothing is sent until it is continued").await;
        gate.open();
        browser.press("Continue").await;
        browser.wait_for_no_text("Paused").await;
        browser.wait_for_status("Completed").await;
        assert_eq!(receiver.acknowledged_text().lines().count(), lines.len());
    })
    .await;
}

#[tokio::test]
async fn the_speed_of_a_running_job_is_limited() {
    journey(async |browser, host| {
        let (_receiver, gate) = running(browser, host, &many_lines()).await;
        browser.click(&speed("100 entries per second")).await;
        until("a limit", async || {
            (host.api().progress().await["lines_per_second_limit"] == 100).then_some(())
        })
        .await;
        browser.click(&speed("Unlimited")).await;
        until("no limit", async || {
            host.api().progress().await["lines_per_second_limit"].is_null().then_some(())
        })
        .await;
        gate.open();
        browser.wait_for_status("Completed").await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_job_leads_to_setup_and_back_and_is_resumed_from_where_it_stopped() {
    journey(async |browser, host| {
        let lines = many_lines();
        let receiver = failing(browser, host, &lines).await;
        browser.wait_for_text("Check the Authorization in Setup, then resume.").await;
        browser.press("See Setup").await;
        browser.wait_for_text("Test delivery").await;
        browser.press("Back to Replay").await;
        receiver.is_well.store(true, Ordering::Relaxed);
        browser.press("Resume from where it stopped").await;
        browser.wait_for_status("Completed").await;
        browser.wait_for_text("Resumes a failed job.").await;
        assert_eq!(receiver.receiver.acknowledged_text().lines().count(), lines.len());
    })
    .await;
}

#[tokio::test]
async fn a_replay_that_waits_is_sent_once_when_the_one_before_it_has_ended() {
    journey(async |browser, host| {
        let lines = many_lines();
        let (receiver, gate) = running(browser, host, &lines).await;
        browser.press("Send when it has finished").await;
        browser.wait_for_text("is sent once the present replay has ended.").await;
        gate.open();
        browser.wait_for_no_text("is sent once the present replay has ended.").await;
        until("both replays", async || {
            let count = receiver.acknowledged_text().lines().count();
            (count == 2 * lines.len()).then_some(())
        })
        .await;
        browser.wait_for_status("Completed").await;
        until("two past jobs", async || {
            let history = host.api().get("x/replay/history").await.json();
            (history["jobs"].as_array().unwrap().len() == 2).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_past_job_is_sent_again_from_the_history() {
    journey(async |browser, host| {
        past(browser, host).await;
        browser.click("//*[contains(@class, 'history')]//summary").await;
        let before = host.api().job().await;
        browser.press("Send again").await;
        until("another job", async || {
            let job = host.api().job().await;
            let is_same = ["start_at", "end_at"].iter().all(|end| job[*end] == before[*end]);
            (job["id"] != before["id"] && is_same).then_some(())
        })
        .await;
        browser.wait_for_status("Completed").await;
        let entries = "return document.querySelectorAll('.history ol > li').length";
        until("two past jobs", async || (browser.script(entries, &[]).await == 2).then_some(()))
            .await;
    })
    .await;
}

/// A receiver that refuses all but the first request until it is well.
pub(crate) struct Failing {
    pub(crate) receiver: Receiver,
    pub(crate) is_well: Arc<AtomicBool>,
}

/// A job that has failed after some of its lines were acknowledged.
pub(crate) async fn failing(browser: &Browser, host: &Host, lines: &[Line]) -> Failing {
    let is_well = Arc::new(AtomicBool::new(false));
    let well = Arc::clone(&is_well);
    let receiver = Receiver::replying(move |request| {
        let accepts = request.number == 0 || well.load(Ordering::Relaxed);
        Reply::Status(if accepts { 200 } else { 401 })
    })
    .await;
    host.api().ingest(lines).await;
    host.api().point_at(&receiver.url()).await;
    browser.open(&host.link_at("from=now-1h")).await;
    browser.press("Send Replay").await;
    browser.wait_for_status("Failed").await;
    Failing { receiver, is_well }
}

/// A completed job, and the history open.
pub(crate) async fn past(browser: &Browser, host: &Host) {
    host.start_delivering().await;
    browser.open(&host.link_at("from=now-1h")).await;
    browser.press("Send Replay").await;
    browser.wait_for_status("Completed").await;
    browser.press("History").await;
    browser.wait_for_text("By org-admin, token ").await;
}

/// Lines of the last hour, in more batches than are in flight at the same time.
pub(crate) fn many_lines() -> Vec<Line> {
    let now = now();
    Window { start: now - TimeDelta::minutes(50), end: now - TimeDelta::minutes(5) }.filled(200)
}

fn speed(label: &str) -> String {
    format!("//select[starts-with(@aria-label, 'Speed')]/option[normalize-space()='{label}']")
}
