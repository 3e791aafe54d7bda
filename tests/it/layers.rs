//! The architecture: which crates and modules may depend on which, and what each source file must
//! have.
#![cfg(test)]

mod files;
mod modules;

use std::path::PathBuf;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use petgraph::{Directed, algo::tarjan_scc, graphmap::GraphMap};

use files::{read, root, rust_files};
use modules::{ModulePath, Modules};

#[test]
fn the_pure_crates_depend_on_nothing_that_can_do_io() {
    for (name, pure) in [
        ("time-range", &["chrono"][..]),
        ("replay-core", &["chrono", "time-range"]),
        ("replay-wire", &["chrono", "form_urlencoded", "replay-core", "serde", "time-range"]),
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
fn the_page_and_the_server_share_no_implementation() {
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
fn no_crate_has_a_cycle_of_modules() {
    for member in members().iter().filter(|member| member.name != "replay-tests") {
        let modules = Modules::read(&source(member));
        let graph = GraphMap::<_, (), Directed>::from_edges(modules.edges());
        let cycles: Vec<_> =
            tarjan_scc(&graph).into_iter().filter(|together| together.len() > 1).collect();
        assert!(cycles.is_empty(), "{} has cycles of modules: {cycles:?}", member.name);
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
fn only_the_files_that_open_and_ask_the_database_use_its_library() {
    let server = server();
    let sqlite = ["database", "migration", "schema", "settings", "sql", "transaction"];
    assert_within(&server.users_of("rusqlite"), &["store"]);
    // The library reads the address.
    assert_within(&server.users_of("postgres"), &["store", "database_url"]);
    for (library, allowed) in
        [("rusqlite", &sqlite[..]), ("postgres", &["database", "partitions", "schema", "sql"])]
    {
        let users = server.users_of(library);
        for module in users.into_iter().filter(|module| module.len() > 1) {
            let part = module[1].as_str();
            assert!(allowed.contains(&part), "{} must not know {library}", module.join("::"));
        }
    }
}

#[test]
fn only_delivery_and_the_gateway_make_requests() {
    let server = server();
    assert_within(&server.users_of("reqwest"), &["client", "delivery", "egress", "gateway"]);
    assert_within(&server.users_of("reqwest::Client::builder"), &["client"]);
    assert_within(&server.callers_of("dns_resolver"), &["delivery"]);
}

#[test]
fn time_and_randomness_come_from_one_module_each() {
    let server = server();
    assert_within(&server.users_of("std::time::SystemTime"), &["clock"]);
    assert_within(&server.users_of("getrandom"), &["random"]);
}

#[test]
fn the_readme_shows_the_transition_table() {
    let table = read(&root().join("crates/replay-core/src/transitions.md"));
    assert!(read(&root().join("README.md")).contains(table.trim_end()));
}

#[test]
fn every_file_starts_with_a_module_comment_and_is_short() {
    for path in rust_files(&root()) {
        let text = read(&path);
        let tests = path.ends_with("tests.rs") || path.starts_with(root().join("tests"));
        let in_module = path.file_name().is_some_and(|name| name == "tests.rs");
        assert!(in_module || text.starts_with("//! "), "{} has no module comment", path.display());
        let lines = text.lines().count();
        assert!(lines <= if tests { 450 } else { 300 }, "{} has {lines} lines", path.display());
    }
}

/// The modules of the server.
fn server() -> Modules {
    Modules::read(&source(&member("replay-server")))
}

/// Asserts that there are such modules, and that each is one of `allowed` or inside one.
#[track_caller]
fn assert_within(modules: &[&ModulePath], allowed: &[&str]) {
    assert!(!modules.is_empty(), "no module does this any more");
    for module in modules {
        let top = module.first().map_or("", String::as_str);
        assert!(allowed.contains(&top), "{} must not do this", module.join("::"));
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

/// The names of the normal dependencies of a member.
fn dependencies(member: &Package) -> impl Iterator<Item = &str> {
    let built = member.dependencies.iter();
    let built = built.filter(|dependency| dependency.kind == DependencyKind::Normal);
    built.map(|dependency| dependency.name.as_str())
}

/// The directory of a member's source files.
fn source(member: &Package) -> PathBuf {
    member.manifest_path.with_file_name("src").into()
}
