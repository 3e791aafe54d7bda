//! `cargo xtask lighthouse`: Lighthouse's scores of the signed-in page at a release server. It fails
//! below the bar of the project in any category.

use std::{
    env, fs,
    io::{Write, stdout},
    path::PathBuf,
};

use serde_json::Value;
use which::which;

use crate::{
    Failure,
    browser::{BROWSERS, need_browser},
    sample_server::SampleServer,
    step::{command, perform, say},
    tools::cache,
};

/// The version that is run: later ones need a newer Node.js than Debian has.
const PACKAGE: &str = "lighthouse@12.8.2";

/// The lowest score of a category, in percent.
const BAR: u64 = 95;

/// The categories that must be in the report.
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];

/// Measures the page and prints the scores, and what lowers them.
///
/// # Errors
/// Something is missing or cannot be built, or a score is below the bar.
pub(crate) fn lighthouse() -> Result<(), Failure> {
    need_browser()?;
    if which("npx").is_err() {
        return Err("Lighthouse needs Node.js 18.16 or later with npx on PATH; on Debian: \
                    apt-get install --yes nodejs npm"
            .into());
    }
    let server = SampleServer::start()?;
    let url = format!("{}/{}", server.url(), server.fragment());
    let report = run(&url)?;
    let mut missed = Vec::new();
    for name in CATEGORIES {
        let category = &report["categories"][name];
        // The score of a category that is not in the report is 0.
        let score = percent(&category["score"]);
        writeln!(stdout(), "{name:20}{score:>4}")?;
        for reference in category["auditRefs"].as_array().into_iter().flatten() {
            print_audit(reference, &report)?;
        }
        if score < BAR {
            missed.push(name);
        }
    }
    if missed.is_empty() {
        Ok(())
    } else {
        Err(format!("below {BAR}: {}", missed.join(", ")).into())
    }
}

/// Runs Lighthouse; returns its report.
fn run(url: &str) -> Result<Value, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("report.json");
    let output = format!("--output-path={}", path.display());
    let flags = "--chrome-flags=--headless=new --no-sandbox";
    let words = ["npx", "--yes", PACKAGE, url, "--quiet", "--output=json", &output, flags];
    // The address has a token in it.
    let shown = ["npx", "--yes", PACKAGE];
    say("measuring the page", &shown);
    let mut command = command(&words);
    command.env("npm_config_cache", npm_cache()?);
    if let Some(browser) = BROWSERS.iter().find_map(|name| which(name).ok())
        && env::var_os("CHROME_PATH").is_none()
    {
        command.env("CHROME_PATH", browser);
    }
    perform("measuring the page", &shown, &mut command)?;
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Prints an audit that lowers the score of its category, or why the page is not kept for the
/// browser's Back button.
fn print_audit(reference: &Value, report: &Value) -> Result<(), Failure> {
    let id = reference["id"].as_str().unwrap_or_default();
    let audit = &report["audits"][id];
    let counts = reference["weight"].as_f64().unwrap_or_default() > 0.0 || id == "bf-cache";
    let is_met = audit["score"].as_f64().is_none_or(|score| score >= 0.9);
    if counts && !is_met {
        let title = audit["title"].as_str().unwrap_or_default();
        let value = audit["displayValue"].as_str().unwrap_or_default();
        writeln!(stdout(), "    {title} {value}")?;
        for item in audit["details"]["items"].as_array().into_iter().flatten() {
            if let Some(reason) = item["reason"].as_str() {
                writeln!(stdout(), "        {reason}")?;
            }
        }
    }
    Ok(())
}

/// A score between 0 and 1 in whole percent.
fn percent(score: &Value) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 100")]
    let percent = (score.as_f64().unwrap_or_default() * 100.0).round() as u64;
    percent
}

fn npm_cache() -> Result<PathBuf, Failure> {
    Ok(cache()?.join("npm"))
}
