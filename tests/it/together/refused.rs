//! What the page shows to users whose role, region or webhook does not permit an action.

use replay_page::{
    Intent, Msg,
    setup::Edit,
    view::{Panel, Readiness, Tone},
};
use replay_server::auth::Role;

use super::browser::{Browser, PAGE};
use crate::contract::{
    request::{WEBHOOK, patch},
    server::{ADMIN, Api},
};

const RUNNING: &str = "United States: Running Today 12:00 – 13:00";

#[tokio::test]
async fn a_submission_while_a_job_runs_shows_the_running_job() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    api.run("us").await;
    browser.press(browser.replay().send).await;
    let answer = browser.replay().mutation_notice.unwrap();
    assert_eq!(answer.tone, Tone::Bad);
    assert_eq!(
        answer.text,
        "The replay was not sent. Another one, of today 12:00 – 13:00, was running in United States. \
         Send it again once that has ended."
    );
    assert_eq!(browser.jobs(), [RUNNING]);
    let Readiness::Unavailable(reason) = browser.replay().send.state else { panic!() };
    assert!(reason.starts_with("A replay is running."), "{reason}");
}

#[tokio::test]
async fn a_reader_cannot_send_and_sees_the_reason() {
    let api = Api::new();
    api.enable("us").await;
    let token = api.token(Role::ReadOnly, &[]).await;
    let mut browser = Browser::signed_in(&api, PAGE, &token).await;
    assert_eq!(browser.jobs(), ["United States: Unconfigured"]);
    assert_eq!(browser.replay().send.state, denied());
    let sent = browser.requests.len();
    browser.intent(Intent::Send).await;
    assert_eq!(browser.requests.len(), sent, "a request that the role does not permit was sent");
    assert_eq!(browser.view().announcement, READER);
    assert_eq!(browser.view().dialog, None, "a role is not a reason to sign out");
}

#[tokio::test]
async fn an_admin_of_another_region_sees_only_that_region() {
    let api = Api::new();
    let token = api.token(Role::AuditLogsAdmin, &["eu"]).await;
    let browser = Browser::signed_in(&api, PAGE, &token).await;
    let request_error = browser.replay().rows[0].request_error.clone().unwrap().text;
    assert!(request_error.starts_with("The token's role, audit-logs-admin, does not allow this"));
    assert!(browser.is_at_rest(), "the page polls after a final refusal");
}

#[tokio::test]
async fn a_region_without_a_webhook_shows_that_there_is_no_destination() {
    let api = Api::new();
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    let Readiness::Unavailable(reason) = browser.replay().send.state else { panic!() };
    assert_eq!(reason, "There is no enabled webhook to send to.");
    // The page cannot know: another client may have enabled one meanwhile.
    browser.intent(Intent::Send).await;
    let answer = browser.mutation_notice();
    assert!(answer.starts_with("The replay was not sent. The webhook "), "{answer}");
}

#[tokio::test]
async fn a_webhook_disabled_meanwhile_is_shown_as_the_reason() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    api.send(patch(WEBHOOK).json(&serde_json::json!({"enabled": false}))).await.expect(200);
    browser.press(browser.replay().send).await;
    let answer = browser.mutation_notice();
    assert!(answer.starts_with("The replay was not sent. The webhook "), "{answer}");
}

#[tokio::test]
async fn a_reader_cannot_change_the_form() {
    let api = Api::new();
    let token = api.token(Role::ReadOnly, &[]).await;
    let mut browser = Browser::signed_in(&api, &format!("{PAGE}?tab=setup"), &token).await;
    browser.intent(Intent::Edit(Edit::Endpoint("https://siem.example.com".to_owned()))).await;
    let form = browser.setup();
    assert_eq!((form.endpoint.value.as_str(), form.read_only), ("", true));
    assert_eq!([form.save.state, form.test.unwrap().state], [denied(), denied()]);
}

#[tokio::test]
async fn a_reader_cannot_cancel() {
    let api = Api::new();
    api.enable("us").await;
    api.run("us").await;
    let token = api.token(Role::ReadOnly, &[]).await;
    let mut browser = Browser::signed_in(&api, PAGE, &token).await;
    let cancel = browser.replay().rows[0].cancel.clone().unwrap();
    assert_eq!(cancel.state, denied());
    browser.update(cancel.msg).await;
    assert_eq!(browser.jobs(), [RUNNING]);
}

#[tokio::test]
async fn an_admin_of_one_region_sends_only_to_that_region() {
    let api = Api::new();
    api.enable("us").await;
    api.enable("eu").await;
    let token = api.token(Role::AuditLogsAdmin, &["eu"]).await;
    let mut browser = Browser::signed_in(&api, &format!("{PAGE}?region=global"), &token).await;
    browser.press(browser.replay().send).await;
    let question = browser.view().question.unwrap();
    assert_eq!(
        question.left_out,
        [
            "Left out, since the token's role cannot change anything there: United States, Australia."
        ]
    );
    browser.press(question.send).await;
    assert_eq!(browser.requests.iter().filter(|request| request.starts_with("PUT")).count(), 1);
    assert_eq!(api.status("eu").await, "accepted");
}

#[tokio::test]
async fn an_ingest_token_is_refused_with_one_explanation() {
    let api = Api::new();
    let token = api.token(Role::Ingest, &[]).await;
    let browser = Browser::signed_in(&api, PAGE, &token).await;
    assert_eq!(browser.requests, ["GET /api/x/server", "GET /api/x/overview"]);
    let Panel::Unread("", notices) = browser.opened().panel else { panic!() };
    assert!(notices[0].text.starts_with("This token cannot read anything"), "{notices:?}");
    let words = format!("{:?}", browser.view());
    assert_eq!(words.matches("cannot read anything").count(), 1, "{words}");
    assert!(browser.is_at_rest());
}

const READER: &str = "The token's role, read-only, cannot change anything in United States.";

fn denied() -> Readiness {
    Readiness::Unavailable(READER.to_owned())
}

#[tokio::test]
async fn the_page_shows_no_data_without_a_token() {
    let api = Api::new();
    let mut browser = Browser::open(&api, PAGE).await;
    browser.update(Msg::SignInDismissed).await;
    assert_eq!(browser.view().account.unwrap().text.as_deref(), Some("Not signed in"));
    assert_eq!(browser.jobs(), ["United States: "]);
    assert_eq!(browser.requests, ["GET /api/x/server"]);
    browser.intent(Intent::Refresh).await;
    assert!(browser.view().dialog.is_some());
    assert_eq!(browser.requests, ["GET /api/x/server"]);
}
