//! The comparator of a replay: a raw sender, which reads the same lines from a file, compresses each body
//! at level 1 and posts it to the same receiver. It stores nothing and promises nothing.
//!
//! Level 1 of the library here takes 1.3 s per million lines, and level 1 of zlib 3.1 s: a sender with
//! zlib is half as fast as this one, and the bar's factor is reached against it at half the rate.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::{process, thread, time::Instant};

use super::{
    api::agent,
    bodies::{Bodies, gzip},
    interrupt,
    process::Process,
};
use crate::Failure;

/// What sending took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// The time from the first body to the last answer.
    pub(super) seconds: f64,
    /// The processor time of this process, the receiver's not included.
    pub(super) cpu_seconds: f64,
    /// The bytes of all bodies as they were sent.
    pub(super) bytes: u64,
}

/// What the connections share.
#[derive(Debug, Default)]
struct Shared {
    next: AtomicUsize,
    bytes: AtomicU64,
}

/// Sends all plain `bodies` to `url` over this number of connections, each with one request at a time.
///
/// # Errors
/// The receiver does not take one, or Ctrl-C was pressed.
pub(super) fn send(bodies: &Bodies, url: &str, connections: usize) -> Result<Sent, Failure> {
    let this = Process(process::id());
    let (started, cpu_before) = (Instant::now(), this.cpu_seconds()?);
    let shared = Shared::default();
    thread::scope(|scope| {
        let connect = |_| scope.spawn(|| send_some(bodies, url, &shared));
        let connections: Vec<_> = (0..connections).map(connect).collect();
        for connection in connections {
            connection.join().map_err(|_| "a raw sender ended in a panic")??;
        }
        Ok::<_, Failure>(())
    })?;
    interrupt::check()?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu_seconds = this.cpu_seconds()? - cpu_before;
    Ok(Sent { seconds, cpu_seconds, bytes: shared.bytes.into_inner() })
}

/// Sends bodies that no other connection has taken, until there are none.
fn send_some(bodies: &Bodies, url: &str, shared: &Shared) -> Result<(), String> {
    let (agent, mut text) = (agent(), Vec::new());
    while !interrupt::is_pressed() {
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        let lines = bodies.read(index, &mut text).map_err(|error| error.to_string())?;
        if lines.is_none() {
            break;
        }
        let body = gzip(&text, 1).map_err(|error| error.to_string())?;
        let request = agent.post(url).header("content-type", "text/plain");
        let sent = request.header("content-encoding", "gzip").send(&body[..]);
        let mut answer = sent.map_err(|error| error.to_string())?;
        if answer.status() != 200 {
            return Err(format!("the receiver answered {}", answer.status()));
        }
        // An answer that was not read to its end costs the connection.
        answer.body_mut().read_to_vec().map_err(|error| error.to_string())?;
        let sent = u64::try_from(body.len()).map_err(|error| error.to_string())?;
        shared.bytes.fetch_add(sent, Ordering::Relaxed);
    }
    Ok(())
}
