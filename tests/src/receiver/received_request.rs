//! A request that a receiver has received: how it is read, and what it holds. It decides no reply.

use std::io::{self, ErrorKind, Read};

use flate2::bufread::GzDecoder;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt},
    time::Instant,
};

/// A request that was received completely.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// How many requests were received before it.
    pub number: usize,
    /// When it was received.
    pub at: Instant,
    /// The first line of its head.
    pub request_line: String,
    /// Its headers; names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub raw_body: Vec<u8>,
    /// The inflated body.
    pub body: String,
    /// The status of the reply, if the reply has one.
    pub status: Option<u16>,
}

impl ReceivedRequest {
    /// The value of a header that must occur exactly once.
    pub fn header(&self, name: &str) -> &str {
        let values: Vec<_> = self.headers.iter().filter(|(known, _)| known == name).collect();
        let [(_, value)] = values[..] else { panic!("{name}: {values:?}") };
        value
    }

    /// The job that it is part of; `None` for a request of a live lane.
    pub fn job(&self) -> Option<&str> {
        let is_job = |(name, _): &&(String, String)| name == "x-replay-job-id";
        self.headers.iter().find(is_job).map(|(_, job)| job.as_str())
    }

    /// Whether the reply is a 2xx.
    pub fn is_acknowledged(&self) -> bool {
        self.status.is_some_and(|code| (200..300).contains(&code))
    }

    /// The number of lines in the body.
    pub fn lines(&self) -> usize {
        self.body.matches('\n').count()
    }

    /// Reads the next request of a connection; `None` at the end of the stream.
    pub(super) async fn read(
        stream: &mut (impl AsyncBufReadExt + Unpin),
    ) -> io::Result<Option<Self>> {
        const TLS: u8 = 0x16;
        if stream.fill_buf().await?.first() == Some(&TLS) {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_until(b'\n', &mut head).await? == 0 {
                return Ok(None);
            }
        }
        let head = String::from_utf8(head).unwrap();
        let mut rows = head.trim_end().split("\r\n");
        let request_line = rows.next().unwrap().to_owned();
        let header = |row: &str| {
            let (name, value) = row.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        let headers: Vec<_> = rows.map(header).collect();
        let mut request = Self {
            number: 0,
            at: Instant::now(),
            request_line,
            headers,
            raw_body: Vec::new(),
            body: String::new(),
            status: None,
        };
        request.raw_body.resize(request.header("content-length").parse().unwrap(), 0);
        stream.read_exact(&mut request.raw_body).await?;
        let mut gzip = GzDecoder::new(&request.raw_body[..]);
        gzip.read_to_string(&mut request.body)?;
        assert!(gzip.into_inner().is_empty(), "the body has bytes after the gzip member");
        Ok(Some(request))
    }
}
