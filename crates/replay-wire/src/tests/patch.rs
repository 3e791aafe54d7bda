//! Reading the PATCH of a webhook: the meaning of each field and the faults.

use super::*;
use replay_core::{
    Refusal,
    webhook::{AuthorizationChange, LogFormat, Patch},
};

#[test]
fn the_documented_webhook_patches_are_read() {
    for (body, expected) in [
        (r#"{"enabled":false}"#, (None, Some(false), None)),
        (r#"{"enabled":true}"#, (None, Some(true), None)),
        (
            r#"{"endpoint":"https://example.com/audit-log-json","log_format":"json","skip_ssl_verification":false}"#,
            (Some("https://example.com/audit-log-json"), None, Some(LogFormat::Json)),
        ),
    ] {
        let patch = read_patch(&parse(body), endpoint).unwrap();
        let url = patch.endpoint.as_ref().map(|endpoint| endpoint.url.as_str());
        assert_eq!((url, patch.enabled, patch.log_format), expected);
    }
}

#[test]
fn every_fault_of_a_patch_is_reported_by_field() {
    let faults = read_patch(
        &parse(
            r#"{"endpoint":"ftp","authorization":"a\nb","enabled":"yes","log_format":"xml","skip_ssl_verification":0,"name":1}"#,
        ),
        endpoint,
    )
    .unwrap_err();
    let rules: Vec<_> = faults.iter().map(|f| (f.field.as_str(), f.rule)).collect();
    assert_eq!(
        rules,
        [
            ("endpoint", Rule::Invalid),
            ("authorization", Rule::Invalid),
            ("enabled", Rule::IsBoolean),
            ("log_format", Rule::Enum(&["cef", "json", "cps"])),
            ("skip_ssl_verification", Rule::IsBoolean),
            ("name", Rule::UnknownProperty)
        ]
    );
    assert_eq!(faults[0].reason, "must be a valid URL");
    for field in ["endpoint", "authorization"] {
        let body = Json::object([(field, " ".into())]);
        assert_eq!(named(&read_patch(&body, endpoint).unwrap_err()), [(field, Rule::Required)]);
    }
}

#[test]
fn null_in_a_patch_means_unchanged_for_every_field() {
    let all_null = r#"{"endpoint":null,"authorization":null,"enabled":null,"log_format":null,"skip_ssl_verification":null}"#;
    assert_eq!(read_patch(&parse(all_null), endpoint), Ok(Patch::default()));
    let one_set = r#"{"endpoint":null,"enabled":false}"#;
    let disable = Patch { enabled: Some(false), ..Patch::default() };
    assert_eq!(read_patch(&parse(one_set), endpoint), Ok(disable));
    let unknown = read_patch(&parse(r#"{"name":null}"#), endpoint).unwrap_err();
    assert_eq!(named(&unknown), [("name", Rule::UnknownProperty)]);
}

#[test]
fn an_empty_authorization_in_a_patch_removes_the_stored_one() {
    let patch = read_patch(&parse(r#"{"authorization":""}"#), endpoint).unwrap();
    assert_eq!(patch.authorization, Some(AuthorizationChange::Remove));
    let blank = read_patch(&parse(r#"{"authorization":"   "}"#), endpoint).unwrap_err();
    assert_eq!(named(&blank), [("authorization", Rule::Required)]);
    let remove =
        WebhookChange { authorization: Some(AuthorizationChange::Remove), ..Default::default() };
    assert_eq!(print(&write_patch(&remove)), r#"{"authorization":""}"#);
}

#[test]
fn an_authorization_over_4_kib_is_refused_with_the_bound() {
    let patch = |bytes: usize| {
        let body = Json::object([("authorization", "x".repeat(bytes).into())]);
        read_patch(&body, endpoint)
    };
    assert!(patch(4096).is_ok());
    let faults = patch(4097).unwrap_err();
    assert_eq!(named(&faults), [("authorization", Rule::MaxLength(4096))]);
    assert_eq!(faults[0].reason, "must have at most 4096 bytes");
    let written = print(&write_problem(&Refusal::BadRequest(faults), 7));
    assert!(written.contains(r#""rule":"max_length""#), "{written}");
    assert!(written.contains(r#""maximum":4096"#), "{written}");
}
