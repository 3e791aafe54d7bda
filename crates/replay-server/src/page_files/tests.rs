use super::*;
use std::{collections::HashSet, io::Read};

use axum::{
    body::{Body, to_bytes},
    http::{Method, StatusCode},
};
use chrono::TimeDelta;
use flate2::read::GzDecoder;
use replay_core::Region;
use replay_wire::Mode;
use tempfile::TempDir;
use tower::ServiceExt;

const DOCUMENT: &str = "<html><head><style>p{}</style><script src=\"/a.js\"></script></head>\
                        <script type=\"module\">start()</script></html>";

/// The document as it is served.
const DESCRIBED: &str = "<html><head><style>p{}</style><script src=\"/a.js\"></script>\
    <script type=\"application/json\" id=\"server\">{\"mode\":\"gateway\",\
    \"regions\":[{\"region\":\"us\",\"name\":\"United States\"}],\"default_region\":\"us\",\
    \"retention_seconds\":604800,\"extensions\":[]}</script></head>\
    <script type=\"module\">start()</script></html>";

#[tokio::test]
async fn the_document_is_served_at_the_paths_of_the_page() {
    let (_folder, page) = page();
    for path in ["/", "/organization/audit-logs-setup?region=us&tab=replay"] {
        let response = request(&page, Method::GET, path, "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert_eq!(text(response).await, DESCRIBED.as_bytes());
    }
}

#[tokio::test]
async fn a_missing_file_is_a_404_and_never_the_document() {
    let (_folder, page) = page();
    for (method, path) in [
        (Method::GET, "/missing.js"),
        (Method::GET, "/organization"),
        (Method::GET, "/api/us/v2/nothing"),
        (Method::GET, "/../secret"),
        (Method::GET, "/%2e%2e/secret"),
        (Method::GET, "/%00"),
        (Method::GET, &format!("/{}", "x".repeat(256))),
        (Method::GET, &format!("/assets/{}/{}", "x".repeat(300), "y/".repeat(3_000))),
        (Method::PUT, "/app-0123456789abcdef.wasm"),
    ] {
        let response = request(&page, method.clone(), path, "").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn the_path_with_a_trailing_slash_redirects_to_the_one_without() {
    let (_folder, page) = page();
    let path = "/organization/audit-logs-setup/?region=us&tab=setup";
    let response = request(&page, Method::GET, path, "").await;
    assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
    let location = "/organization/audit-logs-setup?region=us&tab=setup";
    assert_eq!(response.headers()["location"], location);
}

#[tokio::test]
async fn a_hashed_asset_is_compressed_as_accepted_and_cached_forever() {
    let (_folder, page) = page();
    let path = "/app-0123456789abcdef.wasm";
    for (accepted, encoding, body) in [
        ("", None, &b"wasm"[..]),
        ("gzip", Some("gzip"), b"wasm, gzipped"),
        ("gzip, deflate, br", Some("br"), b"wasm, brotli"),
    ] {
        let response = request(&page, Method::GET, path, accepted).await;
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "application/wasm");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        let encoded = headers.get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(encoded, encoding);
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(text(response).await, body);
    }
    let plain = request(&page, Method::GET, "/style.css", "").await;
    assert_eq!(plain.headers()["cache-control"], "no-cache");
}

#[tokio::test]
async fn the_document_is_compressed_as_accepted_and_not_sent_again_while_unchanged() {
    let (_folder, page) = page();
    let deep = "/organization/audit-logs-setup";
    let mut tags = HashSet::new();
    for (accepted, encoding) in [
        ("gzip", Some("gzip")),
        ("gzip, deflate, br", Some("br")),
        ("BR ;q=0.5", Some("br")),
        ("br;q=0, gzip;q=1.0", Some("gzip")),
        ("br;q=0,identity", None),
        ("", None),
    ] {
        let response = request(&page, Method::GET, deep, accepted).await;
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let encoded = headers.get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(encoded, encoding, "{accepted}");
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(inflated(encoding, &text(response).await), DESCRIBED);
        tags.insert(headers["etag"].clone());

        let head = request(&page, Method::HEAD, deep, accepted).await;
        assert_eq!((&head.headers()["etag"], head.status()), (&headers["etag"], StatusCode::OK));
        assert_eq!(text(head).await, b"");

        let tag = headers["etag"].to_str().unwrap();
        for (known, status) in [
            (tag, StatusCode::NOT_MODIFIED),
            (&format!("\"other\", W/{tag}"), StatusCode::NOT_MODIFIED),
            ("\"other\"", StatusCode::OK),
        ] {
            let request = Request::builder()
                .uri(deep)
                .header(header::ACCEPT_ENCODING, accepted)
                .header(header::IF_NONE_MATCH, known);
            let Ok(again) = page.clone().oneshot(request.body(Body::empty()).unwrap()).await;
            assert_eq!(again.status(), status, "{known}");
        }
        let request = Request::builder()
            .uri(deep)
            .header(header::ACCEPT_ENCODING, accepted)
            .header(header::IF_NONE_MATCH, tag);
        let Ok(again) = page.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        assert_eq!(again.headers()["cache-control"], "no-cache");
        assert_eq!(again.headers()["etag"], headers["etag"]);
        assert_eq!(again.headers()["content-security-policy"], headers["content-security-policy"]);
        assert_eq!(text(again).await, b"");
    }
    assert_eq!(tags.len(), 3, "a tag is of one encoding");
}

#[test]
fn the_policy_does_not_name_the_description() {
    let (folder, _) = page();
    let policy = PageFiles::open(folder.path(), &server()).unwrap().policy;
    assert_eq!(policy, content_security_policy(DOCUMENT));
}

#[tokio::test]
async fn the_headers_forbid_everything_but_files_of_this_server() {
    let (_folder, page) = page();
    let response = request(&page, Method::GET, "/", "").await;
    let headers = response.headers();
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        &format!("script-src 'self' 'wasm-unsafe-eval' 'sha256-{}';", base64_sha256("start()")),
        &format!("style-src 'self' 'sha256-{}';", base64_sha256("p{}")),
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{part} is missing: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
}

#[test]
fn a_folder_without_a_document_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        PageFiles::open(folder.path(), &server()).unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
}

#[test]
fn a_hash_in_a_file_name_has_12_to_16_hexadecimal_digits() {
    let hashed =
        ["/web-0123456789abcdef.js", "/web-0123456789abcdef_bg.wasm", "/web-123456789abcde.js"];
    for path in hashed {
        assert!(is_hashed(path), "{path}");
    }
    for path in ["/", "/web.js", "/0123456789abcdef.js", "/web-0123456789abcdeg.js", "/web-012.js"]
    {
        assert!(!is_hashed(path), "{path}");
    }
}

fn page() -> (TempDir, Router) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("index.html", DOCUMENT),
        ("style.css", "p{}"),
        ("app-0123456789abcdef.wasm", "wasm"),
        ("app-0123456789abcdef.wasm.gz", "wasm, gzipped"),
        ("app-0123456789abcdef.wasm.br", "wasm, brotli"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let page = PageFiles::open(folder.path(), &server()).unwrap();
    (folder, page.router())
}

fn server() -> ServerInfo {
    let us = region("us");
    ServerInfo {
        mode: Mode::Gateway,
        regions: vec![us.clone()],
        default_region: us,
        retention: TimeDelta::days(7),
        extensions: vec![],
    }
}

fn region(label: &str) -> Region {
    Region::named(label).unwrap()
}

/// The text of a body in this encoding.
fn inflated(encoding: Option<&str>, mut body: &[u8]) -> String {
    let mut text = String::new();
    match encoding {
        Some("br") => brotli::Decompressor::new(body, 4096).read_to_string(&mut text),
        Some(_) => GzDecoder::new(body).read_to_string(&mut text),
        None => body.read_to_string(&mut text),
    }
    .unwrap();
    text
}

async fn request(page: &Router, method: Method, path: &str, accepted: &str) -> Response {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::ACCEPT_ENCODING, accepted).body(Body::empty()).unwrap();
    let Ok(response) = page.clone().oneshot(request).await;
    response
}

async fn text(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()
}
