//! A receiver's reply to a request: a response, or bytes that violate HTTP; sent at once, after a
//! delay, or when a test opens a gate.

use core::{future::pending, time::Duration};
use std::io;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::sleep,
};

/// A receiver's reply to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A response with this status, no other headers and an empty body.
    Status(u16),
    /// A response with this status, these header lines (each ends in CRLF) and this body.
    Full(u16, &'static str, &'static str),
    /// These bytes; then the connection is closed.
    Bytes(String),
    /// A 200 whose body never ends.
    Endless,
    /// These bytes; then nothing, while the connection stays open.
    Stall(&'static str),
    /// The other reply, once the gate is open.
    Gated(Gate, Box<Reply>),
    /// The other reply, after this time.
    Delayed(Duration, Box<Reply>),
}

/// Holds replies back until a test opens it.
#[derive(Clone, Debug)]
pub struct Gate(watch::Sender<bool>);

impl Reply {
    /// The status of the reply, if it has one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(code) | Self::Full(code, ..) => Some(*code),
            Self::Endless => Some(200),
            Self::Gated(_, then) | Self::Delayed(_, then) => then.status(),
            Self::Bytes(_) | Self::Stall(_) => None,
        }
    }

    /// Writes the reply; returns whether the connection can carry another request.
    ///
    /// # Errors
    ///
    /// When the client closes the connection.
    pub async fn write_to(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> io::Result<bool> {
        let mut reply = self;
        loop {
            reply = match reply {
                Self::Status(code) => Self::Full(code, "", ""),
                Self::Full(code, headers, body) => {
                    let length = body.len();
                    let head = format!("HTTP/1.1 {code} Status\r\ncontent-length: {length}\r\n");
                    stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).await?;
                    stream.flush().await?;
                    return Ok(true);
                }
                Self::Bytes(bytes) => {
                    stream.write_all(bytes.as_bytes()).await?;
                    stream.shutdown().await?;
                    return Ok(false);
                }
                Self::Endless => {
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
                        .await?;
                    loop {
                        stream.write_all(&[b'x'; 8192]).await?;
                    }
                }
                Self::Stall(bytes) => {
                    stream.write_all(bytes.as_bytes()).await?;
                    stream.flush().await?;
                    // Fails when the client closes the connection.
                    stream.read_u8().await?;
                    pending().await
                }
                Self::Gated(gate, then) => {
                    let _ = gate.0.subscribe().wait_for(|open| *open).await;
                    *then
                }
                Self::Delayed(pause, then) => {
                    sleep(pause).await;
                    *then
                }
            }
        }
    }
}

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Lets the held replies go, and all later ones.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// The same reply, held back until the gate is open.
    pub fn hold(&self, reply: Reply) -> Reply {
        Reply::Gated(self.clone(), Box::new(reply))
    }
}
