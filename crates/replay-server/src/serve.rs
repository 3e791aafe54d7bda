//! A server's life: it takes its data directory, listens, moves jobs, trims its archive, and ends
//! in good order when it is told to. Being killed instead costs no more than a batch sent again, and
//! what a job remembers of its receiver's patience.

use core::{future::pending, net::SocketAddr, time::Duration};
use std::{
    collections::HashSet,
    io::{Write, stdout},
    path::Path,
    sync::Arc,
};

use axum::Router;
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
    listener,
    page::Page,
    readiness::Readiness,
    store::{BatchLimits, Store},
    token,
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
            stand(args.listen, beside_page(gateway::router(gateway))).await
        }
        (None, Some(data)) => {
            embedded(args, &data, regions, default_region, admin_token, beside_page).await
        }
        (None, None) => Err("name the data directory with --data, or an --upstream".into()),
    }
}

/// Answers with `app`, which keeps nothing that would have to be put away, until the process is
/// told to end.
///
/// # Errors
/// When it cannot listen.
pub async fn stand(address: SocketAddr, app: Router) -> Result<(), Fatal> {
    let socket = TcpListener::bind(address).await?;
    announce(socket.local_addr()?)?;
    let answering = listen(socket, app, watch::Sender::new(false), pending()).await?;
    let _ = timeout(UNDER_WAY, answering).await;
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
    let egress = Egress::new(args.allow_net);
    let bells = Bells::new(regions.iter().cloned());
    let webhook_tests = regions.iter().map(|region| (region.clone(), Semaphore::new(1))).collect();

    let socket = TcpListener::bind(args.listen).await?;
    announce(socket.local_addr()?)?;
    if admin.is_none() && !token::has_admin(&store).await? {
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
    jobs.spawn(trim(store.clone(), regions.clone(), policy, clock.clone(), stopped));
    let api = router(App {
        store,
        readiness,
        bells,
        clock,
        policy,
        egress,
        regions,
        default_region,
        admin,
        self_audit: !args.no_self_audit,
        behind_tls_proxy: args.behind_tls_proxy,
        ingests: Semaphore::new(4),
        webhook_tests,
    });
    let app = beside_page(api);
    let died = async {
        let _ = jobs.join_next().await;
        Err("the engine died; see above".into())
    };
    let answering = listen(socket, app, stop, died).await?;
    // What is still under way after this is repeated under the same name at the next start.
    let ended = async {
        let _ = answering.await;
        while jobs.join_next().await.is_some() {}
    };
    let _ = timeout(UNDER_WAY, ended).await;
    Ok(())
}

/// How long requests and deliveries under way are waited for at the end.
const UNDER_WAY: Duration = Duration::from_secs(5);

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
    let (token, stored) = token::draw(Role::OrgAdmin, &[], clock.now())?;
    match writeln!(stdout(), "there was no admin yet; this token is shown once: {}", token.text) {
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

/// Answers requests until the process is told to end, or what must not end `died`; what it answers
/// is the answering of those under way.
async fn listen(
    socket: TcpListener,
    app: Router,
    stop: watch::Sender<bool>,
    died: impl Future<Output = Result<(), Fatal>>,
) -> Result<JoinHandle<()>, Fatal> {
    let answering = tokio::spawn(listener::answer(socket, app, stop.subscribe()));
    tokio::select! {
        told = told_to_end() => told?,
        dead = died => dead?,
    }
    stop.send_replace(true);
    Ok(answering)
}

async fn told_to_end() -> Result<(), Fatal> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
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
