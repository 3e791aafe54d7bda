//! Chromium and the driver that steers it: started and ended with a value, and asked for what
//! its driver has no word for.

use core::str::FromStr;
use std::process::Stdio;

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

/// A browser that nobody has used before; it ends with this value at the latest.
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
    // The browser ends when its driver does, however that ends.
    "--remote-debugging-pipe",
];

impl Driver {
    pub(crate) async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("TMPDIR", profile.path()).kill_on_drop(true);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("Chromium and chromedriver are needed on PATH");
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = loop {
            let line = output.next_line().await.unwrap().expect("chromedriver ended");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let data = format!("--user-data-dir={}", profile.path().join("user").display());
        let flags = [&FLAGS[..], &[&data]].concat();
        let wanted = json!({
            // A page can be looked at before all of it is there.
            "pageLoadStrategy": "eager",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": flags },
        });
        let Value::Object(wanted) = wanted else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from(wanted))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { client, process, _output: output, _profile: profile }
    }

    /// A command of the browser's own protocol.
    pub(crate) async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let asked = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Beyond("goog/cdp/execute", asked)).await.unwrap()
    }

    /// What the browser has logged since it was last asked.
    pub(crate) async fn log(&self) -> Vec<Logged> {
        let asked = Beyond("se/log", json!({ "type": "browser" }));
        let lines = self.client.issue_cmd(asked).await.unwrap();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let lines = lines.as_array().unwrap().iter();
        lines
            .map(|line| Logged { level: text(line, "level"), text: text(line, "message") })
            .collect()
    }

    /// Ends the browser in good order.
    pub(crate) async fn end(mut self) {
        self.client.close().await.unwrap();
        self.process.kill().await.unwrap();
    }
}

/// A command to the driver that is its own.
#[derive(Debug)]
struct Beyond(&'static str, Value);

impl WebDriverCompatibleCommand for Beyond {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}
