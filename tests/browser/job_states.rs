//! The states of a job under way and of the history, checked for accessibility and overflow.

use crate::{
    appearance::state,
    job_control::{failing, many_lines, past},
    offline::running,
};

#[tokio::test]
async fn a_paused_job_is_accessible() {
    state("paused", async |browser, host| {
        running(browser, host, &many_lines()).await;
        browser.press("Pause").await;
        browser.wait_for_text("Paused: nothing is sent until it is continued").await;
    })
    .await;
}

#[tokio::test]
async fn a_replay_that_waits_for_another_is_accessible() {
    state("waiting-send", async |browser, host| {
        running(browser, host, &many_lines()).await;
        browser.press("Send when it has finished").await;
        browser.wait_for_text("is sent once the present replay has ended.").await;
    })
    .await;
}

#[tokio::test]
async fn the_history_is_accessible() {
    state("history", async |browser, host| {
        past(browser, host).await;
        browser.click("//*[contains(@class, 'history')]//summary").await;
    })
    .await;
}

#[tokio::test]
async fn setup_that_a_failed_job_leads_to_is_accessible() {
    state("setup-from-failure", async |browser, host| {
        failing(browser, host, &many_lines()).await;
        browser.press("See Setup").await;
        browser.wait_for_text("Back to Replay").await;
    })
    .await;
}
