//! What follows committed changes: a log line for each change of a job's status and of a webhook's
//! health, and a report to the observer of the store. It decides nothing.

use core::fmt;

use replay_core::{
    Configured, JobStatus, Region,
    webhook::{Health, WebhookStatus},
};

/// Is told of committed changes, on the thread of their transaction.
pub trait ChangeObserver: fmt::Debug + Send + Sync {
    /// A job of the region has got this status.
    fn job_status_changed(&self, region: &Region, status: JobStatus);
}

/// A change that is logged once it is committed.
#[derive(Debug)]
pub(super) enum Change {
    /// A job of the region has a new status.
    JobStatus { region: Region, job: Configured },
    /// The region's webhook is now active or inactive.
    WebhookHealth { region: Region, health: Health },
}

impl Change {
    /// Tells `observer` of the change.
    pub(super) fn report(&self, observer: &dyn ChangeObserver) {
        match self {
            Self::JobStatus { region, job } => observer.job_status_changed(region, job.status),
            Self::WebhookHealth { .. } => {}
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
