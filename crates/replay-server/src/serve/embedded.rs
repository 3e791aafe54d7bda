//! The embedded server: builds its store, engine, background tasks and API, runs them, and ends them
//! gracefully at shutdown. A killed process loses no archived line and sends at most one batch per slice
//! again, with the same webhook-id.

use core::time::Duration;
use std::{
    io::{IsTerminal, Write, stdout},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use replay_core::{
    NodeId, Policy, Region, Timestamp,
    snapshot::{BatchLimits, Limits},
};
use tempfile::TempDir;
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    FatalError, SHUTDOWN_GRACE, ServedRegions, check_hosts, database_rules::store_rules, hosts,
    limits, listen, serve_until_shutdown, with_page,
};
use crate::{
    app_state::AppState,
    auth::{Role, TokenDigest},
    cli::{Heal, Serve},
    clock::Clock,
    data_dir::{DataDir, Lock},
    delivery::HttpDelivery,
    egress::Egress,
    engine::{
        DeliveryRates, Engine, FailingRegions, LivePolicy, LiveSignals, RetryPolicy, SlowDowns,
        Wakeups,
    },
    ingest::{Ingests, Spool},
    leases::Leases,
    metrics::Metrics,
    notices::Listeners,
    page_files::PageFiles,
    random,
    readiness::Readiness,
    retention,
    routes::router,
    sealing,
    self_audit::{write_summaries, write_summaries_every_minute},
    store::{SealLimits, Store},
    store_location::{StoreLocation, connect},
    syncing::sync_every_second,
    token,
    token_use::TokenUses,
};

/// Serves over the store until shutdown or engine failure.
pub(super) async fn serve_embedded(
    args: Serve,
    location: StoreLocation,
    regions: ServedRegions,
    admin_token: Option<String>,
    page: Option<PageFiles>,
) -> Result<(), FatalError> {
    let admin = admin_token.as_deref().map(admin_digest).transpose()?;
    let ServedRegions { all: regions, default: default_region } = regions;
    let is_shared = matches!(location, StoreLocation::Database(_));
    let Opened { store, data, spool, .. } = &open(location).await?;
    let metrics = Metrics::new(&regions)?;
    let store = store.clone().observed_by(metrics.clone());
    tokio::spawn({
        let store = store.clone();
        async move { store.empty_log().await }
    });
    let clock = Clock::system();
    store_rules(&store, &regions, args.forward, is_shared, clock.now()).await?;
    let policy = Policy { retention: args.retention, grace: args.grace, ..Policy::DEFAULT };
    let (limits, hosts) = (limits(&args), hosts(&args));
    let egress = Egress::new(args.allow_net.clone());
    let wakeups = Wakeups::new(regions.iter().cloned());
    // On a shared database, another node may begin forwarding at any time.
    let has_lanes = args.forward || is_shared;
    let signals = LiveSignals::new(regions.iter().filter(|_| has_lanes).cloned());
    let spool = Spool::new(spool.clone(), Spool::QUOTA_BYTES);
    let ingests = Ingests::new(spool, &regions);
    let webhook_tests = regions.iter().map(|region| (region.clone(), Semaphore::new(1))).collect();

    let listening = listen(args.listen)?;
    if admin.is_none() && !token::has_admin(&store, clock.now()).await? {
        create_first_admin(&store, &clock).await?;
    }

    let shutdown = CancellationToken::new();
    let rates = DeliveryRates::default();
    let node = random::node_id()?;
    let leases = if is_shared { Leases::shared(&regions) } else { Leases::all() };
    let engine = Arc::new(Engine {
        store: store.clone(),
        delivery: HttpDelivery::new(egress.clone(), HttpDelivery::TIMEOUT),
        clock: clock.clone(),
        limits: Limits::new(BatchLimits { lines: args.batch_lines, bytes: args.batch_bytes }),
        in_flight: args.in_flight,
        retry_policy: RetryPolicy::default(),
        owner: node.to_string(),
        live: live_policy(&args, clock.now()),
        signals: signals.clone(),
        wakeups: wakeups.clone(),
        rates: rates.clone(),
        slow_downs: SlowDowns::default(),
        policy,
        metrics: metrics.clone(),
    });
    let failing = FailingRegions::default();
    let mut tasks = JoinSet::new();
    if is_shared {
        let (wakeups, signals, rates) = (wakeups.clone(), signals.clone(), rates.clone());
        Listeners { store: store.clone(), wakeups, signals, rates, leases: leases.clone() }
            .spawn(&shutdown, &mut tasks);
    }
    let keep = leases.clone().keep(store.clone(), node, metrics.clone(), shutdown.clone());
    tasks.spawn(keep);
    engine.spawn_lanes(&leases, &failing, &shutdown, &mut tasks);
    engine.spawn(&leases, &failing, &shutdown, &mut tasks);
    let readiness = Arc::new(Readiness::new(data.clone(), store.clone(), failing));
    tokio::spawn({
        let readiness = Arc::clone(&readiness);
        async move { readiness.search_for_damage().await }
    });
    spawn_upkeep(&mut tasks, &store, leases, &regions, policy, &clock, &shutdown);
    let app = Arc::new(AppState {
        store,
        readiness,
        wakeups,
        signals,
        rates,
        metrics,
        in_flight: args.in_flight,
        clock,
        policy,
        egress,
        regions,
        default_region,
        admin,
        token_uses: TokenUses::default(),
        self_audit: !args.no_self_audit,
        refusals: Mutex::default(),
        behind_tls_proxy: args.behind_tls_proxy,
        ingests,
        webhook_tests,
    });
    tasks.spawn(write_summaries_every_minute(Arc::clone(&app), shutdown.clone()));
    let router = check_hosts(with_page(router(Arc::clone(&app)), page), hosts);
    let engine_failure = async {
        let _ = tasks.join_next().await;
        Err("a background task failed; the log has the reason".into())
    };
    let serving = serve_until_shutdown(listening, router, limits, shutdown, engine_failure).await?;
    // A delivery that does not end in time is sent again with the same webhook-id at the next start.
    let ended = async {
        let _ = serving.await;
        while tasks.join_next().await.is_some() {}
    };
    let _ = timeout(SHUTDOWN_GRACE, ended).await;
    write_last(&app, is_shared.then_some(node)).await;
    Ok(())
}

/// Gives up the leases of `node`, and stores the last summaries.
async fn write_last(app: &AppState, node: Option<NodeId>) {
    if let Some(node) = node {
        // Otherwise the other nodes wait until the leases have expired.
        let _ = timeout(LAST_WRITE, app.store.release_leases(node)).await;
    }
    // Refusals of the last requests have not been summarized yet.
    let _ = timeout(LAST_WRITE, write_summaries(app)).await;
}

/// An opened store, and the files that the server needs while it runs.
struct Opened {
    store: Store,
    /// `None` for a store in a database.
    data: Option<DataDir>,
    /// The folder for request bodies.
    spool: PathBuf,
    _lock: Option<Lock>,
    _folder: Option<TempDir>,
}

/// Opens the store. A data directory is locked, since it has one server.
async fn open(location: StoreLocation) -> Result<Opened, FatalError> {
    match location {
        StoreLocation::Data(path) => {
            let data = DataDir::open(&path)?;
            let lock = Some(data.lock()?);
            let (store, spool) = (data.store()?, data.spool()?);
            Ok(Opened { store, data: Some(data), spool, _lock: lock, _folder: None })
        }
        StoreLocation::Database(url) => {
            let (store, folder) = (connect(&url).await?, tempfile::tempdir()?);
            let spool = folder.path().to_owned();
            Ok(Opened { store, data: None, spool, _lock: None, _folder: Some(folder) })
        }
    }
}

/// Starts the tasks that trim, sync and seal the archive.
fn spawn_upkeep(
    tasks: &mut JoinSet<()>,
    store: &Store,
    leases: Leases,
    regions: &[Region],
    policy: Policy,
    clock: &Clock,
    shutdown: &CancellationToken,
) {
    tasks.spawn(retention::trim(
        store.clone(),
        leases.clone(),
        regions.to_vec(),
        policy,
        clock.clone(),
        shutdown.clone(),
    ));
    tasks.spawn(sync_every_second(store.clone(), shutdown.clone()));
    tasks.spawn_blocking(sealing(store.clone(), leases, regions.to_vec(), shutdown.clone()));
}

/// The work of the sealing thread.
fn sealing(
    store: Store,
    leases: Leases,
    regions: Vec<Region>,
    shutdown: CancellationToken,
) -> impl FnOnce() + Send + 'static {
    move || {
        if let Err(error) = sealing::run(store, leases, regions, SealLimits::DEFAULT, shutdown) {
            tracing::error!(%error, "sealing could not be started");
        }
    }
}

fn live_policy(args: &Serve, started_at: Timestamp) -> LivePolicy {
    let max_lag = args.max_lag.to_std().unwrap_or_default();
    LivePolicy { heals: args.heal == Heal::Auto, max_lag, ..LivePolicy::asking(started_at) }
}

/// How long each of the last writes may take.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// Creates the first admin's token. It is printed before it is stored: if it were stored and not shown,
/// no admin could use the server, and no other token would be created at the next start.
async fn create_first_admin(store: &Store, clock: &Clock) -> Result<(), FatalError> {
    let (token, stored) = token::draw(Role::OrgAdmin, &[], None, clock.now())?;
    let notice = token::first_admin_notice(&token, stdout().is_terminal());
    match writeln!(stdout(), "{notice}") {
        Ok(()) => store.add_token(stored).await?,
        Err(error) => {
            tracing::warn!(%error, "the first admin's token could not be shown: use `token add`");
        }
    }
    Ok(())
}

/// The digest of `REPLAY_ADMIN_TOKEN`.
fn admin_digest(token: &str) -> Result<TokenDigest, FatalError> {
    if token.chars().count() < 32 {
        return Err("REPLAY_ADMIN_TOKEN must have at least 32 characters".into());
    }
    Ok(TokenDigest::of(token))
}
