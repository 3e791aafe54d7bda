//! What a receiver says to a request: a status, or what no good receiver would say; at once, after
//! a while, or when a test lets it.

use core::{future::pending, time::Duration};
use std::io;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::sleep,
};

/// What a receiver says.
#[derive(Clone)]
pub(crate) enum Say {
    /// This status and nothing more.
    Status(u16),
    /// A whole answer with this status, these headers (a line each) and this body.
    Answer(u16, &'static str, &'static str),
    /// These bytes; then it closes the connection.
    Bytes(String),
    /// 200, and a body without end.
    Endless,
    /// These bytes and no more, and the connection stays open.
    Stall(&'static str),
    /// That, once the gate is open.
    Behind(Gate, Box<Say>),
    /// That, after a while.
    After(Duration, Box<Say>),
}

/// What holds answers back until it is opened.
#[derive(Clone)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Say {
    /// The status it says, if it says one.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Self::Status(code) | Self::Answer(code, ..) => Some(*code),
            Self::Endless => Some(200),
            Self::Behind(_, then) | Self::After(_, then) => then.code(),
            Self::Bytes(_) | Self::Stall(_) => None,
        }
    }

    /// Says it; answers whether the connection can be used again.
    pub(crate) async fn to(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> io::Result<bool> {
        let mut say = self;
        loop {
            say = match say {
                Self::Status(code) => Self::Answer(code, "", ""),
                Self::Answer(code, headers, body) => {
                    let length = body.len();
                    let head = format!("HTTP/1.1 {code} Said\r\ncontent-length: {length}\r\n");
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
                    // Until the other side has had enough.
                    stream.read_u8().await?;
                    pending().await
                }
                Self::Behind(gate, then) => {
                    let _ = gate.0.subscribe().wait_for(|open| *open).await;
                    *then
                }
                Self::After(pause, then) => {
                    sleep(pause).await;
                    *then
                }
            }
        }
    }
}

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }

    /// This answer, held back by it.
    pub(crate) fn holds(&self, say: Say) -> Say {
        Say::Behind(self.clone(), Box::new(say))
    }
}
