//! A server's life: it takes its data directory, listens, moves jobs, trims its archive, and ends
//! in good order when it is told to. Being killed instead costs no more than a batch sent again, and
//! what a job remembers of its receiver's patience.

use core::{future::pending, net::SocketAddr, time::Duration};
use std::{
    collections::HashSet,
    io::{IsTerminal, Write, stdout},
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{Router, middleware};
use chrono::TimeDelta;
use replay_core::{Policy, Region};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    app::{App, router},
    auth::{Role, TokenDigest},
    cli::Serve,
    clock::Clock,
    data_dir::DataDir,
    delivery::HttpDelivery,
    egress::Egress,
    engine::{Bells, Engine, FailingRegions, Patience},
    gateway::{self, Gateway},
    hosts::{self, Hosts},
    ingest::{Ingests, Spool},
    listener::{self, Limits},
    page::Page,
    readiness::Readiness,
    self_audit::{write_summaries, write_summaries_every_minute},
    store::{BatchLimits, Store},
    token,
    token_use::TokenUses,
};

/// Why a server could not start, or had to end.
pub type Fatal = Box<dyn core::error::Error>;

/// Serves until the process is told to end. `admin_token` is an org-admin's for so long.
///
/// # Errors
/// When what was asked for is not safe, or something it needs cannot be had.
pub async fn serve(args: Serve, admin_token: Option<String>) -> Result<(), Fatal> {
    if !args.listen.ip().is_loopback() && !args.behind_tls_proxy {
        return Err("beyond loopback, tokens would travel in the clear: put a proxy that speaks \
                    TLS in front and say --behind-tls-proxy"
            .into());
    }
    let (regions, default_region) = regions(&args)?;
    let beside_page = page(args.dist.as_deref())?;
    match (args.upstream.clone(), args.data.clone()) {
        (Some(upstream), _) => {
            let timeout = Gateway::TIMEOUT;
            let retention = args.retention;
            let gateway = Gateway::new(upstream, regions, default_region, retention, timeout)?;
            let (limits, hosts) = (limits(&args), hosts(&args));
            let app = checked(hosts, beside_page(gateway::router(gateway)));
            serve_app(args.listen, app, limits).await
        }
        (None, Some(data)) => {
            embedded(args, &data, regions, default_region, admin_token, beside_page).await
        }
        (None, None) => Err("name the data directory with --data, or an --upstream".into()),
    }
}

/// Serves `app`, which has no state to save, until shutdown.
///
/// # Errors
/// The address cannot be listened on.
pub async fn serve_router(address: SocketAddr, app: Router) -> Result<(), Fatal> {
    serve_app(address, app, Limits::DIRECT).await
}

async fn serve_app(address: SocketAddr, app: Router, limits: Limits) -> Result<(), Fatal> {
    let socket = TcpListener::bind(address).await?;
    announce(socket.local_addr()?)?;
    let serving = listen(socket, app, limits, watch::Sender::new(false), pending()).await?;
    let _ = timeout(SHUTDOWN_GRACE, serving).await;
    Ok(())
}

async fn embedded(
    args: Serve,
    data: &Path,
    regions: Vec<Region>,
    default_region: Region,
    admin_token: Option<String>,
    beside_page: impl FnOnce(Router) -> Router,
) -> Result<(), Fatal> {
    let admin = admin_token.as_deref().map(admin_digest).transpose()?;
    let data = DataDir::open(data)?;
    let _lock = data.lock()?;
    let store = data.store()?;
    store.set_served_regions(regions.clone()).await?;
    tokio::spawn({
        let store = store.clone();
        async move { store.empty_log().await }
    });
    let clock = Clock::system();
    let policy = Policy { retention: args.retention, grace: args.grace, ..Policy::DEFAULT };
    let (limits, hosts) = (limits(&args), hosts(&args));
    let egress = Egress::new(args.allow_net);
    let bells = Bells::new(regions.iter().cloned());
    let spool = Spool::new(data.spool()?, Spool::QUOTA_BYTES);
    let ingests = Ingests::new(spool, &regions);
    let webhook_tests = regions.iter().map(|region| (region.clone(), Semaphore::new(1))).collect();

    let socket = TcpListener::bind(args.listen).await?;
    announce(socket.local_addr()?)?;
    if admin.is_none() && !token::has_admin(&store, clock.now()).await? {
        make_admin(&store, &clock).await?;
    }

    let (stop, stopped) = watch::channel(false);
    let engine = Arc::new(Engine {
        store: store.clone(),
        delivery: HttpDelivery::new(egress.clone(), HttpDelivery::TIMEOUT),
        clock: clock.clone(),
        limits: BatchLimits { lines: args.batch_lines, bytes: args.batch_bytes },
        patience: Patience::default(),
    });
    let failing = FailingRegions::default();
    let mut jobs = engine.spawn(&bells, &failing, &stopped);
    let readiness = Arc::new(Readiness::new(Some(data), store.clone(), failing));
    tokio::spawn({
        let readiness = Arc::clone(&readiness);
        async move { readiness.search_for_damage().await }
    });
    jobs.spawn(trim(store.clone(), regions.clone(), policy, clock.clone(), stopped.clone()));
    let app = Arc::new(App {
        store,
        readiness,
        bells,
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
    jobs.spawn(write_summaries_every_minute(Arc::clone(&app), stopped));
    let router = checked(hosts, beside_page(router(Arc::clone(&app))));
    let died = async {
        let _ = jobs.join_next().await;
        Err("the engine died; see above".into())
    };
    let serving = listen(socket, router, limits, stop, died).await?;
    // A delivery that does not end in time is sent again with the same webhook-id at the next start.
    let ended = async {
        let _ = serving.await;
        while jobs.join_next().await.is_some() {}
    };
    let _ = timeout(SHUTDOWN_GRACE, ended).await;
    // The last requests may have been refused.
    let _ = timeout(SUMMARIES_TIMEOUT, write_summaries(&app)).await;
    Ok(())
}

/// How long the last summaries of refusals may take to be written at the end.
const SUMMARIES_TIMEOUT: Duration = Duration::from_secs(2);

/// How long open requests and deliveries may take to end at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// The connection limits: behind a proxy, one address stands for every client.
fn limits(args: &Serve) -> Limits {
    if args.behind_tls_proxy { Limits::BEHIND_PROXY } else { Limits::DIRECT }
}

/// The hosts that are answered: on loopback its names only, unless a proxy decides.
fn hosts(args: &Serve) -> Hosts {
    if args.listen.ip().is_loopback() && !args.behind_tls_proxy {
        Hosts::Loopback(args.hosts.clone())
    } else {
        Hosts::Any
    }
}

/// `app` behind the check of each request's `Host`.
fn checked(hosts: Hosts, app: Router) -> Router {
    app.layer(middleware::from_fn_with_state(Arc::new(hosts), hosts::check))
}

/// What adds the built page to an API, if there is one.
fn page(dist: Option<&Path>) -> Result<impl FnOnce(Router) -> Router + use<>, Fatal> {
    let open = |dist: &Path| {
        Page::open(dist).map_err(|error| format!("--dist {}: {error}", dist.display()))
    };
    let page = dist.map(open).transpose()?;
    Ok(|api: Router| match page {
        Some(page) => api.fallback_service(page.router()),
        None => api,
    })
}

/// The regions, each once, and the one of requests that name none.
fn regions(args: &Serve) -> Result<(Vec<Region>, Region), Fatal> {
    let mut regions = args.regions.clone();
    let mut seen = HashSet::new();
    regions.retain(|region| seen.insert(region.clone()));
    let default_region = args.default_region.as_ref().or(regions.first()).cloned();
    match default_region {
        Some(region) if regions.contains(&region) => Ok((regions, region)),
        Some(region) => Err(format!("--default-region {region} is not among the regions").into()),
        None => Err("a server has at least one region".into()),
    }
}

/// The first line of output: whoever reads it can connect.
fn announce(address: SocketAddr) -> Result<(), Fatal> {
    writeln!(stdout(), "listening on http://{address}")?;
    Ok(())
}

/// Makes the first admin: the token is shown first, since one that nobody saw would lock all out.
async fn make_admin(store: &Store, clock: &Clock) -> Result<(), Fatal> {
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

fn admin_digest(token: &str) -> Result<TokenDigest, Fatal> {
    if token.chars().count() < 32 {
        return Err("REPLAY_ADMIN_TOKEN must have at least 32 characters".into());
    }
    Ok(TokenDigest::of(token))
}

/// Serves until shutdown or engine failure; returns the handle that drains open requests.
async fn listen(
    socket: TcpListener,
    app: Router,
    limits: Limits,
    stop: watch::Sender<bool>,
    engine_failure: impl Future<Output = Result<(), Fatal>>,
) -> Result<JoinHandle<()>, Fatal> {
    let serving = tokio::spawn(listener::serve(socket, app, limits, stop.subscribe()));
    tokio::select! {
        shutdown = shutdown_signal() => shutdown?,
        failed = engine_failure => failed?,
    }
    stop.send_replace(true);
    Ok(serving)
}

/// Ends with the first signal that asks the process to end.
async fn shutdown_signal() -> Result<(), Fatal> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// Forgets lines that nobody can ask for any more, a little at a time.
async fn trim(
    store: Store,
    regions: Vec<Region>,
    policy: Policy,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
) {
    // A request that was good a moment ago may not have reached the store yet.
    let spared = TimeDelta::hours(1);
    while !*stop.borrow() {
        for region in &regions {
            let forgotten = policy.forgotten_before(clock.now());
            let before = forgotten.checked_sub_signed(spared).unwrap_or(forgotten);
            let mut lines = 0;
            let ended = loop {
                match store.trim(region, before).await {
                    Ok(0) => break Ok(()),
                    Ok(deleted) => lines += deleted,
                    Err(error) => break Err(error),
                }
            };
            if lines > 0 {
                tracing::info!(%region, lines, "deleted lines past retention");
            }
            if let Err(error) = ended {
                tracing::error!(%region, %error, "the archive could not be trimmed");
            }
        }
        let _ = timeout(Duration::from_mins(10), stop.changed()).await;
    }
}
