//! A receiver whose port a test closes and opens again: connections are refused meanwhile, and no
//! other process gets the port.

use std::sync::Arc;

use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
};

use super::{ReceivedRequest, Receiver, Reply, State};

/// Opens and closes the port of its receiver.
#[derive(Debug)]
pub struct Door {
    is_open: watch::Sender<bool>,
    /// Keeps the port: connections to a socket that does not listen are refused.
    _bound: TcpSocket,
}

impl Receiver {
    /// A receiver with an open door that replies by this script.
    pub fn with_door(
        script: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> (Self, Door) {
        let bound = bind("127.0.0.1:0");
        let address = bound.local_addr().unwrap();
        let receiver = Self { address, state: Arc::new(State::new(script)) };
        let (is_open, mut opened) = watch::channel(true);
        let state = Arc::clone(&receiver.state);
        tokio::spawn(async move {
            while opened.wait_for(|is_open| *is_open).await.is_ok() {
                let listener = bind(&address.to_string()).listen(64).unwrap();
                serve(&state, &listener, opened.clone()).await;
            }
        });
        (receiver, Door { is_open, _bound: bound })
    }
}

impl Door {
    /// Refuses connections, and ends those that exist.
    pub fn close(&self) {
        self.is_open.send_replace(false);
    }

    /// Accepts connections.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}

/// Serves connections until the door is closed.
async fn serve(state: &Arc<State>, listener: &TcpListener, opened: watch::Receiver<bool>) {
    let closed = |mut opened: watch::Receiver<bool>| async move {
        // Fails when the test has ended.
        let _ = opened.wait_for(|is_open| !is_open).await;
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closed(opened.clone()) => return,
        };
        let (stream, _) = accepted.unwrap();
        let (state, closed) = (Arc::clone(state), closed(opened.clone()));
        tokio::spawn(async move {
            tokio::select! {
                served = state.serve(stream) => served,
                () = closed => Ok(()),
            }
        });
    }
}

fn bind(address: &str) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address.parse().unwrap()).unwrap();
    socket
}
