//! Chromium and chromedriver: started and stopped, with the commands that fantoccini lacks.

use core::str::FromStr;
use std::{path::Path, process::Stdio};

use fantoccini::{
    Client, ClientBuilder,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A new browser; it is stopped when the value is dropped.
pub(crate) struct Driver {
    pub(crate) client: Client,
    process: Child,
    _output: Lines<BufReader<ChildStdout>>,
    _profile: TempDir,
}

/// A line of the browser's console.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) level: String,
    pub(crate) text: String,
}

const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // The browser exits when chromedriver does, however that ends.
    "--remote-debugging-pipe",
];

/// A chromedriver that listens.
struct Started {
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    port: String,
}

/// Starts chromedriver; `None` if it ends before it listens.
async fn start_chromedriver(profile: &Path) -> Option<Started> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").env("TMPDIR", profile).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().expect("Chromium and chromedriver are needed on PATH");
    let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
    while let Some(line) = output.next_line().await.unwrap() {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let port = port.trim_end_matches('.').to_owned();
            return Some(Started { process, output, port });
        }
    }
    None
}

impl Driver {
    pub(crate) async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut started = None;
        // chromedriver ends at once if the port that it draws for IPv4 is taken for IPv6.
        for _ in 0..5 {
            started = start_chromedriver(profile.path()).await;
            if started.is_some() {
                break;
            }
        }
        let Started { process, output, port } = started.expect("chromedriver ended");
        let data = format!("--user-data-dir={}", profile.path().join("user").display());
        let flags = [&FLAGS[..], &[&data]].concat();
        let capabilities = json!({
            // Tests may look at a page before it has loaded completely.
            "pageLoadStrategy": "eager",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": flags },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from(capabilities))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { client, process, _output: output, _profile: profile }
    }

    /// Sends a command of the `DevTools` protocol.
    pub(crate) async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(VendorCommand("goog/cdp/execute", body)).await.unwrap()
    }

    /// The console lines since the last call.
    pub(crate) async fn log(&self) -> Vec<Logged> {
        let command = VendorCommand("se/log", json!({ "type": "browser" }));
        let lines = self.client.issue_cmd(command).await.unwrap();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let lines = lines.as_array().unwrap().iter();
        lines
            .map(|line| Logged { level: text(line, "level"), text: text(line, "message") })
            .collect()
    }

    /// Closes the browser.
    pub(crate) async fn end(mut self) {
        self.client.close().await.unwrap();
        self.process.kill().await.unwrap();
    }
}

/// A command that only chromedriver has.
#[derive(Debug)]
struct VendorCommand(&'static str, Value);

impl WebDriverCompatibleCommand for VendorCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}
