//! Accepts connections and serves HTTP/1.1 on them, within limits on their number and on the time
//! without progress, until shutdown. It does not interpret requests.

mod activity;
mod connections;
mod stream;

use core::{net::SocketAddr, time::Duration};
use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::yield_now,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) use connections::Limits;

use activity::ReceivedBody;
use connections::{Connection, Connections};
use stream::ObservedStream;

/// Serves `app` on `listener` until `shutdown`, then completes the requests in service.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
) {
    let (graceful, connections) = (GracefulShutdown::new(), Arc::new(Connections::new(limits)));
    let mut accepted: u64 = 0;
    loop {
        tokio::select! {
            (stream, client) = accept(&listener) => {
                let connection = connections.admit(client.ip(), Instant::now());
                let serving =
                    serve_connection(stream, client, app.clone(), connection, graceful.watcher());
                tokio::spawn(serving);
                accepted += 1;
                if accepted.is_multiple_of(ACCEPTED_AT_ONCE) {
                    yield_now().await;
                }
            }
            () = shutdown.cancelled() => break,
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// How many connections are accepted before those that are open are served: with more, a burst
/// evicts connections whose requests were not read yet; with fewer, work for others delays it.
const ACCEPTED_AT_ONCE: u64 = 32;

/// How long a client may take to send the head of a request.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a connection may wait for its client without progress.
const PROGRESS_TIMEOUT: Duration = Duration::from_secs(30);

/// The maximum size of a request head, and of the unsent part of responses, per connection.
const BUFFER_LIMIT_BYTES: usize = 64 * 1024;

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                // With Nagle's algorithm, a small response would wait for the previous acknowledgement.
                let _ = stream.set_nodelay(true);
                return (stream, client);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    client: SocketAddr,
    app: Router,
    connection: Connection,
    graceful: Watcher,
) {
    let activity = Arc::clone(connection.activity());
    let stream = TokioIo::new(ObservedStream::new(stream, Arc::clone(&activity)));
    let service = service_fn(|request: Request<Incoming>| {
        let serving = activity.serving();
        let mut request =
            request.map(|body| Body::new(ReceivedBody::new(body, Arc::clone(&activity))));
        request.extensions_mut().insert(ConnectInfo(client));
        let response = app.clone().oneshot(request);
        async move {
            let response = response.await;
            drop(serving);
            response
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT)
        .max_buf_size(BUFFER_LIMIT_BYTES)
        .serve_connection(stream, service);
    tokio::select! {
        // An error means that the client disconnected or did not send HTTP.
        _ = graceful.watch(serving) => {}
        () = activity.stalled(PROGRESS_TIMEOUT) => {}
        () = connection.evicted() => {}
    }
}

#[cfg(test)]
mod tests;
