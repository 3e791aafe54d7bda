//! The webhook form: a fault is shown at its field, typed text is kept, and a saved webhook can be
//! tested.

use replay_core::webhook::{LogFormat, Typed};
use replay_page::{
    Intent,
    setup::Edit,
    view::{Input, Readiness, Tone},
};
use replay_tests::{
    app_state::loopback,
    receiver::{ReceivedRequest, Receiver, ReservedPort},
};
use serde_json::json;

use super::browser::{Browser, PAGE};
use crate::contract::{
    request::{WEBHOOK, get, patch},
    server::{ADMIN, Api},
};

#[tokio::test]
async fn an_invalid_endpoint_is_reported_at_its_field_and_typed_text_is_kept() {
    let api = Api::new();
    let mut browser = at_setup(&api).await;
    edit(&mut browser, Edit::Endpoint("http://siem.example.com/logs".to_owned())).await;
    edit(&mut browser, Edit::Authorization(Typed("Splunk of-the-siem".to_owned()))).await;
    edit(&mut browser, Edit::LogFormat(LogFormat::Json)).await;
    edit(&mut browser, Edit::Enabled(true)).await;
    browser.press(browser.setup().save).await;

    let form = browser.setup();
    let Input { value: typed, field: fault } = form.endpoint;
    assert_eq!(typed, "http://siem.example.com/logs");
    assert!(fault.fault.as_ref().unwrap().starts_with("Endpoint "), "{fault:?}");
    assert_eq!(form.authorization.value, Typed("Splunk of-the-siem".to_owned()));
    assert_eq!(form.authorization.field.fault, None);
    assert_eq!((form.enabled.value, form.enabled.field.fault), (true, None));
    assert!(form.notices[0].text.starts_with("Not saved. Endpoint "), "{:?}", form.notices);
    let nothing = json!({"endpoint": "unconfigured", "enabled": false});
    assert_eq!(saved(&api, &["endpoint", "enabled"]).await, nothing);

    edit(&mut browser, Edit::Endpoint("https://siem.example.com/logs".to_owned())).await;
    browser.press(browser.setup().save).await;
    let form = browser.setup();
    assert_eq!(
        (form.endpoint.value, form.endpoint.field.fault),
        ("https://siem.example.com/logs".to_owned(), None)
    );
    assert_eq!(
        (form.authorization.value, form.authorization.field.fault),
        (Typed::default(), None)
    );
    assert_eq!((form.placeholder, form.notices[0].text.as_str()), ("Saved", "Saved."));
    assert_eq!(form.health.unwrap().word, "Active");
    let everything = json!({
        "endpoint": "https://siem.example.com/logs", "enabled": true, "log_format": "json",
    });
    assert_eq!(saved(&api, &["endpoint", "enabled", "log_format"]).await, everything);
}

#[tokio::test]
async fn a_new_origin_requires_the_secret_again() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = at_setup(&api).await;
    edit(&mut browser, Edit::Endpoint("https://elsewhere.example.com".to_owned())).await;
    browser.press(browser.setup().save).await;
    let form = browser.setup();
    assert_eq!(form.endpoint.value, "https://elsewhere.example.com");
    assert!(form.authorization.field.fault.unwrap().contains("must be given again"));
    let before = json!({"endpoint": "https://siem.example.com/audit"});
    assert_eq!(saved(&api, &["endpoint"]).await, before);
}

#[tokio::test]
async fn a_removed_authorization_is_no_longer_sent() {
    let receiver = Receiver::accepting().await;
    let api = Api::set_up(|app| app.egress = loopback());
    let webhook = json!({"endpoint": receiver.url(), "authorization": "Splunk 1"});
    api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
    let mut browser = at_setup(&api).await;
    browser.press(browser.setup().test.unwrap()).await;
    edit(&mut browser, Edit::RemoveAuthorization(true)).await;
    browser.press(browser.setup().save).await;
    assert_eq!(browser.setup().notices[0].text, "Saved.");
    browser.press(browser.setup().test.unwrap()).await;
    let carries = |delivery: &ReceivedRequest| {
        delivery.headers.iter().any(|(name, _)| name == "authorization")
    };
    let sent: Vec<_> = receiver.requests().iter().map(carries).collect();
    assert_eq!(sent, [true, false]);
}

#[tokio::test]
async fn a_change_by_another_client_is_shown_in_every_unedited_field() {
    let api = Api::new();
    api.enable("us").await;
    let mut browser = at_setup(&api).await;
    edit(&mut browser, Edit::Endpoint("https://siem.example.com/other".to_owned())).await;
    let theirs = json!({"log_format": "cps", "skip_ssl_verification": true});
    api.send(patch(WEBHOOK).json(&theirs)).await.expect(200);
    browser.intent(Intent::Refresh).await;
    let form = browser.setup();
    assert_eq!(form.endpoint.value, "https://siem.example.com/other");
    assert!(form.skip_ssl_verification.value);
    browser.press(form.save).await;
    let both = json!({
        "endpoint": "https://siem.example.com/other",
        "log_format": "cps", "skip_ssl_verification": true,
    });
    let fields = ["endpoint", "log_format", "skip_ssl_verification"];
    assert_eq!(saved(&api, &fields).await, both);
}

#[tokio::test]
async fn a_test_shows_the_receivers_response_and_the_webhooks_health() {
    let (taking, down) = (Receiver::accepting().await, ReservedPort::new());
    let inactive = ("Inactive", " Inactive since today 13:00.");
    for (url, tone, message, (health, since)) in [
        (taking.url(), Tone::Good, "the receiver answered 200.", ("Active", "")),
        (down.url(), Tone::Bad, "no answer. connection refused.", inactive),
    ] {
        let api = Api::set_up(|app| app.egress = loopback());
        let webhook = json!({"endpoint": url, "enabled": true});
        api.send(patch(WEBHOOK).json(&webhook)).await.expect(200);
        let mut browser = at_setup(&api).await;
        browser.press(browser.setup().test.unwrap()).await;
        let form = browser.setup();
        assert_eq!(form.notices[0].tone, tone);
        let text = format!("today 13:00: {message}");
        assert_eq!(form.notices[0].text, format!("Test delivery {text}"));
        assert_eq!(form.last.unwrap(), format!("Last delivery {text}{since}"));
        assert_eq!(form.health.unwrap().word, health);
    }
}

#[tokio::test]
async fn an_unsaved_form_cannot_be_tested() {
    let api = Api::new();
    let mut browser = at_setup(&api).await;
    let disabled = |reason: &str| Readiness::Disabled(reason.to_owned());
    let test = |browser: &Browser<'_>| browser.setup().test.unwrap().state;
    assert_eq!(test(&browser), disabled("Save an endpoint first."));
    edit(&mut browser, Edit::Endpoint("https://siem.example.com".to_owned())).await;
    assert_eq!(test(&browser), disabled("Save first: a test goes to what is saved."));
    browser.press(browser.setup().save).await;
    assert_eq!(test(&browser), Readiness::Ready);
}

async fn at_setup(api: &Api) -> Browser<'_> {
    Browser::signed_in(api, &format!("{PAGE}?tab=setup"), ADMIN).await
}

async fn edit(browser: &mut Browser<'_>, edit: Edit) {
    browser.intent(Intent::Edit(edit)).await;
}

/// These fields of the webhook as stored.
async fn saved(api: &Api, fields: &[&str]) -> serde_json::Value {
    let webhook = api.send(get(WEBHOOK)).await.expect(200).json();
    fields.iter().map(|field| ((*field).to_owned(), webhook[*field].clone())).collect()
}
