//! CEF lines with text that a client chose, which must not change other fields.

use alloc::format;
use alloc::string::String;

use super::*;

#[test]
fn an_rt_inside_the_user_agent_is_ignored() {
    check(&authz("curl rt=0"), "rt", "5");
    check(&access("curl rt=0", "{}"), "rt", "5");
    check(&authz("curl rt=0"), "user_agent", "curl rt=0");
}

#[test]
fn an_rt_after_the_user_agent_is_ignored() {
    let before = line("Ingress", "src=a rt=5 act=GET user_agent=curl rt=0 trace_id=1 query={}");
    check(&before, "rt", "5");
    let behind = line("Ingress", "src=a act=GET user_agent=curl rt=0 trace_id=1 query={}");
    assert_eq!(Cef::parse(&behind).unwrap().field("rt"), None);
}

#[test]
fn a_user_agent_ends_before_the_last_extensions() {
    for user_agent in [
        "",
        " ",
        "curl ",
        "curl sig=x",
        "a trace_id=1 query={} sig=x",
        r#"a query={"x":"y"}"#,
        "a=b c=d",
    ] {
        check(&authz(user_agent), "user_agent", user_agent);
        check(&authz(user_agent), "trace_id", "7");
        check(&authz(user_agent), "sig", "ab-_9");
        check(&access(user_agent, "{}"), "user_agent", user_agent);
        check(&access(user_agent, "{}"), "trace_id", "8");
        check(&access(user_agent, "{}"), "sig", "ab-_9");
    }
}

#[test]
fn a_query_may_contain_text_like_any_extension() {
    for query in [
        "",
        "{}",
        r#"{"end":"1684270800","start":"1684098000"}"#,
        r#"{"a":"b rt=0 sig=x"}"#,
        r#"{"a":" trace_id=9 query={}"}"#,
        r#"{"a":" trace_id=9 query={"}"#,
        r#"{"a":" trace_id=9 query={","b":":1}"}"#,
        r#"{"a":" trace_id=9 query="}"#,
        r#"{"a":" trace_id=9 query={\"b\":\"c\"}"}"#,
        r#"{" user_agent=":" trace_id=9 query="}"#,
    ] {
        let line = access(r#"curl trace_id=1 query={"x":"y"}"#, query);
        check(&line, "user_agent", r#"curl trace_id=1 query={"x":"y"}"#);
        check(&line, "trace_id", "8");
        check(&line, "query", query);
        check(&line, "rt", "5");
    }
}

#[test]
fn an_unsigned_line_has_no_signature_even_if_its_query_contains_one() {
    let line = line("Ingress", r#"rt=5 user_agent=curl sig=x trace_id=8 query={"a":" sig=x"}"#);
    check(&line, "query", r#"{"a":" sig=x"}"#);
    assert_eq!(Cef::parse(&line).unwrap().field("sig"), None);
}

#[test]
fn empty_values_and_unknown_keys_are_read_before_the_user_agent() {
    let line =
        line("Authz.x", "rt=5 actor_id= principal_name=Ann B. Cee kong_initiated=true user_agent=");
    check(&line, "actor_id", "");
    check(&line, "principal_name", "Ann B. Cee");
    check(&line, "kong_initiated", "true");
    check(&line, "user_agent", "");
}

#[test]
fn a_bar_in_the_header_is_escaped() {
    let cef = Cef::parse(r"t h CEF:0|Kong\|Inc|a\\|1.0|c\d|Authz.x|1|rt=5").unwrap();
    assert_eq!(cef.field("event_vendor").as_deref(), Some("Kong|Inc"));
    assert_eq!(cef.field("event_product").as_deref(), Some(r"a\"));
    assert_eq!(cef.field("event_class_id").as_deref(), Some(r"c\d"));
    assert_eq!(cef.field("rt").as_deref(), Some("5"));
}

#[test]
fn a_backslash_without_an_escape_is_kept() {
    check(&authz(r#"a\b \" \| \= \\ \"#), "user_agent", r#"a\b \" \| = \ \"#);
}

#[test]
fn a_line_with_many_keys_is_read_in_linear_time() {
    // Quadratic reading would take minutes.
    for text in [
        " a=",
        " ",
        " sig=",
        " user_agent=",
        " trace_id=",
        " query=",
        r#" query={""#,
        r#" query={"":" query={":""#,
        r#" query={"a":1,"b":" query={":"c","d":""#,
        r"\\",
        "a",
    ] {
        // A query that is no object lets every earlier one be tried.
        let line = access(&text.repeat((1 << 19) / text.len()), "none");
        let cef = Cef::parse(&line).unwrap();
        for name in ["rt", "absent", "user_agent", "trace_id", "query", "sig"] {
            assert_eq!(cef.field(name).is_some(), name != "absent");
        }
    }
}

fn check(line: &str, name: &str, value: &str) {
    assert_eq!(Cef::parse(line).unwrap().field(name).as_deref(), Some(value), "{name} of {line}");
}

fn authz(user_agent: &str) -> String {
    line(
        "Authz.x",
        &format!(
            "rt=5 src=a action=list granted=true trace_id=7 user_agent={user_agent} sig=ab-_9"
        ),
    )
}

fn access(user_agent: &str, query: &str) -> String {
    let before = "rt=5 src=a request=/x act=GET status=200 principal_id=p";
    line("Ingress", &format!("{before} user_agent={user_agent} trace_id=8 query={query} sig=ab-_9"))
}

fn line(name: &str, extensions: &str) -> String {
    format!("2025-06-18T21:02:36Z konghq.com CEF:0|KongInc|Konnect|1.0|c|{name}|1|{extensions}")
}
