//! What follows committed changes: a log line for each change of a job's status, of an outage and of a
//! webhook's health, and a report to the observer of the store. It decides nothing.

use core::{fmt, time::Duration};

use replay_core::{
    Configured, JobStatus, Outage, Region,
    webhook::{Health, WebhookStatus},
};

/// What a transaction does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TransactionKind {
    /// It reads.
    Read,
    /// It changes something.
    Write,
}

/// Receives committed changes, on the thread of their transaction.
pub trait ChangeObserver: fmt::Debug + Send + Sync {
    /// A job of the region has got this status.
    fn job_status_changed(&self, region: &Region, status: JobStatus);

    /// The retention has removed undelivered lines of the region.
    fn lines_lost(&self, region: &Region, lines: u64);

    /// A transaction has ended this time after it was asked for, with the waits for a connection and for
    /// locks, whether it has failed or not.
    fn transaction_ended(&self, _kind: TransactionKind, _took: Duration) {}

    /// A write was not made, because another node had claimed its lease.
    fn write_fenced(&self) {}
}

/// A change that is logged once it is committed.
#[derive(Debug)]
pub(super) enum Change {
    /// A job of the region has a new status.
    JobStatus { region: Region, job: Box<Configured> },
    /// An outage of the region has begun, ended or was healed.
    Outage { region: Region, outage: Box<Outage> },
    /// The retention has removed undelivered lines of the region's outages.
    LinesLost { region: Region, lines: u64 },
    /// The region's webhook is now active or inactive.
    WebhookHealth { region: Region, health: Health },
}

impl Change {
    /// Tells `observer` of the change.
    pub(super) fn report(&self, observer: &dyn ChangeObserver) {
        match self {
            Self::JobStatus { region, job } => observer.job_status_changed(region, job.status),
            Self::LinesLost { region, lines } => observer.lines_lost(region, *lines),
            Self::Outage { .. } | Self::WebhookHealth { .. } => {}
        }
    }

    /// Writes the log line.
    pub(super) fn log(&self) {
        match self {
            Self::JobStatus { region, job } => {
                let delivered_lines =
                    job.progress.as_ref().map(|progress| progress.delivered.lines);
                tracing::info!(
                    %region,
                    job = %job.id,
                    status = %job.status,
                    reason = job.reason,
                    delivered_lines,
                    "the job's status changed"
                );
            }
            Self::Outage { region, outage } => {
                let state = match (outage.ended_at, outage.healed) {
                    (None, _) => "began",
                    (Some(_), None) => "ended",
                    (Some(_), Some(_)) => "healed",
                };
                tracing::info!(
                    %region,
                    outage = %outage.id,
                    state,
                    reason = outage.cause.reason.as_str(),
                    detail = outage.cause.detail,
                    undelivered_lines = outage.undelivered.lines,
                    lost_lines = outage.lost_lines,
                    "the outage changed"
                );
            }
            Self::LinesLost { region, lines } => {
                tracing::warn!(
                    %region,
                    lines,
                    "undelivered lines are lost for good: the retention has removed them"
                );
            }
            Self::WebhookHealth { region, health } => {
                let failed = health.last.as_ref();
                let failed = failed.filter(|_| health.status == WebhookStatus::Inactive);
                tracing::info!(
                    %region,
                    status = %health.status.as_str(),
                    code = failed.and_then(|attempt| attempt.code),
                    reason = failed.and_then(|attempt| attempt.message.as_deref()),
                    "the webhook's health changed"
                );
            }
        }
    }
}
