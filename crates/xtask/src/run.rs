//! `cargo xtask run`: the page and its server on this machine, and the one address to open. It ends
//! when a part of it does, or with Ctrl-C, which reaches all of them.

use core::{fmt::Write as _, net::Ipv4Addr};
use std::{
    io::{Write, stderr, stdout},
    net::TcpListener,
    thread,
};

use replay_core::wire::{Json, read_webhook};

use crate::{
    Failure, page,
    running::{Running, until_the_end},
    step::{need_c_compiler, step, target},
};

/// What the page works on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Over {
    /// An archive on this machine, with the lines that are there.
    Archive,
    /// The same, with seven days of lines that nobody caused.
    Samples,
    /// Real Konnect, with the token that the page is given.
    Konnect,
}

/// Builds and runs everything.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn run(over: Over) -> Result<(), Failure> {
    need_c_compiler()?;
    build()?;
    let program = target().join("debug/replay-server").to_string_lossy().into_owned();
    let dist = page::dist().to_string_lossy().into_owned();
    let serve = [&program, "serve", "--listen", &listen(8787), "--dist", &dist];
    if over == Over::Konnect {
        let upstream = ["--upstream", "https://{region}.api.konghq.com"];
        let server = Running::start("server", &[&serve[..], &upstream].concat(), None)?;
        let open = &server.url;
        writeln!(stdout(), "\n  open  {open}\n\nYour Konnect token is asked for there. {END}")?;
        return until_the_end(vec![server]);
    }

    if over == Over::Samples {
        step("archiving samples", &[&program, "sample", "--data", DATA, "--days", "7"])?;
    }
    let token = token()?;
    let sink = [&program, "sink", "--listen", &listen(9099)];
    let sink = Running::start("sink", &sink, None)?;
    let archive = ["--data", DATA, "--allow-net", "127.0.0.0/8"];
    let server = Running::start("server", &[&serve[..], &archive].concat(), Some(&token))?;
    deliver_to_sink(&server.url, &sink.url, &token)?;
    writeln!(
        stdout(),
        "\n  open  {}/#token={token}\n\nThe sink is at {}; the data \
         is in ./{DATA}. {END}",
        server.url,
        sink.url,
    )?;
    until_the_end(vec![server, sink])
}

/// Where `run` keeps its data, in the project's root.
const DATA: &str = "data";

const END: &str = "Ctrl-C ends everything.\n";

/// Builds the page while the server is built.
fn build() -> Result<(), Failure> {
    let server = ["cargo", "build", "--package", "replay-server", "--locked"];
    thread::scope(|scope| {
        // A failure is told across threads as its words.
        let page = scope.spawn(|| page::build().map_err(|error| error.to_string()));
        step("building the server", &server)?;
        Ok(page.join().map_err(|_| "the page's build ended in a panic")??)
    })
}

/// Where the sink is told to listen for lines, so that a webhook of ours is known for one.
const PATH: &str = "/audit-logs";

/// Points the webhook of `us` at the sink, unless somebody has set it up already.
fn deliver_to_sink(server: &str, sink: &str, token: &str) -> Result<(), Failure> {
    let url = format!("{server}/api/us/v2/audit-log-webhook");
    let bearer = format!("Bearer {token}");
    let text = ureq::get(&url).header("authorization", &bearer).call()?;
    let webhook: Json = serde_json::from_str(&text.into_body().read_to_string()?)?;
    let webhook = read_webhook(&webhook).map_err(|faults| format!("{faults:?}"))?;
    let wanted = format!("{sink}{PATH}");
    if let Some(endpoint) = webhook.endpoint {
        // A sink of an earlier run may have had another port.
        let earlier = endpoint.starts_with("http://127.0.0.1:") && endpoint.ends_with(PATH);
        if endpoint == wanted || !earlier {
            if endpoint != wanted {
                writeln!(stderr(), "== the webhook of us stays as it was set up: {endpoint}")?;
            }
            return Ok(());
        }
    }
    ureq::patch(&url)
        .header("authorization", &bearer)
        .header("content-type", "application/json")
        .send(&format!(r#"{{"endpoint":"{wanted}","enabled":true}}"#))?;
    Ok(())
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
