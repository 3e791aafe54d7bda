//! The architecture as a test: what the README and the crates' documentation promise by absence.
#![cfg(test)]

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn the_pure_crates_depend_on_nothing_that_can_do_io() {
    for (name, pure) in [
        ("replay-core", &["chrono", "serde"][..]),
        ("replay-page", &["chrono", "replay-core"]),
        ("audit-log", &["chrono", "serde", "serde_json"]),
    ] {
        for dependency in dependencies(&root().join("crates").join(name)) {
            assert!(pure.contains(&&*dependency), "{name} depends on {dependency}");
        }
        let lib = read(&root().join("crates").join(name).join("src/lib.rs"));
        assert!(lib.contains("#![no_std]"), "{name} is not no_std");
    }
}

#[test]
fn the_page_and_the_server_meet_in_bytes_only() {
    for (name, barred) in [
        ("web", &["audit-log", "replay-server"][..]),
        ("crates/replay-server", &["yew", "wasm-bindgen"]),
        ("crates/xtask", &["replay-server"]),
    ] {
        for dependency in dependencies(&root().join(name)) {
            assert!(!barred.contains(&&*dependency), "{name} depends on {dependency}");
        }
    }
}

#[test]
fn nothing_depends_on_the_glue_or_on_the_page_in_a_browser() {
    for member in members() {
        for dependency in dependencies(&member) {
            let end = ["replay-web", "xtask", "replay-tests"].contains(&&*dependency);
            assert!(!end, "{} depends on {dependency}", member.display());
        }
    }
}

#[test]
fn sql_stays_in_the_store() {
    only_in("rusqlite", &["store.rs", "store"]);
}

#[test]
fn only_delivery_and_the_gateway_make_requests() {
    only_in("reqwest", &["client.rs", "delivery.rs", "egress.rs", "egress", "gateway.rs"]);
    only_in("Client::builder", &["client.rs"]);
    only_in("dns_resolver", &["delivery.rs"]);
}

#[test]
fn time_and_randomness_come_from_one_place_each() {
    only_in("SystemTime", &["clock.rs"]);
    only_in("getrandom::", &["random.rs"]);
}

#[test]
fn the_readme_shows_the_law() {
    let law = read(&root().join("crates/replay-core/src/law.md"));
    assert!(read(&root().join("README.md")).contains(law.trim_end()));
}

#[test]
fn every_file_says_what_it_is_for_and_is_one_concern_long() {
    for path in rust_files(&root()) {
        let text = read(&path);
        let tests = path.ends_with("tests.rs") || path.starts_with(root().join("tests"));
        let in_module = path.file_name().is_some_and(|name| name == "tests.rs");
        assert!(in_module || text.starts_with("//! "), "{} says nothing", path.display());
        let lines = text.lines().count();
        assert!(lines <= if tests { 450 } else { 300 }, "{} has {lines} lines", path.display());
    }
}

/// Asserts that of the server's files only these, or those in these folders, hold `word`.
fn only_in(word: &str, places: &[&str]) {
    let src = root().join("crates/replay-server/src");
    for path in rust_files(&src) {
        let within = path.strip_prefix(&src).unwrap();
        let allowed = places.iter().any(|place| within.starts_with(place));
        assert!(allowed || !read(&path).contains(word), "{} knows {word}", within.display());
    }
}

/// The folders of the workspace's members.
fn members() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    crates.chain([root().join("tests"), root().join("web")]).collect()
}

/// What a member needs to be built, by name.
fn dependencies(member: &Path) -> Vec<String> {
    let manifest = read(&member.join("Cargo.toml"));
    let (_, rest) = manifest.split_once("[dependencies]\n").unwrap();
    let section = rest.split("\n[").next().unwrap();
    let said = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap().to_owned();
    section.lines().filter(said).map(name).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
