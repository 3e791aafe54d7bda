//! Chromium, steered through chromedriver: opening addresses, scripts and commands of the `DevTools`
//! protocol. What is measured is decided elsewhere.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Failure, running::EndsWithScope};

/// A browser with a profile of its own.
#[derive(Debug)]
pub(super) struct Chromium {
    session: String,
    _driver: EndsWithScope,
    _profile: TempDir,
}

impl Chromium {
    /// Starts the browser with this chromedriver.
    ///
    /// # Errors
    /// One of them does not start.
    pub(super) fn start(driver: &Path) -> Result<Self, Failure> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new(driver);
        command.arg("--port=0").env("TMPDIR", profile.path());
        let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut driver = EndsWithScope(started);
        let output = driver.0.stdout.take().ok_or("chromedriver has no output")?;
        let port = BufReader::new(output).lines().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let address = format!("http://127.0.0.1:{}", port.ok_or("chromedriver did not start")?);
        let data = format!("--user-data-dir={}", profile.path().join("user").display());
        // The browser exits when chromedriver does, however that ends.
        let args = ["--headless=new", "--no-sandbox", "--no-first-run", "--remote-debugging-pipe"];
        let args = [&args[..], &[&data]].concat();
        let options = json!({ "pageLoadStrategy": "none", "goog:chromeOptions": { "args": args } });
        let wanted = json!({ "capabilities": { "alwaysMatch": options } });
        let answer = post(&format!("{address}/session"), &wanted)?;
        let id = answer["sessionId"].as_str().ok_or("chromedriver has no session")?;
        let session = format!("{address}/session/{id}");
        Ok(Self { session, _driver: driver, _profile: profile })
    }

    /// Goes to an address, without waiting for its document.
    ///
    /// # Errors
    /// The browser does not answer.
    pub(super) fn open(&mut self, url: &str) -> Result<(), Failure> {
        post(&format!("{}/url", self.session), &json!({ "url": url }))?;
        Ok(())
    }

    /// The result of a script, which is the body of a function.
    ///
    /// # Errors
    /// The browser does not answer, or the script fails.
    pub(super) fn script(&mut self, script: &str) -> Result<Value, Failure> {
        post(&format!("{}/execute/sync", self.session), &json!({ "script": script, "args": [] }))
    }

    /// Sends a command of the `DevTools` protocol.
    ///
    /// # Errors
    /// The browser does not answer.
    pub(super) fn devtools(&mut self, command: &str, parameters: &Value) -> Result<Value, Failure> {
        let body = json!({ "cmd": command, "params": parameters });
        post(&format!("{}/goog/cdp/execute", self.session), &body)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // chromedriver is killed next, and the browser with it.
        let _ = ureq::delete(&self.session).call();
    }
}

/// The value of chromedriver's answer.
fn post(url: &str, body: &Value) -> Result<Value, Failure> {
    let request = ureq::post(url).header("content-type", "application/json");
    let answer = request.send(&body.to_string())?.into_body().read_to_string()?;
    let mut answer: Value = serde_json::from_str(&answer)?;
    Ok(answer["value"].take())
}
