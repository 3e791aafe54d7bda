//! Choosing a window on the timeline by keyboard, mouse and touch.

use chrono::TimeDelta;
use fantoccini::key::Key;
use replay_tests::{lines::Line, polling::until};

use crate::{
    browser::journey,
    host::now,
    timeline_input::{
        announcements, days_of_lines, drag, focus, left_arrow, open, pointer, record_announcements,
        slider, wait_for_change, window,
    },
};

#[tokio::test]
async fn each_slider_is_moved_by_its_keys_and_the_window_is_sent_only_after_apply() {
    journey(async |browser, host| {
        let lines = days_of_lines();
        host.api().ingest(&lines).await;
        let receiver = replay_tests::receiver::Receiver::accepting().await;
        host.api().point_at(&receiver.url()).await;
        open(browser, host).await;

        focus(browser, "timeline-start").await;
        let hours = window(browser).await;
        browser.key(Key::Home).await;
        let whole = wait_for_change(browser, &hours).await;
        browser.key(Key::Right).await;
        let one_bucket_later = wait_for_change(browser, &whole).await;
        browser.key_with(Key::Shift, Key::Left.into()).await;
        wait_for_change(browser, &one_bucket_later).await;

        focus(browser, "timeline-end").await;
        browser.key(Key::Home).await;
        until("an empty window", async || {
            let place = |id| slider(browser, id);
            (place("timeline-start").await == place("timeline-end").await).then_some(())
        })
        .await;
        browser.key(Key::End).await;
        until("the end", async || (slider(browser, "timeline-end").await == 10_000).then_some(()))
            .await;

        focus(browser, "timeline-whole").await;
        let before = window(browser).await;
        browser.key(Key::PageDown).await;
        wait_for_change(browser, &before).await;
        focus(browser, "timeline-start").await;
        browser.key(Key::Home).await;

        browser.wait_for_text("Apply the time range first.").await;
        assert_eq!(receiver.requests().len(), 0);
        browser.click("//*[@class='timeline-head']//button[normalize-space()='Apply']").await;
        browser.wait_for_no_text("Apply the time range first.").await;
        browser.wait_for_focus("The whole time range").await;
        browser.press("Send Replay").await;
        browser.wait_for_status("Completed").await;
        assert!(!receiver.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_released_key_is_announced_once_and_a_held_one_is_not_announced_at_each_step() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        focus(browser, "timeline-start").await;
        record_announcements(browser).await;
        for _ in 0..3 {
            left_arrow(browser, "keydown").await;
        }
        assert_eq!(announcements(browser).await, [""; 0]);
        left_arrow(browser, "keyup").await;
        until("an announcement", async || {
            announcements(browser)
                .await
                .first()
                .filter(|text| text.contains("Not applied."))
                .map(drop)
        })
        .await;
        assert_eq!(announcements(browser).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_window_is_dragged_by_mouse_and_by_touch_and_announced_once() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        record_announcements(browser).await;
        let mut before = window(browser).await;
        for (touch, from, to) in [(false, 0.3, 0.5), (true, 0.8, 0.6)] {
            drag(browser, touch, from, to).await;
            before = wait_for_change(browser, &before).await;
            browser.wait_for_text("Apply the time range first.").await;
            let start = slider(browser, "timeline-start").await;
            let end = slider(browser, "timeline-end").await;
            let near = |place: i64, share: f64| {
                let place = f64::from(i32::try_from(place).unwrap()) / 10_000.0;
                (place - share).abs() < 0.02
            };
            assert!(
                near(start, f64::min(from, to)) && near(end, f64::max(from, to)),
                "{start} {end}"
            );
        }
        assert_eq!(announcements(browser).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn two_clicks_choose_a_window_and_escape_cancels_a_drag() {
    journey(async |browser, host| {
        host.api().ingest(&days_of_lines()).await;
        open(browser, host).await;
        let before = window(browser).await;
        drag(browser, false, 0.4, 0.4).await;
        let first = wait_for_change(browser, &before).await;
        drag(browser, false, 0.7, 0.7).await;
        let chosen = wait_for_change(browser, &first).await;
        browser.wait_for_text("Apply the time range first.").await;

        pointer(browser, false, &[(0.2, Some(true)), (0.5, None)]).await;
        wait_for_change(browser, &chosen).await;
        browser.key(Key::Escape).await;
        until("the window as before", async || (window(browser).await == chosen).then_some(()))
            .await;
        pointer(browser, false, &[(0.5, Some(false))]).await;
        assert_eq!(window(browser).await, chosen);
    })
    .await;
}

#[tokio::test]
async fn an_empty_window_is_said_before_it_is_sent_and_a_late_start_is_narrowed() {
    journey(async |browser, host| {
        let at = now() - TimeDelta::minutes(90);
        host.api().ingest(&[Line::plain(0, at)]).await;
        browser.open(&host.link()).await;
        browser.wait_for_text("No entries in this time range.").await;
        browser.open(&host.link_at("from=now-6h")).await;
        browser.wait_for_text("1 entry, ").await;
        browser.press("Start at the first entry").await;
        let start = at.format("%H:%M:%S").to_string();
        // Seconds are shown if there are any.
        let start = start.strip_suffix(":00").unwrap_or(&start);
        browser.wait_for_text(start).await;
        browser.wait_for_text("Apply the time range first.").await;
    })
    .await;
}
