//! The comparator of a replay: a raw sender, which has the same lines in memory's reach, compresses each
//! body at level 1 and posts it to the same receiver. It stores nothing and promises nothing.

use core::sync::atomic::{AtomicUsize, Ordering};
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
}

/// Sends all plain `bodies` to `url` over this number of connections, each with one request at a time.
///
/// # Errors
/// The receiver does not take one, or Ctrl-C was pressed.
pub(super) fn send(bodies: &Bodies, url: &str, connections: usize) -> Result<Sent, Failure> {
    let this = Process(process::id());
    let (started, cpu_before, next) = (Instant::now(), this.cpu_seconds()?, AtomicUsize::new(0));
    thread::scope(|scope| {
        let connect = |_| scope.spawn(|| send_some(bodies, url, &next));
        let connections: Vec<_> = (0..connections).map(connect).collect();
        for connection in connections {
            connection.join().map_err(|_| "a raw sender ended in a panic")??;
        }
        Ok::<_, Failure>(())
    })?;
    interrupt::check()?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Sent { seconds, cpu_seconds: this.cpu_seconds()? - cpu_before })
}

/// Sends bodies that no other connection has taken, until there are none.
fn send_some(bodies: &Bodies, url: &str, next: &AtomicUsize) -> Result<(), String> {
    let (agent, mut text) = (agent(), Vec::new());
    while !interrupt::is_pressed() {
        let index = next.fetch_add(1, Ordering::Relaxed);
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
    }
    Ok(())
}
