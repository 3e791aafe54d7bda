//! Answering connections: how many at once, how long each may dally before it asks, and how they end.
//! It knows nothing of what is asked.

use core::{net::SocketAddr, time::Duration};
use std::sync::Arc;

use axum::{Extension, Router, extract::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::sleep,
};
use tower::Layer;

/// Answers connections with `app` until `stop` changes, and then those under way.
pub(crate) async fn answer(listener: TcpListener, app: Router, mut stop: watch::Receiver<bool>) {
    let (underway, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(AT_ONCE)));
    loop {
        tokio::select! {
            Some((stream, client, place)) = accept(&listener, &room) => {
                let app = Extension(ConnectInfo(client)).layer(app.clone());
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_WITHIN)
                    .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
                let connection = underway.watch(connection);
                tokio::spawn(async move {
                    // A client that breaks off is no concern of anybody else's.
                    let _ = connection.await;
                    drop(place);
                });
            }
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    underway.shutdown().await;
}

/// The most connections at once: fewer than a process has file descriptors, so that deliveries and
/// the archive always have theirs.
const AT_ONCE: usize = 512;

/// How long a client may take to say what it wants, also of a connection that it keeps.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// The next connection once there is room for it.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                // Without it answers wait for more to send; where it cannot be set, they do.
                let _ = stream.set_nodelay(true);
                return Some((stream, client, place));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
    };

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_let_go() {
        let (address, _stop) = listening(Router::new()).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        silent.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let mut said = Vec::new();
        silent.read_to_end(&mut said).await.unwrap();
        assert!(!String::from_utf8_lossy(&said).contains("200"));
    }

    #[tokio::test]
    async fn a_request_under_way_is_answered_when_the_end_comes() {
        let (asked, told) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (heard, answer) = (Arc::clone(&asked), Arc::clone(&told));
        let handler = get(async move || {
            heard.notify_one();
            answer.notified().await;
            "late"
        });
        let (address, stop) = listening(Router::new().route("/", handler)).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        asked.notified().await;
        stop.send_replace(true);
        told.notify_one();
        let mut said = String::new();
        client.read_to_string(&mut said).await.unwrap();
        assert!(said.ends_with("late"), "{said}");
    }

    async fn listening(app: Router) -> (SocketAddr, watch::Sender<bool>) {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (socket.local_addr().unwrap(), watch::Sender::new(false));
        tokio::spawn(answer(socket, app, stop.subscribe()));
        (address, stop)
    }
}
