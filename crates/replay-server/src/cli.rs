//! The command line: what may be said, and in which words. What follows from it is decided
//! elsewhere.

use core::net::SocketAddr;
use std::path::PathBuf;

use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use replay_core::{Region, range};

use crate::{auth::Role, gateway::Upstream, token::Lifetime};

/// Audit-log replay: an archive of audit log lines, and jobs that send them to a webhook again.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API over a data directory; `REPLAY_ADMIN_TOKEN` in the environment, of at least 32
    /// characters, is the token of an org-admin for as long as it runs
    Serve(Serve),
    /// Receive deliveries, check and count them
    Sink(SinkArgs),
    /// Make, list and revoke tokens
    Token(TokenArgs),
    /// Archive lines that nobody caused, to look around with
    Sample(SampleArgs),
}

/// `serve`
#[derive(Args, Debug)]
pub struct Serve {
    /// Where to listen; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Where everything is kept
    #[arg(long, required_unless_present = "upstream", conflicts_with = "upstream")]
    pub data: Option<PathBuf>,
    /// Keep nothing and pass requests on to real Konnect, at `https://{region}.api.konghq.com`
    #[arg(long, value_name = "URL-TEMPLATE", value_parser = Upstream::read,
          conflicts_with_all = ["grace", "allow_net", "batch_lines", "batch_bytes", "no_self_audit"])]
    pub upstream: Option<Upstream>,
    /// The folder of the built page, which is then served beside the API
    #[arg(long)]
    pub dist: Option<PathBuf>,
    /// The regions of this server
    #[arg(long = "region", value_parser = region, num_args = 1..,
          default_values = Region::KONNECT.map(|(label, _)| label))]
    pub regions: Vec<Region>,
    /// The region of requests that name none [default: the first]
    #[arg(long, value_parser = region)]
    pub default_region: Option<Region>,
    /// How far back lines are kept and can be replayed
    #[arg(long, value_parser = duration, default_value = "7d")]
    pub retention: TimeDelta,
    /// How far beyond either edge a timeframe may lie, for the sake of skewed clocks
    #[arg(long, value_parser = duration, default_value = "5m")]
    pub grace: TimeDelta,
    /// Networks that webhooks may be in although they are not public, also over http
    #[arg(long, value_name = "CIDR", num_args = 1..)]
    pub allow_net: Vec<IpNet>,
    /// At most so many lines in one request
    #[arg(long, default_value_t = 1_000, value_parser = positive)]
    pub batch_lines: usize,
    /// At most so many bytes in one request, before compression
    #[arg(long, default_value_t = 900 * 1024, value_parser = positive)]
    pub batch_bytes: usize,
    /// Do not archive changes and refusals as audit lines
    #[arg(long)]
    pub no_self_audit: bool,
    /// A proxy in front speaks TLS, so listening beyond loopback is safe
    #[arg(long)]
    pub behind_tls_proxy: bool,
}

/// `sink`
#[derive(Args, Debug)]
pub struct SinkArgs {
    /// Where to listen; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:9099")]
    pub listen: SocketAddr,
    /// The value that deliveries must carry as `Authorization`
    #[arg(long, value_name = "VALUE")]
    pub authorization: Option<String>,
}

/// `token`
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// Where everything is kept
    #[arg(long, global = true)]
    pub data: Option<PathBuf>,
    /// What to do with tokens.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make one and print it: the only time it is shown
    Add {
        /// org-admin, audit-logs-admin, read-only or ingest
        #[arg(long, value_parser = role)]
        role: Role,
        /// The regions it is limited to, each one served; an audit-logs-admin needs at least one
        #[arg(long = "region", value_parser = region, num_args = 1..)]
        regions: Vec<Region>,
        /// How long it is valid, like 90d [default: until it is revoked]
        #[arg(long, value_name = "DURATION", value_parser = Lifetime::read)]
        expires: Option<Lifetime>,
    },
    /// Print the id, role and regions of each token, and when it was created, expires and was used
    List,
    /// Make a token worthless
    Revoke {
        /// The id that `add` and `list` print
        id: String,
    },
}

/// `sample`
#[derive(Args, Debug)]
pub struct SampleArgs {
    /// Where everything is kept
    #[arg(long)]
    pub data: PathBuf,
    /// How many days the lines span, up to now
    #[arg(long, default_value_t = 7)]
    pub days: u32,
    /// The regions whose archives get them
    #[arg(long = "region", value_parser = region, num_args = 1.., default_values = ["us"])]
    pub regions: Vec<Region>,
    /// How many lines a day has
    #[arg(long, default_value_t = 1_440)]
    pub lines_per_day: u32,
}

fn region(label: &str) -> Result<Region, String> {
    let rule = "a region is 2 to 16 lower-case letters or digits, and not `global`";
    Region::named(label).ok_or_else(|| rule.to_owned())
}

fn duration(text: &str) -> Result<TimeDelta, String> {
    range::read_duration(text).map_err(|error| error.to_string())
}

fn role(name: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::as_str).join(", ");
    Role::named(name).ok_or_else(|| format!("a role is one of {names}"))
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| format!("must be a whole number from 1 to {}", u32::MAX))
}
