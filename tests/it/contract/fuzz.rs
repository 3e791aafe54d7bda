//! Random requests: there is no 5xx, and every error is a problem document.

use axum::http::{HeaderValue, Method, Uri};
use proptest::{prelude::*, sample::select, string::string_regex};
use tokio::runtime::{Builder, Runtime};

use super::{
    request::{
        CANCEL, GLOBAL, HEALTH, INGEST, JOB, JWKS, OVERVIEW, PREVIEW, PROGRESS, RATE, RESUME,
        WEBHOOK, request_with_method,
    },
    server::{ADMIN, Api},
};

#[test]
fn no_body_causes_a_server_error() {
    let (runtime, api) = audited();
    proptest!(|(method in method(), path in select(ROUTES), body in body(), encoding in encoding())| {
        let mut request = request_with_method(method, path).body(body);
        if let Some(encoding) = encoding {
            request = request.with("content-encoding", encoding);
        }
        runtime.block_on(api.send(request));
    });
}

#[test]
fn no_path_causes_a_server_error() {
    let (runtime, api) = audited();
    proptest!(|(method in method(), path in path(), host in header())| {
        prop_assume!(path.parse::<Uri>().is_ok());
        runtime.block_on(api.send(request_with_method(method, &path).with("host", host)));
    });
}

#[test]
fn no_query_causes_a_server_error() {
    let (runtime, api) = audited();
    proptest!(|(query in "[&=+%0-9:TZ.-]{0,60}", name in select(&["start_at", "end_at"][..]), value in "[a-z0-9%+&=:;@TZ.-]{0,40}")| {
        for path in [format!("{PREVIEW}?{query}"), format!("{PREVIEW}?{query}&{name}={value}")] {
            runtime.block_on(api.send(request_with_method(Method::GET, &path)));
        }
    });
}

#[test]
fn no_header_causes_a_server_error() {
    let (runtime, api) = audited();
    let name = select(
        &[
            "authorization",
            "content-encoding",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-forwarded-for",
        ][..],
    );
    let headers = prop::collection::vec((name, header()), 0..5);
    proptest!(|(method in method(), path in select(ROUTES), headers in headers, body in body())| {
        let request = headers.iter().fold(request_with_method(method, path).body(body), |request, (name, value)| request.with(name, value));
        runtime.block_on(api.send(request));
    });
}

#[test]
fn only_a_valid_token_is_accepted() {
    let (runtime, api) = audited();
    let guarded =
        select(&[JOB, GLOBAL, WEBHOOK, HEALTH, PREVIEW, PROGRESS, "/api/x/me", OVERVIEW][..]);
    proptest!(|(token in "[ -~]{0,60}", path in guarded)| {
        prop_assume!(token.trim() != ADMIN);
        let answer = runtime.block_on(api.send(request_with_method(Method::GET, path).with_token(&token)));
        prop_assert_eq!(answer.status, 401);
    });
}

const ROUTES: &[&str] = &[
    JOB,
    "/v3/audit-log-replay-job",
    GLOBAL,
    WEBHOOK,
    HEALTH,
    JWKS,
    PREVIEW,
    PROGRESS,
    INGEST,
    CANCEL,
    RESUME,
    RATE,
];

fn audited() -> (Runtime, Api) {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    (runtime, Api::set_up(|app| app.self_audit = true))
}

fn method() -> impl Strategy<Value = Method> {
    select(&[Method::GET, Method::PUT, Method::PATCH, Method::POST, Method::DELETE][..])
}

/// Random bytes, and texts that pass the first checks.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let field = "(start_at|end_at|lines_per_second|endpoint|authorization|enabled|log_format|x)";
    let value = r#"(null|true|-?[0-9]{1,25}|"[^"\\]{0,20}"|"https://[^"\\]{0,20}"|\[\]|"[0-9TZ:.+-]{0,30}")"#;
    let object = format!(r#"\{{("{field}":{value},){{0,3}}"{field}":{value}\}}"#);
    let line = r#"(\{"rt":-?[0-9]{1,20}[,}"]|.{0,30} CEF:0(\|[^|]{0,5}){5,8}|.{0,40})\n?"#;
    let text = |pattern: &str| string_regex(pattern).unwrap().prop_map(String::into_bytes);
    prop_oneof![bytes, text(&object), text(line)]
}

fn encoding() -> impl Strategy<Value = Option<&'static str>> {
    select(&[None, None, Some("gzip"), Some("identity"), Some("br")][..])
}

/// Any path, and paths that resemble routes.
fn path() -> impl Strategy<Value = String> {
    let rest = "(v2|v3|x|%2e|\\.\\.)/(audit-log-replay-job|audit-log-webhook|ingest|me|server)";
    let near =
        format!("(/api)?/(us|eu|global|%75s|[^ /?#]{{0,6}})/{rest}(/[a-z]{{0,6}})?(\\?.{{0,10}})?");
    prop_oneof!["/[!-~]{0,40}", string_regex(&near).unwrap()]
}

/// Any bytes that a header value can have.
fn header() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    bytes.prop_filter("no header has it", |bytes| HeaderValue::from_bytes(bytes).is_ok())
}
