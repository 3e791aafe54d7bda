//! `cargo xtask size`: what a cold load of the page transfers, and what its first use adds, against
//! their budgets, and which crate it comes from.

use std::{
    fs,
    io::{self, Write, stdout},
};

use crate::{
    Failure,
    assets::{self, files},
    attribution::shares,
    page,
    transfer::{Transfer, total, transfers},
};

/// What a cold load is meant to stay below, in bytes of brotli; 1 KB is 1000 bytes.
const GOAL: u64 = 140_000;
/// What a cold load must not exceed.
const LIMIT: u64 = 144_000;
/// What the page must not exceed with what its first use adds.
const WHOLE_LIMIT: u64 = 194_000;

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
    let (first, second): (Vec<_>, Vec<_>) = transfers(&page::dist())?
        .into_iter()
        .partition(|part| !part.name.ends_with(assets::SECOND_PART));
    let (cold, whole) = (total(&first), total(&[&first[..], &second].concat()));
    let mut out = stdout().lock();
    table(&mut out, "a cold load, in bytes", first.iter().chain([&cold]))?;
    writeln!(out, "{:66}{GOAL:10}\n{:66}{LIMIT:10}", "goal", "limit")?;
    table(&mut out, "with its first use, in bytes", second.iter().chain([&whole]))?;
    writeln!(out, "{:66}{WHOLE_LIMIT:10}", "limit")?;
    for name in files(&page::built())? {
        if name.extension().is_some_and(|ending| ending == "wasm") {
            by_crate(&mut out, &shares(&fs::read(page::built().join(name))?)?)?;
        }
    }
    within("a cold load", cold.brotli, LIMIT)?;
    within("the whole page", whole.brotli, WHOLE_LIMIT)
}

fn table<'a>(
    out: &mut impl Write,
    title: &str,
    parts: impl Iterator<Item = &'a Transfer>,
) -> io::Result<()> {
    writeln!(out, "\n{title:46}{:>10}{:>10}{:>10}", "raw", "gzip", "brotli")?;
    for Transfer { name, raw, gzip, brotli } in parts {
        writeln!(out, "{name:46}{raw:10}{gzip:10}{brotli:10}")?;
    }
    Ok(())
}

fn within(what: &str, brotli: u64, limit: u64) -> Result<(), Failure> {
    let over = brotli.saturating_sub(limit);
    if over == 0 { Ok(()) } else { Err(format!("{what} is {over} bytes too heavy").into()) }
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
        assert!(within("a cold load", LIMIT, LIMIT).is_ok());
        let error = within("a cold load", LIMIT + 5, LIMIT).unwrap_err().to_string();
        assert_eq!(error, "a cold load is 5 bytes too heavy");
    }
}
