use super::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The golden bodies of `replay-wire`.
const GOLDEN: [&str; 7] = [
    include_str!("../../../crates/replay-wire/golden/job-of-2023.json"),
    include_str!("../../../crates/replay-wire/golden/job-never-used.json"),
    include_str!("../../../crates/replay-wire/golden/webhook-never-configured.json"),
    include_str!("../../../crates/replay-wire/golden/health-active.json"),
    include_str!("../../../crates/replay-wire/golden/health-inactive.json"),
    include_str!("../../../crates/replay-wire/golden/problem-unreadable.json"),
    include_str!("../../../crates/replay-wire/golden/problem-running.json"),
];

#[wasm_bindgen_test]
fn a_golden_body_is_the_same_value_as_natively() {
    for body in GOLDEN {
        let native: Json = serde_json::from_str(body).unwrap();
        let here = parse(body).unwrap();
        assert_eq!(here, native, "{body}");
        assert_eq!(print(&here).unwrap(), serde_json::to_string(&native).unwrap());
    }
}

#[wasm_bindgen_test]
fn a_body_is_printed_as_plain_json() {
    let text = r#"{"start_at":"2026-11-23T10:00:00Z","many":[1,-2,true,null,"\u00fc"],"none":{}}"#;
    let native: Json = serde_json::from_str(text).unwrap();
    assert_eq!(print(&native).unwrap(), serde_json::to_string(&native).unwrap());
}

#[wasm_bindgen_test]
fn a_text_that_is_not_json_is_rejected() {
    for text in ["", "<html>", "{\"a\":}"] {
        assert_eq!(parse(text), None, "{text}");
    }
}
