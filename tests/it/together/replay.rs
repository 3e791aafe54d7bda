//! A replay is sent and watched, from opening the page to the last line.

use chrono::TimeDelta;
use replay_core::job::Step;
use replay_page::view::Tone;
use replay_server::engine::{Deliveries, Next};
use replay_tests::{
    app_state::loopback,
    receiver::{Receiver, Reply},
    stepping::step,
};
use serde_json::json;

use super::{
    browser::{Browser, PAGE},
    engine::{engine, with_missed_lines},
};
use crate::contract::{
    request::{INGEST, JOB, WEBHOOK, get, line, patch, post, put, span},
    server::{ADMIN, Api, region},
};

#[tokio::test]
async fn a_replay_takes_two_clicks_and_is_watched_until_every_line_has_arrived() {
    let receiver = Receiver::accepting().await;
    let api = Api::set_up(|app| app.egress = loopback());
    let webhook = json!({"endpoint": receiver.url(), "enabled": true});
    api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
    let missed = [line(3_000), line(3_001)].join("\n");
    api.send(post(INGEST).with("content-type", "text/plain").body(missed)).await.expect(202);

    let mut browser = Browser::open(&api, PAGE).await;
    let dialog = browser.view().dialog.unwrap();
    assert_eq!(
        dialog.text,
        "Enter a token of this server. It is forgotten with this page, unless you tick the box."
    );
    browser.sign_in(ADMIN).await;
    assert_eq!(browser.view().dialog, None);
    assert_eq!(browser.view().account.unwrap().text.as_deref(), Some("org-admin"));
    assert_eq!(browser.opened().heading, "United States");
    assert_eq!(browser.replay().picker.choice, "Last 15 minutes");
    assert_eq!(browser.jobs(), ["United States: Unconfigured"]);

    browser.press(browser.replay().send).await;
    let answer = browser.replay().mutation_notice.unwrap();
    assert_eq!(answer.tone, Tone::Good);
    let window = "Today 12:45 – 13:00";
    let accepted = format!("The replay was accepted: {}.", window.to_lowercase());
    assert_eq!(answer.text, accepted);
    assert_eq!(browser.jobs(), [format!("United States: Accepted {window}")]);

    let (engine, mut deliveries) = (engine(&api), Deliveries::default());
    let mut seen = Vec::new();
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {
        browser.advance_time(30).await;
        seen.extend(browser.replay().rows[0].status.clone().map(|badge| badge.word));
    }
    assert_eq!(seen, ["Pending", "Running", "Completed"]);
    assert_eq!(browser.jobs(), [format!("United States: Completed {window}")]);
    let delivered = "Completed. 2 entries were delivered.";
    assert_eq!(browser.replay().rows[0].meaning, delivered);
    assert_eq!(browser.mutation_notice(), "", "a replay that has ended is still announced");
    assert_eq!(browser.view().announcement, "United States: Completed");
    assert_eq!(browser.opened().regions[0].webhook.as_ref().unwrap().word, "Active");
    assert!(browser.is_at_rest());
    let sent: usize = receiver.line_counts().into_iter().sum();
    assert_eq!(sent, 2);
}

#[tokio::test]
async fn a_reload_during_a_job_shows_the_same() {
    let api = Api::new();
    api.enable("eu").await;
    api.run("eu").await;
    let link = format!("{PAGE}?region=eu&tab=replay&from=now-6h&to=2026-11-23T12:00:00Z");
    let mut browser = Browser::signed_in(&api, &link, ADMIN).await;
    let before = browser.view();
    assert_eq!(browser.jobs(), ["Europe: Running Today 12:00 – 13:00"]);
    assert_eq!(browser.replay().picker.choice, "now-6h to 2026-11-23 13:00");
    browser.reload().await;
    assert_eq!(browser.view(), before);
    assert_eq!(browser.address(), link);

    api.advance("eu", Step::Complete).await;
    browser.advance_time(2).await;
    assert_eq!(browser.replay().rows[0].status.as_ref().unwrap().word, "Completed");
}

#[tokio::test]
async fn the_sent_timeframe_follows_the_servers_clock() {
    let api = Api::new();
    api.enable("us").await;
    for hours in [-30, -1, 1, 30] {
        let skew = TimeDelta::hours(hours);
        let mut browser = Browser::open_with(&api, PAGE, skew, None).await;
        browser.sign_in(ADMIN).await;
        browser.press(browser.replay().send).await;
        let job = api.send(get(JOB)).await;
        assert_eq!(job.text("start_at"), "2026-11-23T11:45:00Z");
        assert_eq!(job.text("end_at"), "2026-11-23T12:00:00Z");
    }
}

#[tokio::test]
async fn the_oldest_selectable_range_is_accepted() {
    let api = Api::set_up(|app| app.policy.grace = TimeDelta::zero());
    api.enable("us").await;
    let link = format!("{PAGE}?from=now-7d&to=now");
    let mut browser = Browser::signed_in(&api, &link, ADMIN).await;
    assert!(browser.replay().kept_inside.unwrap().starts_with("From is moved to 16 Nov 13:01"));
    browser.press(browser.replay().send).await;
    let window = "16 Nov 13:01 – today 13:00";
    assert_eq!(browser.mutation_notice(), format!("The replay was accepted: {window}."));
}

#[tokio::test]
async fn a_job_of_another_client_is_shown_without_a_refresh() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    let theirs = span("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z");
    api.send(put(JOB).json(&theirs)).await.expect(202);
    assert_eq!(browser.jobs(), ["United States: Unconfigured"]);
    browser.advance_time(30).await;
    assert_eq!(browser.jobs(), ["United States: Accepted Today 09:00 – 10:00"]);
    assert!(!browser.is_at_rest());
}

#[tokio::test]
async fn a_running_job_shows_the_delivered_lines_and_the_failing_webhook() {
    let receiver = Receiver::replying(|delivery| {
        Reply::Full(if delivery.number == 0 { 204 } else { 503 }, "", "")
    });
    let receiver = receiver.await;
    let api = with_missed_lines(&receiver).await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().send).await;

    let (engine, mut deliveries) = (engine(&api), Deliveries::default());
    while receiver.requests().is_empty() {
        step(&engine, &region("us"), &mut deliveries).await;
    }
    browser.advance_time(4).await;
    let meaning = |browser: &Browser<'_>| browser.replay().rows[0].meaning.clone();
    let webhook = |browser: &Browser<'_>| browser.opened().regions[0].webhook.clone().unwrap();
    let amount = |browser: &Browser<'_>| browser.replay().rows[0].progress.clone().unwrap().amount;
    assert_eq!(meaning(&browser), "The replay is running.");
    assert_eq!(amount(&browser), "10 of 12 entries (83 %)");
    assert_eq!(webhook(&browser).word, "Active");
    while !matches!(step(&engine, &region("us"), &mut deliveries).await, Next::In(_)) {}
    browser.advance_time(4).await;
    assert_eq!(meaning(&browser), "The webhook answered 503; retrying.");
    assert_eq!(webhook(&browser).word, "Inactive");
}

#[tokio::test]
async fn retrying_a_relative_range_sends_the_same_timeframe() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().send).await;
    api.advance("us", Step::Fail("the webhook answered 401".to_owned())).await;
    let failed = "United States: Failed Today 12:45 – 13:00";
    browser.advance_time(1_800).await;
    assert_eq!(browser.jobs(), [failed]);
    browser.press(browser.replay().rows[0].resend.clone().unwrap()).await;
    assert_eq!(browser.jobs(), [failed.replace("Failed", "Accepted")]);
    let answer = browser.mutation_notice();
    let window = "today 12:45 – 13:00";
    assert_eq!(answer, format!("The replay was accepted: {window}."));
    assert_eq!(browser.replay().rows[0].resend, None);
}

#[tokio::test]
async fn a_job_without_entries_is_shown_as_empty() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().send).await;
    let (engine, mut deliveries) = (engine(&api), Deliveries::default());
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {}
    browser.advance_time(4).await;
    let row = &browser.replay().rows[0];
    assert_eq!(row.meaning, "Completed. There were no entries in this time range.");
}

#[tokio::test]
async fn the_page_shows_the_endpoint_of_the_delivery() {
    let (first, second) = (Receiver::accepting().await, Receiver::accepting().await);
    let api = Api::set_up(|app| app.egress = loopback());
    let point_at = async |url: String| {
        let webhook = json!({"endpoint": url, "enabled": true});
        api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
    };
    point_at("https://siem.example.com/old".to_owned()).await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    point_at(first.url()).await;
    browser.press(browser.replay().send).await;
    let destination = format!("To this region's webhook, {}", first.url());
    assert_eq!(browser.replay().destination, destination);
    assert_eq!(browser.replay().rows[0].destination, None, "a job that has not started");

    let (engine, mut deliveries) = (engine(&api), Deliveries::default());
    for _ in ["schedule", "start"] {
        step(&engine, &region("us"), &mut deliveries).await;
    }
    point_at(second.url()).await;
    browser.advance_time(4).await;
    let to_first = first.url().split('?').next().map(|url| format!("To {url}"));
    assert_eq!(browser.replay().rows[0].destination, to_first);
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {}
    browser.advance_time(4).await;
    assert_eq!(browser.jobs()[0].split_whitespace().nth(2), Some("Completed"));
    assert_eq!(browser.replay().rows[0].destination, to_first);
}
