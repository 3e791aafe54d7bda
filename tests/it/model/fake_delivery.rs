//! A delivery with a predetermined outcome of its one request: a response, a lost response, or a
//! crash of the server before or after the request has arrived.

use std::sync::{Arc, Mutex};

use replay_server::{
    delivery::{Deliver, DeliveryResult},
    store::Batch,
};
use tokio::sync::Notify;

/// What happens to the request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum RequestOutcome {
    Answered(u16),
    ResponseLost,
    CrashBeforeArrival,
    CrashAfterArrival,
}

/// Performs one request, and keeps it for inspection.
#[derive(Clone, Debug)]
pub(super) struct FakeDelivery {
    outcome: RequestOutcome,
    made: Arc<Mutex<Option<Batch>>>,
    crashed: Arc<Notify>,
}

impl FakeDelivery {
    pub(super) fn new(outcome: RequestOutcome) -> Self {
        Self { outcome, made: Arc::default(), crashed: Arc::default() }
    }

    /// Resolves when the server must crash.
    pub(super) async fn crashed(&self) {
        self.crashed.notified().await;
    }

    /// Takes the batch of the request, if there was one.
    pub(super) fn made(&self) -> Option<Batch> {
        self.made.lock().unwrap().take()
    }
}

impl RequestOutcome {
    /// Whether the receiver gets the batch.
    pub(super) fn arrives(self) -> bool {
        match self {
            Self::Answered(code) => (200..300).contains(&code),
            Self::ResponseLost | Self::CrashAfterArrival => true,
            Self::CrashBeforeArrival => false,
        }
    }
}

impl Deliver for FakeDelivery {
    async fn deliver(&self, batch: &Batch) -> DeliveryResult {
        *self.made.lock().unwrap() = Some(batch.clone());
        match self.outcome {
            RequestOutcome::Answered(code) => DeliveryResult::Status { code, retry_after: None },
            RequestOutcome::ResponseLost => DeliveryResult::NoResponse("lost".to_owned()),
            RequestOutcome::CrashBeforeArrival | RequestOutcome::CrashAfterArrival => {
                self.crashed.notify_one();
                core::future::pending().await
            }
        }
    }
}
