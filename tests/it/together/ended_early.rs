//! A job that is cancelled, or fails and is resumed.

use replay_core::job::Step;
use replay_server::engine::{Deliveries, Next};
use replay_tests::{
    receiver::{Receiver, Reply},
    stepping::step,
};

use super::{
    browser::{Browser, PAGE},
    engine::{engine, with_missed_lines},
};
use crate::contract::server::{ADMIN, Api, region};

#[tokio::test]
async fn a_cancelled_job_is_shown_as_failed_with_a_reason() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().send).await;
    browser.press(browser.replay().rows[0].cancel.clone().unwrap()).await;
    assert_eq!(browser.mutation_notice(), "The cancellation was accepted.");
    let row = &browser.replay().rows[0];
    assert_eq!(row.meaning, "The replay has ended early. Reason: it was cancelled.");
    assert_eq!(row.cancel, None);
    browser.advance_time(60).await;
    assert!(browser.is_at_rest());
}

#[tokio::test]
async fn a_failed_job_is_resumed_where_it_ended() {
    let receiver =
        Receiver::replying(|delivery| Reply::Status(if delivery.number == 1 { 401 } else { 204 }));
    let receiver = receiver.await;
    let api = with_missed_lines(&receiver).await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().send).await;
    let (engine, mut deliveries) = (engine(&api), Deliveries::default());
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {}
    browser.advance_time(4).await;
    let row = browser.replay().rows[0].clone();
    assert_eq!(row.meaning, "The replay has ended early. Reason: the webhook answered 401.");

    browser.press(row.resume.unwrap()).await;
    assert_eq!(browser.mutation_notice(), "The replay was resumed.");
    assert!(browser.replay().rows[0].meaning.ends_with(" Resumes a failed job."));
    while step(&engine, &region("us"), &mut deliveries).await != Next::Settled {}
    browser.advance_time(4).await;
    let row = &browser.replay().rows[0];
    assert_eq!(row.meaning, "Completed. 2 entries were delivered. Resumes a failed job.");
    assert_eq!(row.resume, None);
    assert_eq!(receiver.line_counts(), [10, 2, 2]);
}

#[tokio::test]
async fn a_cancelled_running_job_is_watched_until_it_settles() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().rows[0].cancel.clone().unwrap()).await;
    assert_eq!(browser.replay().rows[0].status.as_ref().unwrap().word, "Running");
    api.advance("us", Step::Fail("it was cancelled".to_owned())).await;
    browser.advance_time(2).await;
    assert_eq!(browser.replay().rows[0].status.as_ref().unwrap().word, "Failed");
}
