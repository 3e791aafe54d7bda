//! A gateway in front of an arbitrary upstream: it forwards three request headers, and only JSON of
//! the responses.

use core::future::pending;
use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tower::ServiceExt;

use super::{
    gateway::{forwarded, gateway},
    request::{JOB, get, last_hour, put},
    server::listen,
};

#[tokio::test]
async fn only_three_request_headers_are_forwarded() {
    let seen = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&seen);
    let behind = Router::new().fallback(async move |request: Request| {
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        *keep.lock().unwrap() = Some((request.method().clone(), uri, headers));
        ([(header::CONTENT_TYPE, "application/json")], "{}")
    });
    let address = listen(behind).await;
    let gateway = gateway(&format!("http://{address}/{{region}}"));
    let request = put(JOB)
        .json(&last_hour())
        .with("accept", "application/json")
        .with("cookie", "session=1")
        .with("x-forwarded-for", "192.0.2.1")
        .with("x-anything", "else")
        .with("connection", "x-anything");
    forwarded(&gateway, request).await.expect(200);
    let (method, uri, headers): (_, _, HeaderMap) = seen.lock().unwrap().take().unwrap();
    assert_eq!((method.as_str(), uri.path()), ("PUT", "/us/v2/audit-log-replay-job"));
    let mut names: Vec<_> = headers.keys().map(header::HeaderName::as_str).collect();
    names.sort_unstable();
    let own = ["accept", "authorization", "content-length", "content-type", "host", "user-agent"];
    assert_eq!(names, own);
    assert_eq!(headers["host"], address.to_string());
}

#[tokio::test]
async fn only_json_responses_are_forwarded() {
    for (answer, instead) in [
        (page(StatusCode::OK), "answered with something that is not JSON"),
        (page(StatusCode::UNAUTHORIZED), "answered with something that is not JSON"),
        (disguised(), "answered with something that is not JSON"),
        (empty(StatusCode::OK), "answered with something that is not JSON"),
        (empty(StatusCode::FOUND), "answered with a redirect"),
        (long(), "answered at too great a length"),
    ] {
        let answer = Arc::new(Mutex::new(Some(answer)));
        let behind = Router::new().fallback(async move || answer.lock().unwrap().take().unwrap());
        let address = listen(behind).await;
        let gateway = gateway(&format!("http://{address}/{{region}}"));
        assert_bad_gateway(&gateway, instead).await;
    }
}

#[tokio::test]
async fn an_upstream_that_does_not_finish_its_response_is_a_502() {
    for (stays_open, instead) in [(false, "broke off its answer"), (true, "did not answer in time")]
    {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = gateway(&format!("http://{}/{{region}}", socket.local_addr().unwrap()));
        tokio::spawn(async move {
            let (mut connection, _) = socket.accept().await.unwrap();
            let _ = connection.read(&mut [0; 4096]).await.unwrap();
            let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{";
            connection.write_all(begun).await.unwrap();
            if stays_open {
                pending::<()>().await;
            }
        });
        assert_bad_gateway(&gateway, instead).await;
    }
}

#[tokio::test]
async fn an_unreachable_upstream_is_a_502() {
    let gateway = gateway("http://127.0.0.1:1/{region}");
    assert_bad_gateway(&gateway, "could not be reached").await;
}

#[tokio::test]
async fn cookies_are_removed_and_a_refusal_without_a_body_is_forwarded() {
    let behind = Router::new().fallback(async || {
        let headers = [("set-cookie", "session=1"), ("retry-after", "7"), ("server", "kong")];
        (StatusCode::TOO_MANY_REQUESTS, headers)
    });
    let address = listen(behind).await;
    let gateway = gateway(&format!("http://{address}/{{region}}"));
    let Ok(answer) = gateway.oneshot(get(JOB).into_request()).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["retry-after"], "7");
    for name in ["set-cookie", "server"] {
        assert!(!answer.headers().contains_key(name), "{name} came through");
    }
}

/// Asserts a 502 that names the host and describes the failure without text of the upstream.
async fn assert_bad_gateway(gateway: &Router, instead: &str) {
    let Ok(answer) = gateway.clone().oneshot(get(JOB).into_request()).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem["detail"], format!("[127.0.0.1] {instead}"));
}

fn page(status: StatusCode) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html")], "<h1>Sign in</h1>").into_response()
}

/// JSON that a browser would render as HTML.
fn disguised() -> Response {
    ([(header::CONTENT_TYPE, "text/html")], "\"<script>steal()</script>\"").into_response()
}

fn empty(status: StatusCode) -> Response {
    (status, [(header::LOCATION, "https://evil.example/")]).into_response()
}

fn long() -> Response {
    format!("\"{}\"", "x".repeat(1024 * 1024)).into_response()
}
