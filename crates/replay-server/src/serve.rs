//! Serves one of the modes until shutdown: what they have in common is their command line, their
//! regions, the page beside the API, the socket and the signals.

mod embedded;

use core::{future::pending, net::SocketAddr, time::Duration};
use std::{
    collections::HashSet,
    io::{self, Write, stdout},
    path::Path,
    sync::Arc,
};

use axum::{Router, middleware};
use replay_core::Region;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    cli::Serve,
    gateway::{self, Gateway},
    hosts::{self, Hosts},
    listener::{self, Limits},
    page_files::PageFiles,
    shutdown::ShutdownSignals,
};

use embedded::serve_embedded;

/// Why a server did not start, or ended early.
pub type Fatal = Box<dyn core::error::Error>;

/// Serves until shutdown. `admin_token` is the token of an org-admin meanwhile.
///
/// # Errors
/// The options are not safe together, or something the server needs cannot be opened.
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
            serve_embedded(args, &data, regions, default_region, admin_token, beside_page).await
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
    let (socket, signals) = open(address).await?;
    let shutdown = CancellationToken::new();
    let serving = listen(socket, app, limits, shutdown, signals, pending()).await?;
    let _ = timeout(SHUTDOWN_GRACE, serving).await;
    Ok(())
}

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
        PageFiles::open(dist).map_err(|error| format!("--dist {}: {error}", dist.display()))
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

/// How many connections may wait to be accepted: a flood of them must not make others try again.
const BACKLOG: u32 = 4_096;

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Opens the socket and prints where it listens, as the first line of output. From then on clients
/// can connect, and a signal ends the process in order.
async fn open(address: SocketAddr) -> Result<(TcpListener, ShutdownSignals), Fatal> {
    let socket = bind(address)?;
    let signals = ShutdownSignals::listen()?;
    writeln!(stdout(), "listening on http://{}", socket.local_addr()?)?;
    Ok((socket, signals))
}

/// Serves until shutdown or engine failure; returns the handle that drains open requests.
async fn listen(
    socket: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
    signals: ShutdownSignals,
    engine_failure: impl Future<Output = Result<(), Fatal>>,
) -> Result<JoinHandle<()>, Fatal> {
    let serving = tokio::spawn(listener::serve(socket, app, limits, shutdown.clone()));
    tokio::select! {
        () = signals.received() => {}
        failed = engine_failure => failed?,
    }
    shutdown.cancel();
    Ok(serving)
}
