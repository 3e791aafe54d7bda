//! The entry point: sets up logging and runs a command. The command line is defined in `cli`.

use core::{num::NonZero, time::Duration};
use std::{
    env,
    ffi::OsString,
    io::{Write, stdout},
    process::ExitCode,
    thread::available_parallelism,
};

use chrono::TimeDelta;
use clap::Parser;
use replay_server::{
    auth::Role,
    cli::{Cli, Command, SampleArgs, StoreArgs, TokenArgs, TokenCommand},
    clock::Clock,
    copying, logging, maintenance, sample,
    serve::{self, FatalError},
    sink,
    store::Store,
    store_location::StoreLocation,
    token,
};
use tokio::runtime::Builder;

/// The number of threads for work that blocks, beside one for each core; sealing takes one. It is
/// small because the allocator keeps the peak of every thread.
const SPARE_THREADS: usize = 3;

fn main() -> ExitCode {
    let Cli { command, log_format } = Cli::parse();
    logging::init(log_format);
    let cores = available_parallelism().map_or(1, NonZero::get);
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(cores + SPARE_THREADS + database_threads(&command))
        .build();
    let result = runtime.map_err(FatalError::from).and_then(|runtime| {
        let result = runtime.block_on(run(command));
        runtime.shutdown_timeout(Duration::from_secs(1));
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            logging::write_fatal(log_format, &*error);
            ExitCode::FAILURE
        }
    }
}

/// The number of threads that may be blocked while a database does not answer.
fn database_threads(command: &Command) -> usize {
    if let Command::Serve(args) = command
        && args.database.is_some()
    {
        Store::POSTGRES_THREADS
    } else {
        0
    }
}

async fn run(command: Command) -> Result<(), FatalError> {
    match command {
        Command::Serve(args) => {
            let admin_token = env::var_os("REPLAY_ADMIN_TOKEN").map(OsString::into_string);
            let admin_token =
                admin_token.transpose().map_err(|_| "REPLAY_ADMIN_TOKEN is not valid UTF-8")?;
            serve::serve(*args, admin_token).await
        }
        Command::Sink(args) => {
            serve::serve_router(args.listen, sink::router(args.authorization)).await
        }
        Command::Token(args) => manage_tokens(args).await,
        Command::Sample(args) => insert_samples(args).await,
        Command::Check(args) => {
            let store = location(args)?.open_current().await?;
            maintenance::check(&store, &mut stdout()).await
        }
        Command::Backup(args) => maintenance::backup(&args.data, &args.to, &mut stdout()).await,
        Command::Copy(args) => copying::copy(args.from, args.to, &mut stdout()).await,
        Command::Compact(args) => maintenance::compact(&location(args)?, &mut stdout()).await,
        Command::Batches(args) => {
            let store = location(args.store)?.open_current().await?;
            maintenance::batches(&store, args.job, &mut stdout()).await
        }
    }
}

fn location(args: StoreArgs) -> Result<StoreLocation, FatalError> {
    Ok(StoreLocation::of(args.data, args.database)?)
}

async fn manage_tokens(args: TokenArgs) -> Result<(), FatalError> {
    let store = StoreLocation::of(args.data, args.database)?.open().await?;
    let now = Clock::system().now();
    match args.command {
        TokenCommand::Add { role: Role::AuditLogsAdmin, regions, .. } if regions.is_empty() => {
            Err("an audit-logs-admin needs at least one --region".into())
        }
        TokenCommand::Add { role: Role::OrgAdmin, regions, .. } if !regions.is_empty() => {
            Err("an org-admin covers every region; an audit-logs-admin can be limited".into())
        }
        TokenCommand::Add { role, regions, expires } => {
            token::check_regions(&regions, &store.served_regions().await?)?;
            let (token, stored) = token::draw(role, &regions, expires, now)?;
            store.add_token(stored).await?;
            writeln!(stdout(), "{}\n{}", token.id, token.text)?;
            Ok(())
        }
        TokenCommand::List => Ok(write!(stdout(), "{}", token::list(&store, now).await?)?),
        TokenCommand::Revoke { id } if store.revoke_token(&id).await? => Ok(()),
        TokenCommand::Revoke { id } => Err(format!("there is no token {id}").into()),
    }
}

async fn insert_samples(args: SampleArgs) -> Result<(), FatalError> {
    const LINES_PER_TRANSACTION: usize = 10_000;
    let store = location(args.store)?.open().await?;
    let now = Clock::system().now();
    let count = args
        .days
        .checked_mul(args.lines_per_day)
        .ok_or("--days times --lines-per-day is too large")?;
    let span = TimeDelta::days(args.days.into());
    for region in &args.regions {
        let mut lines = sample::lines(region, count, span, now).peekable();
        let mut added = 0;
        while lines.peek().is_some() {
            added += store
                .append_samples(region, lines.by_ref().take(LINES_PER_TRANSACTION).collect())
                .await?
                .accepted;
        }
        writeln!(stdout(), "{region}: {added} new lines of {count} over {} days", args.days)?;
    }
    Ok(())
}
