//! The bodies of the extensions.

use super::*;
use alloc::vec;
use chrono::TimeDelta;
use replay_core::Region;

#[test]
fn the_bodies_of_the_extensions_have_their_documented_fields() {
    let us = Region::named("us").unwrap();
    let server = ServerInfo {
        mode: Mode::Embedded,
        regions: vec![us.clone()],
        default_region: us.clone(),
        retention: TimeDelta::days(7),
        extensions: vec![Extension::Cancel],
    };
    assert_eq!(
        print(&write_server(&server)),
        r#"{"mode":"embedded","regions":[{"region":"us","name":"United States"}],"default_region":"us","retention_seconds":604800,"extensions":["cancel"]}"#
    );
    assert_eq!(read_server(&write_server(&server)), Ok(server));
    let me = Me { role: "read-only".to_owned(), regions: vec![us] };
    assert_eq!(print(&write_me(&me)), r#"{"role":"read-only","regions":["us"]}"#);
    assert_eq!(read_me(&write_me(&me)), Ok(me));
    let ingested = Ingested {
        accepted: 2,
        duplicates: 1,
        rejected: vec![RejectedLine { line_number: 3, reason: "not a line".to_owned() }],
        rejected_count: 1,
    };
    assert_eq!(
        print(&write_ingested(&ingested)),
        r#"{"accepted":2,"duplicates":1,"rejected":[{"line":3,"reason":"not a line"}],"rejected_count":1}"#
    );
}

#[test]
fn a_server_names_its_extensions_and_an_unknown_one_is_left_out() {
    let us = Region::named("us").unwrap();
    let server = ServerInfo {
        mode: Mode::Embedded,
        regions: vec![us.clone()],
        default_region: us,
        retention: TimeDelta::days(7),
        extensions: Extension::ALL.to_vec(),
    };
    let written = print(&write_server(&server));
    let names = r#"["ingest","cancel","webhook/test","preview","progress","history","outages","rate","resume","kinds","overview"]"#;
    assert!(written.contains(names), "{written}");
    let newer = written.replace(names, r#"["preview","rewind","progress"]"#);
    let extensions = vec![Extension::Preview, Extension::Progress];
    assert_eq!(read_server(&parse(&newer)), Ok(ServerInfo { extensions, ..server }));
}

#[test]
fn an_object_with_more_than_1000_fields_is_rejected() {
    let object = |names| {
        let fields: Vec<_> = (0..names).map(|name| alloc::format!(r#""{name}":0"#)).collect();
        alloc::format!("{{{}}}", fields.join(","))
    };
    assert!(serde_json::from_str::<Json>(&object(1_000)).is_ok());
    assert!(serde_json::from_str::<Json>(&object(1_001)).is_err());
}
