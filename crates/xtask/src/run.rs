//! `cargo xtask run`: a server and a sink on this machine, a webhook between them, and the lines to
//! paste. It ends when either of them does, or with Ctrl-C, which reaches all of them.

use core::{fmt::Write as _, net::Ipv4Addr};
use std::{
    io::{BufRead, BufReader, Lines, Write, stderr, stdout},
    net::TcpListener,
    process::{Child, ChildStdout, Stdio},
    sync::mpsc,
    thread,
    time::SystemTime,
};

use chrono::{DateTime, TimeDelta};
use replay_core::{
    Instant, Timeframe,
    wire::{Json, read_webhook, write_timeframe},
};

use crate::{
    Failure,
    step::{command, need_c_compiler, step, target},
};

/// Which lines to start with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Samples {
    /// Those that are there.
    None,
    /// Seven days of lines that nobody caused.
    SevenDays,
}

/// Builds and runs a server and a sink.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn run(samples: Samples) -> Result<(), Failure> {
    need_c_compiler()?;
    step("building the server", &["cargo", "build", "--package", "replay-server", "--locked"])?;
    let program = target().join("debug/replay-server");
    let program = program.to_string_lossy();
    if samples == Samples::SevenDays {
        step("archiving samples", &[&program, "sample", "--data", DATA, "--days", "7"])?;
    }

    let token = token()?;
    let mut sink = Running::start(&[&program, "sink", "--listen", &listen(9099)], &token)?;
    let serve = [
        &program,
        "serve",
        "--data",
        DATA,
        "--listen",
        &listen(8787),
        "--allow-net",
        "127.0.0.0/8",
    ];
    let mut server = Running::start(&serve, &token)?;
    deliver_to_sink(&server.url, &sink.url, &token)?;
    writeln!(stdout(), "{}", what_to_paste(&server.url, &sink.url, &token)?)?;

    let (end, ended) = mpsc::channel();
    let told_to_end = end.clone();
    ctrlc::set_handler(move || {
        // Nobody waits any more only if the end has come already.
        let _ = told_to_end.send(());
    })?;
    for (name, output) in [("server", server.output.take()), ("sink", sink.output.take())] {
        let end = end.clone();
        thread::spawn(move || {
            for line in output.into_iter().flatten().map_while(Result::ok) {
                let _ = writeln!(stdout(), "{name}: {line}");
            }
            let _ = end.send(());
        });
    }
    ended.recv()?;
    Ok(())
}

/// Where `run` keeps its data, in the project's root.
const DATA: &str = "data";

/// A program of ours that has said where it listens; it ends with this value.
struct Running {
    child: Child,
    output: Option<Lines<BufReader<ChildStdout>>>,
    url: String,
}

impl Running {
    fn start(words: &[&str], token: &str) -> Result<Self, Failure> {
        let mut child =
            command(words).env("REPLAY_ADMIN_TOKEN", token).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("a program without output")?;
        let mut output = BufReader::new(output).lines();
        let first = output.next().transpose()?.unwrap_or_default();
        let url = first.strip_prefix("listening on ").map(str::to_owned);
        let url = url.ok_or_else(|| format!("{} did not start", words.join(" ")))?;
        Ok(Self { child, output: Some(output), url })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Points the webhook of `us` at the sink, unless somebody has set it up already.
fn deliver_to_sink(server: &str, sink: &str, token: &str) -> Result<(), Failure> {
    let url = format!("{server}/api/us/v2/audit-log-webhook");
    let bearer = format!("Bearer {token}");
    let text = ureq::get(&url).header("authorization", &bearer).call()?;
    let webhook: Json = serde_json::from_str(&text.into_body().read_to_string()?)?;
    let webhook = read_webhook(&webhook).map_err(|faults| format!("{faults:?}"))?;
    if let Some(endpoint) = webhook.endpoint {
        writeln!(stderr(), "== the webhook of us stays as it was set up: {endpoint}")?;
        return Ok(());
    }
    ureq::patch(&url)
        .header("authorization", &bearer)
        .header("content-type", "application/json")
        .send(&format!(r#"{{"endpoint":"{sink}/audit-logs","enabled":true}}"#))?;
    Ok(())
}

fn what_to_paste(server: &str, sink: &str, token: &str) -> Result<String, Failure> {
    let now = now();
    let window = write_timeframe(&Timeframe::last(TimeDelta::hours(24), now));
    let window = serde_json::to_string(&window)?;
    let rt = now.timestamp_millis();
    Ok(format!(
        r#"
server  {server}
sink    {sink}
data    ./{DATA}
token   {token}

Paste these in another terminal:

  export AUTHORIZATION='Authorization: Bearer {token}'

  # archive a line
  curl -H "$AUTHORIZATION" -H 'Content-Type: text/plain' {server}/api/us/x/ingest \
    --data-binary 'now konghq.com CEF:0|KongInc|Konnect|1.0|konnect|Authz.portals|1|rt={rt} src=127.0.0.1 action=list granted=true'

  # replay the last 24 hours to the sink
  curl -X PUT -H "$AUTHORIZATION" -H 'Content-Type: application/json' \
    {server}/api/us/v2/audit-log-replay-job \
    -d '{window}'

  # see how it went
  curl -H "$AUTHORIZATION" {server}/api/us/v2/audit-log-replay-job
  curl {sink}

Ctrl-C ends both."#
    ))
}

/// The usual port, or any free one where that is taken.
fn listen(port: u16) -> String {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    format!("127.0.0.1:{}", if free { port } else { 0 })
}

fn token() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    }))
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "what is pasted is about the present")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(now.as_millis()).unwrap_or_default();
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}
