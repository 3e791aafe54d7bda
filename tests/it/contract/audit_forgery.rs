//! A client cannot forge fields or lines of self-audit by what it sends.

use audit_log::{Entry, Kind};
use replay_server::self_audit::write_summaries;
use serde_json::json;

use super::{
    request::{WEBHOOK, patch, post},
    server::{ADMIN, Api, NOW, at},
};

#[tokio::test]
async fn a_hostile_user_agent_stays_in_its_field() {
    for format in ["cef", "json", "cps"] {
        for user_agent in [
            &b" sig=x rt=0"[..],
            b"x sig=abc",
            b"x trace_id=1 query={} sig=abc",
            b"x status=200 principal_id=root act=GET",
            b"| CEF:0|KongInc|Konnect|1.0|a|Ingress|1|rt=0",
            b"\\ \\= \\n \\r \\",
            b"\"quotes\" 'and' {\"event\":{\"rt\":0}}",
            b"x\",\"status\":200,\"x\":\"",
            b"tab\there",
            b"caf\xe9 \xff\xfe",
            "line\u{2028}separator\u{85}".as_bytes(),
            b"",
        ] {
            let expected = user_agent.trim_ascii();
            let api = audited(format).await;
            let request = post("/api/us/x/replay/cancel").with("user-agent", expected);
            let trace = api.send(request).await.expect(409).text("instance");

            let lines = api.archived("us").await;
            assert_eq!(lines.len(), 2, "{format} {expected:?}");
            let entries = lines.iter().map(|line| Entry::read(line, at(NOW)).unwrap());
            let entry = entries.into_iter().find(|entry| entry.field("act").unwrap() == "POST");
            let entry = entry.unwrap();
            assert_eq!(entry.field("user_agent").unwrap(), String::from_utf8_lossy(expected));
            assert!(trace.ends_with(&*entry.field("trace_id").unwrap()));
            assert_eq!((entry.kind(), entry.event_at()), (Kind::Access, at(NOW)));
            for (field, value) in [
                ("status", "409"),
                ("principal_id", "environment"),
                ("event_product", "audit-log-replay"),
                ("request", "/api/us/x/replay/cancel"),
                ("query", ""),
            ] {
                assert_eq!(entry.field(field).unwrap(), value, "{format} {expected:?}");
            }
            assert!(entry.field("sig").is_none(), "{format} {expected:?}");
        }
    }
}

#[tokio::test]
async fn a_hostile_path_or_query_stays_in_its_field() {
    let hostile = "/api/us/v2/audit-log-webhook?x=%20sig=y&user_agent=z|\"{}\\&status=200&rt=0";
    for format in ["cef", "json", "cps"] {
        let api = audited(format).await;
        api.send(patch(&hostile.replace(['"', '\\'], "%22")).without_token()).await.expect(401);
        let mut seen = 0;
        for line in api.archived("us").await {
            let entry = Entry::read(&line, at(NOW)).unwrap();
            if entry.field("status").unwrap() == "401" {
                seen += 1;
                assert_eq!(entry.field("request").unwrap(), WEBHOOK);
                let query = entry.field("query").unwrap();
                assert_eq!(query, "x=%20sig=y&user_agent=z|%22{}%22&status=200&rt=0");
                assert_eq!(entry.field("user_agent").unwrap(), "");
            }
        }
        assert_eq!(seen, 1);
    }
}

#[tokio::test]
async fn a_record_is_no_longer_than_the_line_limit() {
    for format in ["cef", "json", "cps"] {
        for byte in [b'x', b'=', b'"', b'\\', b'\xff'] {
            let api = audited(format).await;
            // A socket accepts no longer header.
            let user_agent = vec![byte; 400_000];
            let request =
                post("/api/us/x/replay/cancel").without_token().with("user-agent", user_agent);
            api.send(request).await.expect(401);
            let longest = api.archived("us").await.iter().map(Vec::len).max();
            assert!(longest <= Some(256 * 1024), "{longest:?} of {:?}", char::from(byte));
        }
    }
}

#[tokio::test]
async fn the_client_address_comes_only_from_a_trusted_proxy() {
    let forwarded = "203.0.113.7 status=200, 198.51.100.4";
    for (behind_tls_proxy, src) in [(true, "198.51.100.4"), (false, "")] {
        let api = Api::set_up(|app| {
            app.self_audit = true;
            app.behind_tls_proxy = behind_tls_proxy;
        });
        let request = post("/api/us/x/replay/cancel").with("x-forwarded-for", forwarded);
        api.send(request).await.expect(409);
        let lines = api.archived("us").await;
        let entry = Entry::read(&lines[0], at(NOW)).unwrap();
        assert_eq!(entry.field("src").unwrap(), src);
    }
}

#[tokio::test]
async fn a_record_contains_no_token_and_no_secret() {
    let api = audited("cef").await;
    api.enable("us").await;
    let secret = "Splunk s3cret-2";
    for body in [
        json!({"authorization": secret, "endpoint": "https://elsewhere.example.com"}),
        json!({"authorization": secret, "enabled": 5}),
        json!({"endpoint": "https://s3cret:s3cret@siem.example.com"}),
    ] {
        api.send(patch(WEBHOOK).json(&body)).await;
        // Later than the summary interval, so that the next refusal has a line of its own.
        write_summaries(&api.app).await;
    }
    api.send(patch(WEBHOOK).with_token("alr_nobody's")).await.expect(401);
    let lines = api.archived("us").await;
    assert_eq!(lines.len(), 6);
    for line in lines {
        let line = String::from_utf8(line).unwrap();
        for secret in [ADMIN, "alr_", "s3cret"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

/// A server with self-audit in this format; its first line is about the change of the format.
async fn audited(format: &str) -> Api {
    let api = Api::set_up(|app| app.self_audit = true);
    api.send(patch(WEBHOOK).json(&json!({"log_format": format}))).await.expect(200);
    api
}
