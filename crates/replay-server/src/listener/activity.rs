//! Tracks the activity of one connection: whether a request is in service, whether it waits for its
//! client, and when it last made progress. It does not close connections.

use core::{
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    task::{Context, Poll},
    time::Duration,
};
use std::sync::Arc;

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, sleep_until};

/// The activity of one connection. Its stream, its service and the registry share it.
#[derive(Debug)]
pub(super) struct Activity {
    opened_at: Instant,
    /// The time of the last byte read or written, in milliseconds since `opened_at`.
    progress_ms: AtomicU64,
    in_service: AtomicBool,
    write_blocked: AtomicBool,
    receiving_body: AtomicBool,
}

/// Marks a request as in service until it is dropped.
#[derive(Debug)]
pub(super) struct Serving(Arc<Activity>);

/// A request body that marks its connection while it waits for more bytes.
#[derive(Debug)]
pub(super) struct ReceivedBody {
    body: Incoming,
    activity: Arc<Activity>,
}

impl Activity {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            opened_at: now,
            progress_ms: AtomicU64::new(0),
            in_service: AtomicBool::new(false),
            write_blocked: AtomicBool::new(false),
            receiving_body: AtomicBool::new(false),
        }
    }

    /// Records that bytes were read or written.
    pub(super) fn progressed(&self, now: Instant) {
        let since_opened = now.saturating_duration_since(self.opened_at).as_millis();
        self.progress_ms.store(u64::try_from(since_opened).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Records whether writing waits for the client to read.
    pub(super) fn set_write_blocked(&self, blocked: bool) {
        self.write_blocked.store(blocked, Ordering::Relaxed);
    }

    /// Marks a request as in service until the returned value is dropped.
    pub(super) fn serving(self: &Arc<Self>) -> Serving {
        self.in_service.store(true, Ordering::Relaxed);
        Serving(Arc::clone(self))
    }

    /// The time when the last byte was read or written, or else when the connection was opened.
    pub(super) fn last_progress(&self) -> Instant {
        self.opened_at + Duration::from_millis(self.progress_ms.load(Ordering::Relaxed))
    }

    /// Whether the connection waits for its client to send a request, to send more of it, or to read.
    pub(super) fn waits_for_client(&self) -> bool {
        !self.in_service.load(Ordering::Relaxed)
            || self.write_blocked.load(Ordering::Relaxed)
            || self.receiving_body.load(Ordering::Relaxed)
    }

    /// Completes when the connection has waited for its client for `timeout` without progress.
    pub(super) async fn stalled(&self, timeout: Duration) {
        let mut deadline = self.last_progress() + timeout;
        loop {
            sleep_until(deadline).await;
            let now = Instant::now();
            let stalled_at = self.last_progress() + timeout;
            if stalled_at > now {
                deadline = stalled_at;
            } else if self.waits_for_client() {
                return;
            } else {
                deadline = now + timeout;
            }
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.in_service.store(false, Ordering::Relaxed);
    }
}

impl ReceivedBody {
    pub(super) fn new(body: Incoming, activity: Arc<Activity>) -> Self {
        Self { body, activity }
    }

    fn set_receiving(&self, receiving: bool) {
        self.activity.receiving_body.store(receiving, Ordering::Relaxed);
    }
}

impl HttpBody for ReceivedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.set_receiving(frame.is_pending());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ReceivedBody {
    fn drop(&mut self) {
        self.set_receiving(false);
    }
}
