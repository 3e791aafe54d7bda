//! The architecture as a test: what the README and the crates' documentation promise by absence.
#![cfg(test)]

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn the_pure_crates_depend_on_nothing_that_can_do_io() {
    let pure = ["chrono", "serde", "serde_json"];
    for name in ["replay-core", "audit-log"] {
        let manifest = read(&root().join("crates").join(name).join("Cargo.toml"));
        let (_, rest) = manifest.split_once("[dependencies]\n").unwrap();
        let section = rest.split("\n[").next().unwrap();
        let said = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
        for line in section.lines().filter(said) {
            let dependency = line.split(['.', ' ', '=']).next().unwrap();
            assert!(pure.contains(&dependency), "{name} depends on {dependency}");
        }
        let lib = read(&root().join("crates").join(name).join("src/lib.rs"));
        assert!(lib.contains("#![no_std]"), "{name} is not no_std");
    }
}

#[test]
fn sql_stays_in_the_store() {
    only_in("rusqlite", &["store.rs", "store"]);
}

#[test]
fn only_delivery_and_the_gateway_make_requests() {
    only_in("reqwest", &["client.rs", "delivery.rs", "egress.rs", "gateway.rs"]);
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
