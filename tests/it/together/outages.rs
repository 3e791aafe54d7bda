//! The lines that live forwarding missed, as the page shows them and delivers them.

use replay_page::view::{Action, Readiness};
use replay_server::{
    auth::Role,
    engine::{Deliveries, Next},
};
use replay_tests::{app_state::loopback, receiver::Receiver, stepping::step};
use serde_json::json;

use super::{
    browser::{Browser, PAGE},
    engine::engine,
};
use crate::contract::{
    forwarded::Forwarded,
    request::{JOB, WEBHOOK, line, patch, put, span},
    server::{ADMIN, Api, region},
};

#[tokio::test]
async fn one_click_delivers_what_was_missed_and_the_outage_vanishes() {
    let receiver = Receiver::accepting().await;
    let run = Forwarded::over(Api::set_up(|app| app.egress = loopback())).await;
    let webhook = json!({"endpoint": receiver.url(), "authorization": ""});
    run.api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
    run.outage_with([30, 10, 20]).await;
    run.ingest([15]).await;

    let mut browser = Browser::signed_in(&run.api, PAGE, ADMIN).await;
    let [shown] = &browser.replay().outages[..] else { panic!("{:?}", browser.replay()) };
    let bytes: usize = [10, 20, 30].map(|second| line(second).len()).iter().sum();
    let text = format!(
        "3 entries ({bytes} B) were not delivered at today 13:00. \
         The webhook was disabled."
    );
    assert_eq!(shown.text, text);
    browser.press(heal(&browser)).await;
    assert_eq!(browser.mutation_notice(), "The replay of the missed entries was accepted.");
    let window = "Today 12:00:10 – 12:00:30";
    assert_eq!(browser.jobs(), [format!("United States: Accepted {window}")]);
    let meaning = browser.replay().rows[0].meaning.clone();
    assert!(meaning.ends_with(" Delivers what an outage missed."), "{meaning}");
    let waiting = Readiness::Unavailable("A replay is waiting to start.".to_owned());
    assert_eq!(heal(&browser).state, waiting);

    let (engine, mut deliveries) = (engine(&run.api), Deliveries::default());
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {
        browser.advance_time(4).await;
    }
    browser.advance_time(4).await;
    assert_eq!(browser.jobs(), [format!("United States: Completed {window}")]);
    assert_eq!(browser.replay().outages, []);
    assert_eq!(browser.mutation_notice(), "");
    assert!(browser.is_at_rest());
    let missed: Vec<_> = [10, 20, 30].map(|second| line(second) + "\n").into();
    assert_eq!(receiver.acknowledged_text(), missed.concat());
}

#[tokio::test]
async fn an_outage_that_ends_is_offered_without_a_refresh() {
    let run = Forwarded::new().await;
    run.set_enabled(false).await;
    run.ingest([10]).await;
    let mut browser = Browser::signed_in(&run.api, PAGE, ADMIN).await;
    let open = &browser.replay().outages[0];
    assert_eq!((open.text.contains(" not delivered since "), &open.action), (true, &None));
    run.set_enabled(true).await;
    browser.advance_time(30).await;
    assert_eq!(heal(&browser).state, Readiness::Ready);
}

#[tokio::test]
async fn a_delivery_that_another_job_prevents_says_so() {
    let run = Forwarded::new().await;
    run.outage_with([10]).await;
    let mut browser = Browser::signed_in(&run.api, PAGE, ADMIN).await;
    let offered = heal(&browser);
    run.api.run("us").await;
    browser.press(offered).await;
    let notice = browser.mutation_notice();
    let refused = "The replay was not sent. A replay job is currently running";
    assert!(notice.starts_with(refused), "{notice}");
    let running = Readiness::Unavailable("A replay is running.".to_owned());
    assert_eq!(heal(&browser).state, running);
}

#[tokio::test]
async fn an_outage_that_another_clients_replay_covers_vanishes_without_a_refresh() {
    let receiver = Receiver::accepting().await;
    let run = Forwarded::over(Api::set_up(|app| app.egress = loopback())).await;
    let webhook = json!({"endpoint": receiver.url(), "authorization": ""});
    run.api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
    run.outage_with([10]).await;
    let mut browser = Browser::signed_in(&run.api, PAGE, ADMIN).await;
    let theirs = span("2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z");
    run.api.send(put(JOB).json(&theirs)).await.expect(202);
    let (engine, mut deliveries) = (engine(&run.api), Deliveries::default());
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {}
    browser.advance_time(30).await;
    assert_eq!(browser.replay().outages, []);
}

#[tokio::test]
async fn a_reader_sees_outages_and_cannot_deliver_their_lines() {
    let run = Forwarded::new().await;
    run.outage_with([10]).await;
    let reader = run.api.token(Role::ReadOnly, &[]).await;
    let mut browser = Browser::signed_in(&run.api, PAGE, &reader).await;
    let refused = heal(&browser);
    let Readiness::Unavailable(reason) = &refused.state else { panic!("{refused:?}") };
    assert!(reason.starts_with("The token's role, read-only, cannot"), "{reason}");
    let sent = browser.requests.len();
    browser.update(refused.msg).await;
    assert_eq!(browser.requests.len(), sent);
}

#[tokio::test]
async fn a_region_without_outages_shows_none() {
    let run = Forwarded::new().await;
    run.outage_with([]).await;
    let browser = Browser::signed_in(&run.api, PAGE, ADMIN).await;
    let mut requests = browser.requests.clone();
    // What the timeline shows says nothing of outages.
    requests.retain(|request| !request.contains("/x/replay/"));
    assert_eq!(requests, ["GET /api/x/server", "GET /api/x/overview"]);
    assert_eq!(browser.replay().outages, []);
}

/// The button of the first outage.
fn heal(browser: &Browser<'_>) -> Action {
    browser.replay().outages[0].action.clone().unwrap()
}
