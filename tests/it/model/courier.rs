//! A receiver that does as it is told, once: it answers, loses the answer, or watches the server
//! die before or after the request has arrived.

use std::sync::{Arc, Mutex};

use replay_server::{
    delivery::{Deliver, DeliveryResult},
    store::Batch,
};
use tokio::sync::Notify;

/// What happens to the next request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Fate {
    Answered(u16),
    AnswerLost,
    CrashBeforeArrival,
    CrashAfterArrival,
}

/// The next request's fate, and the request once it was made.
#[derive(Clone, Debug)]
pub(super) struct Courier {
    fate: Fate,
    made: Arc<Mutex<Option<Batch>>>,
    crashed: Arc<Notify>,
}

impl Courier {
    pub(super) fn new(fate: Fate) -> Self {
        Self { fate, made: Arc::default(), crashed: Arc::default() }
    }

    /// Resolves when the server is to die.
    pub(super) async fn crashed(&self) {
        self.crashed.notified().await;
    }

    /// The request that was made, if one was.
    pub(super) fn made(&self) -> Option<Batch> {
        self.made.lock().unwrap().take()
    }
}

impl Fate {
    /// Whether the receiver has the batch, whatever the server knows of it.
    pub(super) fn arrives(self) -> bool {
        match self {
            Self::Answered(code) => (200..300).contains(&code),
            Self::AnswerLost | Self::CrashAfterArrival => true,
            Self::CrashBeforeArrival => false,
        }
    }
}

impl Deliver for Courier {
    async fn deliver(&self, batch: &Batch) -> DeliveryResult {
        *self.made.lock().unwrap() = Some(batch.clone());
        match self.fate {
            Fate::Answered(code) => DeliveryResult::Status { code, retry_after: None },
            Fate::AnswerLost => DeliveryResult::NoResponse("lost".to_owned()),
            Fate::CrashBeforeArrival | Fate::CrashAfterArrival => {
                self.crashed.notify_one();
                core::future::pending().await
            }
        }
    }
}
