//! The reply that a receiver gives until a test sets another one.

use std::sync::{Arc, Mutex};

use super::{ReceivedRequest, Reply};

/// The reply to each request from now on.
#[derive(Clone, Debug)]
pub struct Switch(Arc<Mutex<Reply>>);

impl Switch {
    /// A switch that stands at this reply.
    pub fn new(reply: Reply) -> Self {
        Self(Arc::new(Mutex::new(reply)))
    }

    /// A switch that stands at this status.
    pub fn status(code: u16) -> Self {
        Self::new(Reply::Status(code))
    }

    /// Sets the reply.
    pub fn set(&self, reply: Reply) {
        *self.0.lock().unwrap() = reply;
    }

    /// Sets the status of the reply.
    pub fn set_status(&self, code: u16) {
        self.set(Reply::Status(code));
    }

    /// The script of a receiver.
    pub fn script(&self) -> impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static {
        let reply = Arc::clone(&self.0);
        move |_| reply.lock().unwrap().clone()
    }
}
