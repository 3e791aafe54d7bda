//! Runs a server until shutdown. It contains what the modes share: the options, the regions, the page
//! beside the API, the socket and the signals. The embedded mode is in `embedded`.

mod database_rules;
mod embedded;

use core::{future::pending, net::SocketAddr, time::Duration};
use std::{
    collections::HashSet,
    io::{self, Write, stdout},
    sync::Arc,
};

use axum::{Router, middleware};
use replay_core::Region;
use replay_wire::ServerInfo;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    api::about,
    cli::Serve,
    gateway::{self, Gateway},
    hosts::{self, Hosts},
    listener::{self, Limits},
    page_files::PageFiles,
    shutdown::ShutdownSignals,
    store_location::StoreLocation,
};

use embedded::serve_embedded;

/// An error that ends the program; its text is for the operator.
pub type FatalError = Box<dyn core::error::Error>;

/// Serves until shutdown. `admin_token` is the text of `REPLAY_ADMIN_TOKEN`.
///
/// # Errors
/// The options contradict each other or are unsafe, or the data directory, the page or the address cannot
/// be opened, or the engine fails.
pub async fn serve(args: Serve, admin_token: Option<String>) -> Result<(), FatalError> {
    if !args.listen.ip().is_loopback() && !args.behind_tls_proxy {
        return Err("listening beyond loopback would send tokens unencrypted: put a proxy that \
                    terminates TLS in front and confirm it with --behind-tls-proxy"
            .into());
    }
    let regions = regions(&args)?;
    if let Some(upstream) = args.upstream.clone() {
        let ServedRegions { all, default } = regions;
        let gateway = Gateway::new(upstream, all, default, args.retention, Gateway::TIMEOUT)?;
        let page = open_page(&args, &gateway.describe())?;
        let app = check_hosts(with_page(gateway::router(gateway), page), hosts(&args));
        serve_app(args.listen, app, limits(&args)).await
    } else {
        let location = StoreLocation::of(args.data.clone(), args.database.clone())?;
        let ServedRegions { all, default } = &regions;
        let page = open_page(&args, &about::describe(all, default, args.retention))?;
        serve_embedded(args, location, regions, admin_token, page).await
    }
}

/// Serves `app` without a proxy until shutdown.
///
/// # Errors
/// The address cannot be listened on.
pub async fn serve_router(address: SocketAddr, app: Router) -> Result<(), FatalError> {
    serve_app(address, app, Limits::DIRECT).await
}

async fn serve_app(address: SocketAddr, app: Router, limits: Limits) -> Result<(), FatalError> {
    let listening = listen(address)?;
    let shutdown = CancellationToken::new();
    let serving = serve_until_shutdown(listening, app, limits, shutdown, pending()).await?;
    let _ = timeout(SHUTDOWN_GRACE, serving).await;
    Ok(())
}

/// How long open requests and deliveries may take to end at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// The connection limits: behind a proxy, one address stands for every client.
fn limits(args: &Serve) -> Limits {
    if args.behind_tls_proxy { Limits::BEHIND_PROXY } else { Limits::DIRECT }
}

/// The accepted hosts: on loopback only its names, unless a proxy is in front.
fn hosts(args: &Serve) -> Hosts {
    if args.listen.ip().is_loopback() && !args.behind_tls_proxy {
        Hosts::Loopback(args.hosts.clone())
    } else {
        Hosts::Any
    }
}

/// Adds the check of each request's `Host` to `app`.
fn check_hosts(app: Router, hosts: Hosts) -> Router {
    app.layer(middleware::from_fn_with_state(Arc::new(hosts), hosts::check))
}

/// The page, if the options name one, for the server that `server` describes.
fn open_page(args: &Serve, server: &ServerInfo) -> Result<Option<PageFiles>, FatalError> {
    let Some(dist) = args.dist.as_deref() else { return Ok(None) };
    match PageFiles::open(dist, server) {
        Ok(page) => Ok(Some(page)),
        Err(error) => Err(format!("--dist {}: {error}", dist.display()).into()),
    }
}

/// Serves the page, if there is one, at the paths that `api` does not have.
fn with_page(api: Router, page: Option<PageFiles>) -> Router {
    match page {
        Some(page) => api.fallback_service(page.router()),
        None => api,
    }
}

/// The regions of a server.
struct ServedRegions {
    /// Every region once, in display order.
    all: Vec<Region>,
    /// The region of requests without a region; one of `all`.
    default: Region,
}

/// The regions that the options name.
///
/// # Errors
/// There is no region, or the default region is not among them.
fn regions(args: &Serve) -> Result<ServedRegions, FatalError> {
    let mut all = args.regions.clone();
    let mut seen = HashSet::new();
    all.retain(|region| seen.insert(region.clone()));
    match args.default_region.as_ref().or(all.first()).cloned() {
        Some(default) if all.contains(&default) => Ok(ServedRegions { all, default }),
        Some(region) => Err(format!("--default-region {region} is not among the regions").into()),
        None => Err("a server has at least one region".into()),
    }
}

/// The maximum number of connections that wait to be accepted. It is large, so that a flood of
/// connections does not delay the connection attempts of other clients.
const BACKLOG: u32 = 4_096;

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A bound socket, and the signals that end serving on it.
struct Listening {
    socket: TcpListener,
    signals: ShutdownSignals,
}

/// Binds the socket, installs the signal handlers, and prints the address as the first line of output.
/// From then on clients can connect, and a signal shuts the server down gracefully.
fn listen(address: SocketAddr) -> Result<Listening, FatalError> {
    let socket = bind(address)?;
    let signals = ShutdownSignals::listen()?;
    writeln!(stdout(), "listening on http://{}", socket.local_addr()?)?;
    Ok(Listening { socket, signals })
}

/// Serves until shutdown or engine failure; returns the handle that drains open requests.
async fn serve_until_shutdown(
    listening: Listening,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
    engine_failure: impl Future<Output = Result<(), FatalError>>,
) -> Result<JoinHandle<()>, FatalError> {
    let Listening { socket, signals } = listening;
    let serving = tokio::spawn(listener::serve(socket, app, limits, shutdown.clone()));
    tokio::select! {
        () = signals.received() => {}
        failed = engine_failure => failed?,
    }
    shutdown.cancel();
    Ok(serving)
}
