//! `cargo xtask test`: everything CI runs, cheapest first, ending in one line of counts.

use std::io::{Write, stdout};

use crate::{
    Failure,
    browser::need_browser,
    counts::Counts,
    page,
    page_toolchain::WASM,
    postgres::need_postgres,
    promtool::need_promtool,
    size,
    step::{command, need_c_compiler, need_toolchain_part, step},
    tools::{path_with, wasm_bindgen, wasm_pack},
};

/// Runs every check.
///
/// # Errors
/// The first check that fails; the tests are counted and the page is weighed in any case.
pub(crate) fn test() -> Result<(), Failure> {
    need_c_compiler()?;
    need_toolchain_part("component", "rustfmt", "which checks the formatting")?;
    need_toolchain_part("component", "clippy", "which checks the house rules")?;
    need_toolchain_part("target", WASM, "where the page runs")?;
    need_promtool()?;
    need_postgres()?;
    step("formatting", &["cargo", "fmt", "--all", "--check"])?;
    for pure in
        ["time-range", "replay-core", "replay-wire", "replay-client", "replay-page", "audit-log"]
    {
        // Alone, so that no other crate can lend it a feature it must not have.
        let alone = ["cargo", "build", "--package", pure, "--target", WASM, "--locked"];
        step("without an operating system", &alone)?;
    }
    house_rules(&NATIVE)?;
    house_rules(&["--package", "replay-web", "--target", WASM])?;
    page::build()?;

    let mut counts = Counts::default();
    let of_the_page = tests_of_the_page(&mut counts);
    let words = [&["cargo", "test", "--locked", "--no-fail-fast"], &NATIVE[..]].concat();
    let native = counts.run("tests", &words, &mut command(&words));
    let of_postgres = contract_on_postgres(&mut counts);
    let size = size::report();
    writeln!(stdout(), "\n{} passed, {} failed", counts.passed, counts.failed)?;
    of_the_page.and(native).and(of_postgres).and(size)
}

/// Everything that is built for this machine; some of it steers a browser.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "replay-web"];

fn house_rules(packages: &[&str]) -> Result<(), Failure> {
    let clippy = ["cargo", "clippy", "--all-targets", "--locked"];
    step("house rules", &[&clippy, packages, &["--", "-D", "warnings"]].concat())
}

/// The tests of the contract, with PostgreSQL instead of SQLite.
fn contract_on_postgres(counts: &mut Counts) -> Result<(), Failure> {
    let words = ["cargo", "test", "--locked", "--package", "replay-tests", "--test", "it"];
    let words = [&words[..], &["contract::"]].concat();
    let mut runner = command(&words);
    runner.env("REPLAY_TEST_DATABASE", "postgres");
    counts.run("contract on PostgreSQL", &words, &mut runner)
}

fn tests_of_the_page(counts: &mut Counts) -> Result<(), Failure> {
    let driver = need_browser()?.to_string_lossy().into_owned();
    let path = path_with(&[wasm_bindgen()?, wasm_pack()])?;
    // What it would install is there already.
    let words = ["wasm-pack", "test", "--mode", "no-install", "--headless", "--chrome"];
    let words = [&words[..], &["--chromedriver", &driver, "web", "--locked"]].concat();
    let mut runner = command(&words);
    runner.env("PATH", path).env("CARGO_TARGET_DIR", page::target());
    // Its own 20 seconds are few where a browser starts beside a busy machine's other work.
    runner.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    counts.run("tests of the page", &words, &mut runner)
}
