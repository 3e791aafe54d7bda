//! What a person is told who may not, cannot, or cannot yet.

use replay_page::{
    Msg, Wish,
    setup::Edit,
    view::{Readiness, Tone},
};
use replay_server::auth::Role;

use super::browser::{Browser, PAGE};
use crate::contract::{
    api::{ADMIN, Api},
    ask::{WEBHOOK, patch},
};

const RUNNING: &str =
    "United States: Running 2026-11-23 12:00:00 +01:00 to 2026-11-23 13:00:00 +01:00";

#[tokio::test]
async fn whoever_sends_while_a_job_runs_is_shown_that_job() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    api.run("us").await;
    browser.press(browser.replay().send).await;
    let answer = browser.replay().answer.unwrap();
    assert_eq!(answer.tone, Tone::Bad);
    assert_eq!(
        answer.text,
        "The replay was not sent. Another one, of 2026-11-23 12:00:00 +01:00 to 2026-11-23 13:00:00 +01:00, was running in United States. \
         Send it again once that has ended."
    );
    assert_eq!(browser.jobs(), [RUNNING]);
    let Readiness::Hindered(reason) = browser.replay().send.state else { panic!() };
    assert!(reason.starts_with("A replay is running."), "{reason}");
}

#[tokio::test]
async fn whoever_may_only_read_is_told_which_role_it_takes() {
    let api = Api::new();
    api.enable("us").await;
    let token = api.token(Role::ReadOnly, &[]).await;
    let mut browser = Browser::signed_in(&api, PAGE, &token).await;
    assert_eq!(browser.jobs(), ["United States: Unconfigured"]);
    browser.press(browser.replay().send).await;
    assert_eq!(
        browser.answer(),
        "The replay was not sent. The token's role, read-only, does not allow this in United \
         States. It takes org-admin (Organization Admin), or audit-logs-admin (Audit Logs Admin) \
         for this region."
    );
    assert_eq!(browser.view().dialog, None, "a role is not a reason to sign out");
}

#[tokio::test]
async fn whoever_is_admin_elsewhere_sees_only_what_is_theirs() {
    let api = Api::new();
    let token = api.token(Role::AuditLogsAdmin, &["eu"]).await;
    let browser = Browser::signed_in(&api, PAGE, &token).await;
    let trouble = browser.replay().rows[0].trouble.clone().unwrap().text;
    assert!(trouble.starts_with("The token's role, audit-logs-admin, does not allow this"));
    assert!(browser.is_at_rest(), "what is refused for good is not asked again");
}

#[tokio::test]
async fn without_a_webhook_there_is_nothing_to_send_to() {
    let api = Api::new();
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    let Readiness::Hindered(reason) = browser.replay().send.state else { panic!() };
    assert_eq!(reason, "There is no enabled webhook to send to: see Setup.");
    // The page cannot be sure: somebody may have enabled one meanwhile.
    browser.wish(Wish::Send).await;
    let answer = browser.answer();
    assert!(answer.starts_with("The replay was not sent. The webhook "), "{answer}");
}

#[tokio::test]
async fn a_webhook_that_was_disabled_meanwhile_is_why_nothing_is_sent() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    api.answer(patch(WEBHOOK).json(&serde_json::json!({"enabled": false}))).await.expect(200);
    browser.press(browser.replay().send).await;
    let answer = browser.answer();
    assert!(answer.starts_with("The replay was not sent. The webhook "), "{answer}");
}

#[tokio::test]
async fn a_change_that_is_refused_keeps_the_form() {
    let api = Api::new();
    let token = api.token(Role::ReadOnly, &[]).await;
    let mut browser = Browser::signed_in(&api, &format!("{PAGE}?tab=setup"), &token).await;
    let typed = "https://siem.example.com".to_owned();
    browser.wish(Wish::Edit(Edit::Endpoint(typed.clone()))).await;
    browser.press(browser.setup().save).await;
    let form = browser.setup();
    assert_eq!((form.endpoint.0, form.endpoint.1.fault), (typed, None));
    assert!(form.notices[0].text.starts_with("Not saved. The token's role, read-only, does not"));
}

#[tokio::test]
async fn nobody_sees_anything_without_a_token() {
    let api = Api::new();
    let mut browser = Browser::open(&api, PAGE).await;
    browser.tell(Msg::SignInDismissed).await;
    assert_eq!(browser.view().account.unwrap().text.as_deref(), Some("Not signed in"));
    assert_eq!(browser.jobs(), ["United States: "]);
    assert_eq!(browser.asked, ["GET /api/x/server"]);
    browser.wish(Wish::Refresh).await;
    assert!(browser.view().dialog.is_some());
    assert_eq!(browser.asked, ["GET /api/x/server"]);
}
