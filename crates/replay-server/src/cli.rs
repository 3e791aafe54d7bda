//! The command line: its commands, their arguments and help texts. It does not run any command.

mod values;

use core::net::SocketAddr;
use std::path::PathBuf;

use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use replay_core::{JobId, Region};

use crate::{
    auth::Role, database_url::DatabaseUrl, gateway::Upstream, hosts::HostName, logging::LogFormat,
    store_location::StoreLocation, token::Lifetime,
};
use values::{duration, in_flight, job_id, positive, region, role};

/// Archive audit-log lines and replay them to webhooks
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
    /// The format of the log on stderr; the environment variable `RUST_LOG` filters it, like `warn`
    #[arg(long, value_enum, global = true, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API over a data directory or a database, or as a gateway to Konnect
    ///
    /// If the environment variable `REPLAY_ADMIN_TOKEN` is set, its value of at least 32 characters is
    /// an org-admin's token while the server runs.
    Serve(Box<Serve>),
    /// Receive, check and count deliveries
    Sink(SinkArgs),
    /// Create, list and revoke tokens
    Token(TokenArgs),
    /// Insert synthetic sample lines
    Sample(SampleArgs),
    /// Check the database, the checksums of the archive, and its counts
    Check(StoreArgs),
    /// Copy the database to a file, also while a server runs; `serve --data FILE` serves it
    ///
    /// A database on PostgreSQL is backed up by its own means.
    Backup(BackupArgs),
    /// Copy an archive with its jobs, webhooks and tokens to a data directory or a database, while no
    /// server runs on either
    ///
    /// The target must be empty. If the copy is interrupted, the same command goes on with it; at its end
    /// everything is compared. The source is only read; after the copy, serve one of the two, not both:
    /// they send with the same ids.
    Copy(CopyArgs),
    /// Give free space of a database file back to the file system, also while a server runs
    Compact(StoreArgs),
    /// List the batches of a started job: first and last sequence number, lines, SHA-256 of the body
    Batches(BatchesArgs),
}

/// The store of a command.
#[derive(Args, Debug)]
pub struct StoreArgs {
    /// The data directory, or a backup
    #[arg(long, required_unless_present = "database", conflicts_with = "database")]
    pub data: Option<PathBuf>,
    /// The PostgreSQL database, like `postgres://user@host/name?passfile=/run/pgpass`
    #[arg(long, value_name = "URL", value_parser = DatabaseUrl::read)]
    pub database: Option<DatabaseUrl>,
}

/// The arguments of `backup`.
#[derive(Args, Debug)]
pub struct BackupArgs {
    /// The data directory
    #[arg(long)]
    pub data: PathBuf,
    /// The file to create
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// The arguments of `copy`.
#[derive(Args, Debug)]
pub struct CopyArgs {
    /// The data directory or backup, or the URL of the PostgreSQL database, to copy
    #[arg(long, value_name = "DIR|URL", value_parser = StoreLocation::read)]
    pub from: StoreLocation,
    /// The data directory, which is created if it does not exist, or the URL of the database to copy to
    #[arg(long, value_name = "DIR|URL", value_parser = StoreLocation::read)]
    pub to: StoreLocation,
}

/// The arguments of `batches`.
#[derive(Args, Debug)]
pub struct BatchesArgs {
    /// The store.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The id of the job, which its requests carry as `x-replay-job-id`
    #[arg(long, value_name = "ID", value_parser = job_id)]
    pub job: JobId,
}

/// The arguments of `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// The address to listen on; port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// The data directory, which is created if it does not exist; or a backup
    #[arg(long, required_unless_present_any = ["database", "upstream"],
          conflicts_with_all = ["database", "upstream"])]
    pub data: Option<PathBuf>,
    /// The PostgreSQL database, like `postgres://user@host1,host2/name?passfile=/run/pgpass`, instead of
    /// a data directory; the password may also be in the environment variable `PGPASSWORD`
    #[arg(long, value_name = "URL", value_parser = DatabaseUrl::read, conflicts_with = "upstream")]
    pub database: Option<DatabaseUrl>,
    /// Forward requests to this URL, like `https://{region}.api.konghq.com`, and store nothing
    #[arg(long, value_name = "URL-TEMPLATE", value_parser = Upstream::read,
          conflicts_with_all = ["grace", "allow_net", "batch_lines", "batch_bytes", "in_flight",
                                "forward", "heal", "max_lag", "no_self_audit"])]
    pub upstream: Option<Upstream>,
    /// The folder of the built page; it is served beside the API
    #[arg(long)]
    pub dist: Option<PathBuf>,
    /// Accept requests for this host name; on loopback, localhost, its subdomains and literal addresses
    /// are always accepted; `*.example.com` matches every subdomain
    #[arg(long = "host", value_name = "NAME", value_parser = HostName::read)]
    pub hosts: Vec<HostName>,
    /// The regions of this server
    #[arg(long = "region", value_parser = region, num_args = 1..,
          default_values = Region::KONNECT.map(|region| region.label))]
    pub regions: Vec<Region>,
    /// The region of requests without a region [default: the first region]
    #[arg(long, value_parser = region)]
    pub default_region: Option<Region>,
    /// How long lines are kept and can be replayed
    #[arg(long, value_parser = duration, default_value = "7d")]
    pub retention: TimeDelta,
    /// How far a timeframe may reach beyond the retention or into the future, to tolerate clock skew
    #[arg(long, value_parser = duration, default_value = "5m")]
    pub grace: TimeDelta,
    /// Allow webhooks in these networks, even if they are not public, over http and https
    #[arg(long, value_name = "CIDR", num_args = 1..)]
    pub allow_net: Vec<IpNet>,
    /// The maximum number of lines in one delivery request
    #[arg(long, default_value_t = 1_000, value_parser = positive)]
    pub batch_lines: u64,
    /// The maximum number of bytes in one delivery request, before compression
    #[arg(long, default_value_t = 900 * 1024, value_parser = positive)]
    pub batch_bytes: u64,
    /// The maximum number of delivery requests of a job at the same time; 1 delivers in total order
    #[arg(long, default_value_t = 4, value_parser = in_flight)]
    pub in_flight: usize,
    /// Deliver lines to the webhook of their region as they arrive. On a database with several servers, the
    /// one that has started last decides for all
    #[arg(long)]
    pub forward: bool,
    /// Who submits the job that delivers the lines of an outage: `auto` for this server, `ask` for an
    /// admin
    #[arg(long, value_enum, default_value_t = Heal::Ask, requires = "forward")]
    pub heal: Heal,
    /// The age of the oldest undelivered line with which an outage begins
    #[arg(long, value_parser = duration, default_value = "15m", requires = "forward")]
    pub max_lag: TimeDelta,
    /// Do not archive audit lines of changes and refusals at this server
    #[arg(long)]
    pub no_self_audit: bool,
    /// Confirm that a proxy in front terminates TLS; this allows listening beyond loopback
    #[arg(long)]
    pub behind_tls_proxy: bool,
}

/// Who submits the job that heals an outage.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Heal {
    /// The server, once the receiver has been well for 30 seconds.
    Auto,
    /// An admin.
    Ask,
}

/// The arguments of `sink`.
#[derive(Args, Debug)]
pub struct SinkArgs {
    /// The address to listen on; port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:9099")]
    pub listen: SocketAddr,
    /// Require this `Authorization` value of deliveries
    #[arg(long, value_name = "VALUE")]
    pub authorization: Option<String>,
}

/// The arguments of `token`.
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// The data directory
    #[arg(long, global = true)]
    pub data: Option<PathBuf>,
    /// The PostgreSQL database, instead of a data directory
    #[arg(long, global = true, value_name = "URL", value_parser = DatabaseUrl::read)]
    pub database: Option<DatabaseUrl>,
    /// The command to run.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// The commands for tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Create a token and print its id and its text; the text is shown once
    Add {
        /// The role: org-admin, audit-logs-admin, read-only or ingest
        #[arg(long, value_parser = role)]
        role: Role,
        /// The served regions to limit the token to; an audit-logs-admin needs at least one
        #[arg(long = "region", value_parser = region, num_args = 1..)]
        regions: Vec<Region>,
        /// How long the token is valid, like 90d [default: until it is revoked]
        #[arg(long, value_name = "DURATION", value_parser = Lifetime::read)]
        expires: Option<Lifetime>,
    },
    /// List the tokens: id, role, regions, creation, expiry, last use
    List,
    /// Revoke a token
    Revoke {
        /// The id of the token, as `add` and `list` print it
        id: String,
    },
}

/// The arguments of `sample`.
#[derive(Args, Debug)]
pub struct SampleArgs {
    /// The store.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The number of days up to now over which the lines are spread
    #[arg(long, default_value_t = 7)]
    pub days: u32,
    /// The regions to insert lines into
    #[arg(long = "region", value_parser = region, num_args = 1.., default_values = ["us"])]
    pub regions: Vec<Region>,
    /// The number of lines per day
    #[arg(long, default_value_t = 1_440)]
    pub lines_per_day: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_help_says_what_each_command_does() {
        let cli = Cli::command();
        let help = |path: &[&str]| {
            let command = path.iter().fold(&cli, |command, name| {
                command.find_subcommand(name).unwrap_or_else(|| panic!("{name} is no command"))
            });
            command.get_about().unwrap().to_string()
        };
        for (path, expected) in [
            (
                &["serve"][..],
                "Serve the API over a data directory or a database, or as a gateway to Konnect",
            ),
            (&["token", "list"], "List the tokens: id, role, regions, creation, expiry, last use"),
            (&["token", "revoke"], "Revoke a token"),
            (&["sample"], "Insert synthetic sample lines"),
            (
                &["copy"],
                "Copy an archive with its jobs, webhooks and tokens to a data directory or a \
                 database, while no server runs on either",
            ),
        ] {
            assert_eq!(help(path), expected);
        }
    }
}
