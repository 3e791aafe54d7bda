//! The server and a sink on this machine, with a token and a webhook that is set up.

use core::{fmt::Write as _, net::Ipv4Addr};
use std::{
    io::{Write, stderr},
    net::TcpListener,
};

use replay_wire::{Json, read_webhook};

use crate::{
    Failure,
    running::Running,
    step::{step, target},
};

/// The server and the sink, and the token of an org-admin for as long as the server runs.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) server: Running,
    pub(crate) sink: Running,
    pub(crate) token: String,
}

/// Where the data is kept, in the project's root.
pub(crate) const DATA: &str = "data";

/// The port that the server listens on if it is free; `Trunk.toml` names it too.
pub(crate) const SERVER_PORT: u16 = 8787;

/// The built server.
pub(crate) fn program() -> String {
    target().join("debug/replay-server").to_string_lossy().into_owned()
}

/// Builds the server.
///
/// # Errors
/// It does not build.
pub(crate) fn build_server() -> Result<(), Failure> {
    step("building the server", &["cargo", "build", "--package", "replay-server", "--locked"])
}

/// Inserts seven days of sample lines.
///
/// # Errors
/// They cannot be archived.
pub(crate) fn insert_samples() -> Result<(), Failure> {
    step("inserting sample lines", &[&program(), "sample", "--data", DATA, "--days", "7"])
}

/// Starts the sink and the server on `address`, and points the webhook of `us` at the sink.
///
/// # Errors
/// One of them does not start.
pub(crate) fn start(address: &str, serve_options: &[&str]) -> Result<Services, Failure> {
    let token = token()?;
    let program = program();
    let sink = Running::start("sink", &[&program, "sink", "--listen", &address_near(9099)], None)?;
    let server = start_server(address, serve_options, &token)?;
    deliver_to_sink(&server.url, &sink.url, &token)?;
    Ok(Services { server, sink, token })
}

/// Starts the server on `address`.
///
/// # Errors
/// It does not start.
pub(crate) fn start_server(
    address: &str,
    options: &[&str],
    token: &str,
) -> Result<Running, Failure> {
    let program = program();
    let serve = [&program, "serve", "--listen", address, "--data", DATA];
    let words = [&serve[..], &["--allow-net", "127.0.0.0/8", "--forward"], options].concat();
    Running::start("server", &words, Some(token))
}

/// This port on loopback, or any free one where it is taken.
pub(crate) fn address_near(port: u16) -> String {
    format!("127.0.0.1:{}", if is_free(port) { port } else { 0 })
}

/// Whether a program can listen on this port of loopback.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The path of the endpoint at the sink: an endpoint with this path was set up by this command.
const PATH: &str = "/audit-logs";

/// Points the webhook of `us` at the sink, unless it has another endpoint.
///
/// # Errors
/// The server does not answer, or refuses it.
pub(crate) fn deliver_to_sink(server: &str, sink: &str, token: &str) -> Result<(), Failure> {
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

/// A new token.
///
/// # Errors
/// There is no randomness.
pub(crate) fn token() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    }))
}
