//! The architecture as a test: what the README and the crates' documentation promise by absence.
#![cfg(test)]

mod files;
mod modules;

use std::path::PathBuf;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use petgraph::{Directed, algo::tarjan_scc, graphmap::GraphMap};

use files::{read, root, rust_files};
use modules::Modules;

#[test]
fn the_pure_crates_depend_on_nothing_that_can_do_io() {
    for (name, pure) in [
        ("time-range", &["chrono"][..]),
        ("replay-core", &["chrono", "time-range"]),
        ("replay-wire", &["chrono", "replay-core", "serde", "time-range"]),
        ("replay-client", &["chrono", "replay-core", "replay-wire", "time-range"]),
        ("replay-page", &["chrono", "replay-client", "replay-core", "replay-wire", "time-range"]),
        ("audit-log", &["chrono", "serde", "serde_json"]),
    ] {
        let member = member(name);
        for dependency in dependencies(&member) {
            assert!(pure.contains(&dependency), "{name} depends on {dependency}");
        }
        let lib = syn::parse_file(&read(&source(&member).join("lib.rs"))).unwrap();
        let no_std = lib.attrs.iter().any(|attribute| attribute.path().is_ident("no_std"));
        assert!(no_std, "{name} is not no_std");
    }
}

#[test]
fn the_page_and_the_server_meet_in_bytes_only() {
    for (name, barred) in [
        ("replay-web", &["audit-log", "replay-server"][..]),
        ("replay-server", &["yew", "wasm-bindgen"]),
        ("xtask", &["replay-server"]),
    ] {
        for dependency in dependencies(&member(name)) {
            assert!(!barred.contains(&dependency), "{name} depends on {dependency}");
        }
    }
}

#[test]
fn no_member_depends_on_the_tools_the_tests_or_the_page_in_a_browser() {
    for member in members() {
        for dependency in dependencies(&member) {
            let barred = ["replay-web", "xtask", "replay-tests"].contains(&dependency);
            assert!(!barred, "{} depends on {dependency}", member.name);
        }
    }
}

#[test]
fn no_modules_use_each_other_in_a_cycle() {
    for member in members().iter().filter(|member| member.name != "replay-tests") {
        let modules = Modules::read(&source(member));
        let graph = GraphMap::<_, (), Directed>::from_edges(modules.edges());
        let cycles: Vec<_> =
            tarjan_scc(&graph).into_iter().filter(|together| together.len() > 1).collect();
        assert!(cycles.is_empty(), "{} has modules that use each other: {cycles:?}", member.name);
    }
}

#[test]
fn the_page_in_a_browser_draws_no_texts_of_its_own() {
    for path in rust_files(&root().join("web/src")) {
        let text = read(&path);
        let literal =
            text.lines().find(|line| line.trim().starts_with("{ \"") || line.contains(">{ \""));
        assert_eq!(literal, None, "{} has a text, which belongs to the view", path.display());
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
fn the_readme_shows_the_transition_table() {
    let table = read(&root().join("crates/replay-core/src/transitions.md"));
    assert!(read(&root().join("README.md")).contains(table.trim_end()));
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

/// The members of the workspace.
fn members() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec();
    metadata.unwrap().packages
}

fn member(name: &str) -> Package {
    let found = members().into_iter().find(|member| member.name == name);
    found.unwrap_or_else(|| panic!("{name} is not a member"))
}

/// What a member needs to be built, by name.
fn dependencies(member: &Package) -> impl Iterator<Item = &str> {
    let built = member.dependencies.iter();
    let built = built.filter(|dependency| dependency.kind == DependencyKind::Normal);
    built.map(|dependency| dependency.name.as_str())
}

/// The folder of a member's source files.
fn source(member: &Package) -> PathBuf {
    member.manifest_path.with_file_name("src").into()
}
