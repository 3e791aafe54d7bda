//! A replay and the main navigation by keyboard alone.

use fantoccini::key::Key;
use replay_tests::polling::until;

use crate::{
    all_regions::wait_for_row_text,
    browser::journey,
    host::{ADMIN, last_hour, now},
};

#[tokio::test]
async fn a_custom_range_is_sent_by_keyboard_alone() {
    journey(async |browser, host| {
        let (receiver, lines) = host.start_delivering().await;

        browser.open(&host.url()).await;
        browser.wait_for_text("Enter a token").await;
        browser.wait_for_focus("Token").await;
        browser.type_in(ADMIN).await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("org-admin").await;
        browser.focus().await;

        browser.tab_to("Replay time range").await;
        browser.key(Key::Enter).await;
        browser.wait_for_focus("Last 15 minutes").await;
        browser.key_with(Key::Shift, Key::Tab.into()).await;
        browser.key(Key::Right).await;
        browser.wait_for_text("From").await;
        browser.tab_to("From").await;
        browser.retype("now-1h").await;
        browser.tab_to("To").await;
        browser.retype(&format!("{}", now().format("%Y-%m-%dT%H:%M:%SZ"))).await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("now-1h to ").await;
        browser.wait_for_focus("Replay time range").await;
        browser.tab_to("Send Replay").await;
        browser.key(Key::Space).await;
        browser.wait_for_accepted_replay().await;
        assert_eq!(browser.focus().await.name, "Send Replay");
        browser.wait_for_status("Completed").await;
        assert_eq!(browser.focus().await.name, "Send Replay");
        browser.tab_to("Refresh").await;
        browser.key(Key::Enter).await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn regions_tabs_and_clocks_are_reachable_by_keyboard() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        // Before, the list of regions has fewer elements.
        browser.wait_for_region("Singapore", "Not set up").await;

        browser.key(Key::Tab).await;
        browser.key(Key::Right).await;
        browser.wait_for_focus("UTC").await;
        browser.tab_to("Sign out").await;
        browser.key(Key::Tab).await;
        browser.wait_for_focus("United States").await;
        browser.tab_to("Set up United States").await;
        browser.key(Key::Tab).await;
        browser.wait_for_focus("Europe").await;
        browser.key(Key::Enter).await;
        browser.wait_for_address("region=eu").await;
        browser.wait_for_focus("Europe").await;

        browser.tab_to("Replay").await;
        browser.key(Key::Left).await;
        browser.wait_for_text("Skip TLS verification").await;
        browser.wait_for_focus("Setup").await;
        browser.tab_to("Endpoint").await;
        browser.type_in("https://siem.example/audit").await;
        browser.tab_to("Enabled").await;
        browser.key(Key::Space).await;
        browser.tab_to("Save").await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Saved.").await;
        browser.focus().await;
    })
    .await;
}

#[tokio::test]
async fn a_fault_message_moves_the_focus_to_its_field() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-2h")).await;
        browser.open_picker("Custom").await;
        browser.tab_to("To").await;
        browser.retype("now-3h").await;
        browser.tab_to("Apply").await;
        browser.key(Key::Space).await;
        browser.wait_for_field_error("To", "To is before From").await;
        browser.wait_for_focus("To").await;
    })
    .await;
}

#[tokio::test]
async fn a_field_keeps_the_focus_while_its_message_appears_and_disappears() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=now-2h")).await;
        browser.open_picker("Custom").await;
        browser.tab_to("From").await;
        browser.retype("now-2").await;
        browser.key(Key::Enter).await;
        browser.wait_for_field_error("From", "From: ").await;
        browser.type_in("m, or rather now-3h").await;
        assert_eq!(browser.value("From").await, "now-2m, or rather now-3h");
        browser.retype("now-3h").await;
        browser.type_in("!").await;
        assert_eq!(browser.value("From").await, "now-3h!");
        browser.retype("now-3h").await;
        browser.key(Key::Enter).await;
        browser.wait_for_applied_range("Last 3 hours").await;
        browser.wait_for_focus("Replay time range").await;

        browser.open_tab("Setup").await;
        browser.tab_to("Endpoint").await;
        browser.type_in("https://siem.example").await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Saved.").await;
        browser.type_in("/audit").await;
        assert_eq!(browser.value("Endpoint").await, "https://siem.example/audit");
        assert_eq!(browser.focus().await.name, "Endpoint");
    })
    .await;
}

#[tokio::test]
async fn the_focus_returns_from_the_dialog_to_the_element_that_opened_it() {
    journey(async |browser, host| {
        browser.open(&host.url()).await;
        browser.wait_for_text("Enter a token").await;
        browser.key(Key::Escape).await;
        browser.wait_for_no_text("Enter a token").await;
        browser.tab_to("Sign in").await;
        for key in [Key::Enter, Key::Space] {
            browser.key(key).await;
            browser.wait_for_text("Enter a token").await;
            browser.wait_for_focus("Token").await;
            browser.key(Key::Escape).await;
            browser.wait_for_no_text("Enter a token").await;
            browser.wait_for_focus("Sign in").await;
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
        browser.open_picker("Custom").await;
        browser.tab_to("To").await;
        browser.retype("whenever").await;
        browser.key(Key::Enter).await;
        let first = until("the announcement", async || {
            Some(announced().await).filter(|text| text.starts_with("To: "))
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
        browser.expect_log("400 (Bad Request)");
        browser.open(&host.link_at("tab=setup")).await;
        browser.wait_for_text("Nothing was changed.").await;
        browser.tab_to("Endpoint").await;
        browser.type_in("siem").await;
        browser.tab_to("Save").await;
        browser.key(Key::Space).await;
        browser.wait_for_field_error("Endpoint", "Endpoint ").await;
        browser.wait_for_focus("Endpoint").await;
    })
    .await;
}

#[tokio::test]
async fn the_confirmation_before_sending_to_all_regions_works_by_keyboard() {
    journey(async |browser, host| {
        let (receiver, lines) = host.start_delivering().await;
        browser.open(&host.link_at("region=global&from=now-1h")).await;
        browser.wait_for_text("Active").await;
        browser.tab_to("Send Replay").await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Send the replay of Last hour (").await;
        browser.wait_for_text(") to 1 region: United States (").await;
        browser.wait_for_text("Left out, since they have no enabled webhook: Europe").await;
        assert_eq!(browser.focus().await.tag, "p");
        browser.key(Key::Escape).await;
        browser.wait_for_no_text("Send the replay of").await;
        assert_eq!(browser.focus().await.name, "Send Replay");
        assert_eq!(host.api().job().await["status"], "unconfigured");

        browser.key(Key::Enter).await;
        browser.wait_for_text("Send the replay of").await;
        browser.tab_to("Send").await;
        browser.key(Key::Enter).await;
        wait_for_row_text(browser, "United States", "Completed").await;
        assert_eq!(receiver.acknowledged_text(), last_hour(&lines));
    })
    .await;
}

#[tokio::test]
async fn the_question_keeps_the_focus_when_it_comes_to_know_which_regions_are_left_out() {
    journey(async |browser, host| {
        let (_receiver, _lines) = host.start_delivering().await;
        browser.open(&host.at("region=global")).await;
        browser.wait_for_text("Enter a token").await;
        browser.key(Key::Escape).await;
        browser.tab_to("Send Replay").await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Enter a token").await;
        browser.type_in(ADMIN).await;
        browser.key(Key::Enter).await;
        browser.wait_for_text("Left out, since they have no enabled webhook: Europe").await;
        assert_eq!(browser.focus().await.tag, "p");
    })
    .await;
}
