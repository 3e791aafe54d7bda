//! Times are shown and read in the browser's zone or in UTC.

use chrono::{Offset, TimeDelta};
use chrono_tz::Europe::Berlin;
use replay_tests::{lines::Window, polling::until, receiver::Receiver};
use serde_json::json;
use time_range::{Context, Seconds, Zone, write_moment, write_span};

use crate::{
    browser::{Browser, journey},
    host::now,
};

#[tokio::test]
async fn times_are_shown_and_read_in_the_zone_of_the_browser_or_utc() {
    journey(async |browser, host| {
        let zone = json!({ "timezoneId": "Europe/Berlin" });
        browser.driver.devtools("Emulation.setTimezoneOverride", zone).await;
        let receiver = Receiver::accepting().await;
        let end = now() - TimeDelta::hours(5);
        let end = end - TimeDelta::nanoseconds(end.timestamp_subsec_nanos().into());
        let window = Window { start: end - TimeDelta::minutes(90), end };
        let lines = window.filled(5);
        host.api().ingest(&lines).await;
        host.api().point_at(&receiver.url()).await;
        let berlin = [window.start, window.end]
            .map(|at| at.with_timezone(&Berlin).format("%Y-%m-%d %H:%M:%S %:z").to_string());
        let utc =
            [window.start, window.end].map(|at| at.format("%Y-%m-%d %H:%M:%S +00:00").to_string());

        let berlin_zone = Zone::sampled("Europe/Berlin", now() - TimeDelta::days(2), now(), |at| {
            at.with_timezone(&Berlin).offset().fix()
        });

        browser.open(&host.link()).await;
        browser.wait_for_text("Local (Europe/Berlin)").await;
        browser.open_picker("Custom").await;
        // The zone's abbreviation, like CET, is read.
        let named = [window.start, window.end]
            .map(|at| at.with_timezone(&Berlin).format("%Y-%m-%d %H:%M:%S %Z").to_string());
        for (label, at) in ["From", "To"].into_iter().zip(&named) {
            browser.fill(label, at).await;
        }
        browser.click_label("UTC").await;
        browser.click_label("Local (Europe/Berlin)").await;
        browser.open_picker("Custom").await;
        wait_for_typed(browser, &shortest(&berlin)).await;
        browser.press("Apply").await;
        browser.wait_for_applied_range(&shown(&window, &berlin_zone)).await;
        browser.press("Send Replay").await;
        browser.wait_for_status("Completed").await;
        assert_eq!(receiver.acknowledged_text(), window.replayed(&lines));
        let in_berlin = moments(&window, &berlin_zone);
        until("the table in Berlin's time", async || {
            (ends(browser).await == in_berlin).then_some(())
        })
        .await;

        browser.click_label("UTC").await;
        browser.wait_for_applied_range(&shown(&window, &Zone::utc())).await;
        let in_utc = moments(&window, &Zone::utc());
        until("the table in UTC", async || (ends(browser).await == in_utc).then_some(())).await;
        browser.open_picker("Custom").await;
        wait_for_typed(browser, &shortest(&utc)).await;
        browser.fill("From", &utc[0][.."2026-11-23 10:00:00".len()]).await;
        browser.press("Apply").await;
        browser.wait_for_applied_range(&shown(&window, &Zone::utc())).await;
    })
    .await;
}

#[tokio::test]
async fn a_printed_page_names_the_zone_of_its_times_and_has_no_buttons() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        browser.click_label("UTC").await;
        let media = json!({ "media": "print" });
        browser.driver.devtools("Emulation.setEmulatedMedia", media).await;
        let seen = "return [...document.querySelectorAll('.bar *, button')]
            .filter(one => one.checkVisibility() && one.offsetWidth > 1 && !one.children.length)
            .map(one => one.innerText).filter(Boolean)";
        let printed = browser.script(seen, &[]).await;
        assert_eq!(printed, json!(["Organization / Audit Logs Setup", "Times in", "UTC"]));
    })
    .await;
}

#[tokio::test]
async fn the_choice_of_utc_survives_a_reload() {
    journey(async |browser, host| {
        let is_utc = async || {
            let checked = "return document.getElementById('clocks-utc')?.checked";
            browser.script(checked, &[]).await
        };
        browser.open(&host.link()).await;
        browser.wait_for_text("Replay time range").await;
        assert_eq!(is_utc().await, false);
        browser.click_label("UTC").await;
        until("UTC is chosen", async || (is_utc().await == true).then_some(())).await;
        browser.driver.client.refresh().await.unwrap();
        browser.wait_for_text("Enter a token").await;
        assert_eq!(is_utc().await, true);
    })
    .await;
}

/// Waits until the ends in the picker have these texts.
async fn wait_for_typed(browser: &Browser, [from, to]: &[String; 2]) {
    browser.wait_for_value("From", from).await;
    browser.wait_for_value("To", to).await;
}

/// Clock times without what they mean the same without.
fn shortest(times: &[String; 2]) -> [String; 2] {
    let short = |time: &String| {
        let time = &time[.."2026-11-23 10:00:00".len()];
        time.strip_suffix(":00").unwrap_or(time).to_owned()
    };
    [short(&times[0]), short(&times[1])]
}

/// The window as the page shows it.
fn shown(window: &Window, zone: &Zone) -> String {
    let context = Context { zone, now: now() };
    write_span(window.start, window.end, context, Seconds::IfAny)
}

/// The ends of the window as the table shows them.
fn moments(window: &Window, zone: &Zone) -> [String; 2] {
    let context = Context { zone, now: now() };
    [window.start, window.end].map(|at| write_moment(at, context, Seconds::IfAny))
}

/// The start and end of the first job as shown.
async fn ends(browser: &Browser) -> [String; 2] {
    let row = browser.rows().await.remove(0);
    [&row[1], &row[2]].map(|cell| cell.lines().next().unwrap_or_default().to_owned())
}
