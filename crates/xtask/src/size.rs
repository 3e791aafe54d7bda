//! `cargo xtask size`: what a cold load of the page transfers, against its budget, and which crate
//! it comes from.

use std::{
    fs,
    io::{self, Write, stdout},
};

use crate::{
    Failure,
    attribution::shares,
    page,
    publish::files,
    transfer::{Transfer, total, transfers},
};

/// What the page is meant to stay below, in bytes of brotli; 1 KB is 1000 bytes. The picker, the timeline
/// and the history have taken it above that.
const GOAL: u64 = 140_000;
/// What it must not exceed until it is below the goal again: it may only become smaller.
const LIMIT: u64 = 184_000;

/// Builds the page and weighs it.
///
/// # Errors
/// When it cannot be built, or is too heavy.
pub(crate) fn size() -> Result<(), Failure> {
    page::build()?;
    report()
}

/// Weighs the page that was built last.
///
/// # Errors
/// When there is none, or it is too heavy.
pub(crate) fn report() -> Result<(), Failure> {
    let parts = transfers(&page::dist())?;
    let total = total(&parts);
    let mut out = stdout().lock();
    writeln!(out, "\n{:46}{:>10}{:>10}{:>10}", "a cold load, in bytes", "raw", "gzip", "brotli")?;
    for Transfer { name, raw, gzip, brotli } in parts.iter().chain([&total]) {
        writeln!(out, "{name:46}{raw:10}{gzip:10}{brotli:10}")?;
    }
    writeln!(out, "{:66}{GOAL:10}\n{:66}{LIMIT:10}", "goal", "limit")?;
    for name in files(&page::built())? {
        if name.extension().is_some_and(|ending| ending == "wasm") {
            by_crate(&mut out, &shares(&fs::read(page::built().join(name))?)?)?;
        }
    }
    within_limit(total.brotli)
}

fn within_limit(brotli: u64) -> Result<(), Failure> {
    let over = brotli.saturating_sub(LIMIT);
    if over == 0 { Ok(()) } else { Err(format!("the page is {over} bytes too heavy").into()) }
}

fn by_crate(out: &mut impl Write, shares: &[(String, u64)]) -> io::Result<()> {
    let all: u64 = shares.iter().map(|(_, size)| size).sum();
    writeln!(out, "\n{:46}{:>10}{:>10}", "the wasm by crate, in bytes", "raw", "percent")?;
    for (name, size) in shares {
        writeln!(out, "{name:46}{size:10}{:10}", (size * 100 + all / 2) / all.max(1))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_limit_fails() {
        assert!(within_limit(GOAL + 1).is_ok() && within_limit(LIMIT).is_ok());
        let error = within_limit(LIMIT + 5).unwrap_err().to_string();
        assert_eq!(error, "the page is 5 bytes too heavy");
    }
}
