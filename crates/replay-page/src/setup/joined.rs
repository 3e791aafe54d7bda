//! The webhook's part in a read that reports several regions.

use replay_client::RequestId;
use replay_wire::{HealthReport, WebhookReport};

use super::Setup;

impl Setup {
    /// Joins a read of the health and the configuration.
    pub fn join_read(&mut self, request_id: &RequestId) {
        self.health.start_read(request_id.clone());
        self.webhook.start_read(request_id.clone());
    }

    /// Takes in the result of a joined read; that of an outdated one changes nothing.
    pub fn joined_read_ended(
        &mut self,
        request_id: &RequestId,
        health: HealthReport,
        webhook: WebhookReport,
    ) {
        self.health.read_ended(request_id, Ok(health));
        self.webhook.read_ended(request_id, Ok(webhook));
    }

    /// Takes in that a joined read has no result for this webhook.
    pub fn leave_read(&mut self, request_id: &RequestId) {
        self.health.leave_read(request_id);
        self.webhook.leave_read(request_id);
    }
}
