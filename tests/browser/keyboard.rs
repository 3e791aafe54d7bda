//! The main job and the ways around it by keys alone.

use fantoccini::key::Key;

use crate::{
    browser::{journey, until},
    host::{ADMIN, last_hour, now},
    many::sees_in_row,
};

#[tokio::test]
async fn a_custom_range_is_sent_by_keys_alone() {
    journey(async |browser, host| {
        let (receiver, lines) = host.delivering().await;

        browser.open(&host.url()).await;
        browser.sees("Enter a token").await;
        assert_eq!(browser.focus().await.name, "Token");
        browser.type_in(ADMIN).await;
        browser.key(Key::Enter).await;
        browser.sees("org-admin").await;
        browser.focus().await;

        browser.tab_to("Replay time range").await;
        browser.key(Key::End).await;
        browser.sees("From").await;
        browser.tab_to("From").await;
        browser.retype("now-1h").await;
        browser.tab_to("To").await;
        browser.retype(&format!("{}", now().format("%Y-%m-%dT%H:%M:%SZ"))).await;
        browser.key(Key::Enter).await;
        browser.sees("now-1h to ").await;
        browser.tab_to("Send Replay").await;
        browser.key(Key::Space).await;
        browser.sees_sent().await;
        assert_eq!(browser.focus().await.name, "Send Replay");
        browser.sees_status("Completed").await;
        assert_eq!(browser.focus().await.name, "Send Replay");
        browser.tab_to("Refresh").await;
        browser.key(Key::Enter).await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn regions_tabs_and_clocks_are_reached_by_keys() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.sees("Applied range").await;

        browser.key(Key::Tab).await;
        browser.key(Key::Right).await;
        assert_eq!(browser.focus().await.name, "UTC");
        browser.tab_to("Sign out").await;
        browser.key(Key::Tab).await;
        browser.key(Key::Tab).await;
        assert!(browser.focus().await.name.starts_with("Europe"));
        browser.key(Key::Enter).await;
        browser.sees_at("region=eu").await;
        assert!(browser.focus().await.name.starts_with("Europe"));

        browser.tab_to("Replay").await;
        browser.key(Key::Left).await;
        browser.sees("Skip TLS verification").await;
        assert_eq!(browser.focus().await.name, "Setup");
        browser.tab_to("Endpoint").await;
        browser.type_in("https://siem.example/audit").await;
        browser.tab_to("Enabled").await;
        browser.key(Key::Space).await;
        browser.tab_to("Save").await;
        browser.key(Key::Enter).await;
        browser.sees("Saved.").await;
        browser.focus().await;
    })
    .await;
}

#[tokio::test]
async fn a_fault_leads_to_the_field_that_has_it() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-2h")).await;
        browser.sees("Applied range").await;
        browser.tab_to("To").await;
        browser.retype("now-3h").await;
        browser.tab_to("Apply").await;
        browser.key(Key::Space).await;
        browser.sees_beside("To", "must not be before From").await;
        assert_eq!(browser.focus().await.name, "To");
    })
    .await;
}

#[tokio::test]
async fn a_field_is_typed_in_without_a_break_while_what_is_said_about_it_comes_and_goes() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-2h")).await;
        browser.tab_to("From").await;
        browser.retype("now-2").await;
        browser.key(Key::Enter).await;
        browser.sees_beside("From", "From must be a whole number with a unit").await;
        browser.type_in("m, or rather now-3h").await;
        assert_eq!(browser.value("From").await, "now-2m, or rather now-3h");
        browser.retype("now-3h").await;
        browser.key(Key::Enter).await;
        browser.sees_applied("now-3h to now").await;
        browser.type_in("!").await;
        assert_eq!(browser.value("From").await, "now-3h!");

        browser.turn_to("Setup").await;
        browser.tab_to("Endpoint").await;
        browser.type_in("https://siem.example").await;
        browser.key(Key::Enter).await;
        browser.sees("Saved.").await;
        browser.type_in("/audit").await;
        assert_eq!(browser.value("Endpoint").await, "https://siem.example/audit");
        assert_eq!(browser.focus().await.name, "Endpoint");
    })
    .await;
}

#[tokio::test]
async fn the_focus_comes_back_from_the_dialog_to_what_opened_it() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.sees("Enter a token").await;
        browser.key(Key::Escape).await;
        browser.sees_no("Enter a token").await;
        browser.tab_to("Sign in").await;
        for key in [Key::Enter, Key::Space] {
            browser.key(key).await;
            browser.sees("Enter a token").await;
            assert_eq!(browser.focus().await.name, "Token");
            browser.key(Key::Escape).await;
            browser.sees_no("Enter a token").await;
            assert_eq!(browser.focus().await.name, "Sign in");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refused_range_is_announced_each_time_while_its_field_has_the_focus() {
    journey(async |browser, host| {
        let announced = async || {
            let script = "return document.querySelector('.unseen[role=status]').textContent";
            browser.script(script, &[]).await.as_str().unwrap_or_default().to_owned()
        };
        browser.open(&host.link_at("from=now-2h")).await;
        browser.sees("Applied range").await;
        browser.tab_to("To").await;
        browser.retype("soon").await;
        browser.key(Key::Enter).await;
        let first = until("the announcement", async || {
            Some(announced().await).filter(|text| text.starts_with("To must be"))
        })
        .await;
        browser.key(Key::Enter).await;
        until("another announcement", async || (announced().await != first).then_some(())).await;
        assert_eq!(browser.focus().await.name, "To");
    })
    .await;
}

#[tokio::test]
async fn a_refused_save_moves_the_focus_to_the_faulty_field() {
    journey(async |browser, host| {
        browser.expect("400 (Bad Request)");
        browser.open(&host.link_at("tab=setup")).await;
        browser.sees("Nothing was changed.").await;
        browser.tab_to("Endpoint").await;
        browser.type_in("siem").await;
        browser.tab_to("Save").await;
        browser.key(Key::Space).await;
        browser.sees_beside("Endpoint", "Endpoint ").await;
        until("the focus in Endpoint", async || {
            (browser.focus().await.name == "Endpoint").then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_question_before_sending_to_all_regions_is_answered_by_keys() {
    journey(async |browser, host| {
        let (receiver, lines) = host.delivering().await;
        browser.open(&host.link_at("region=global&from=now-1h")).await;
        browser.sees("Active").await;
        browser.tab_to("Send Replay").await;
        browser.key(Key::Enter).await;
        browser.sees("Send the replay of Last hour to 1 region: United States?").await;
        browser.sees("Left out, since they have no enabled webhook: Europe").await;
        assert_eq!(browser.focus().await.tag, "p");
        browser.key(Key::Escape).await;
        browser.sees_no("Send the replay of").await;
        assert_eq!(browser.focus().await.name, "Send Replay");
        assert_eq!(host.api().job().await["status"], "unconfigured");

        browser.key(Key::Enter).await;
        browser.sees("Send the replay of").await;
        browser.tab_to("Send").await;
        browser.key(Key::Enter).await;
        sees_in_row(browser, "United States", "Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}
