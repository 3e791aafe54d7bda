//! How the reasons of failed jobs begin. The rest of a reason is free text for the user. Who reads a
//! reason compares its beginning with these.

/// An admin has cancelled the job.
pub const CANCELLED: &str = "it was cancelled";

/// An admin has disabled the webhook.
pub const WEBHOOK_DISABLED: &str = "the webhook was disabled";

/// The webhook was not enabled when the job was to start.
pub const WEBHOOK_NOT_ENABLED: &str = "the webhook is not enabled";

/// The webhook answered with a status that ends the job, which follows.
pub const WEBHOOK_ANSWERED: &str = "the webhook answered ";

/// The webhook did not answer.
pub const WEBHOOK_UNANSWERED: &str = "the webhook did not answer";

/// The server may not deliver to the webhook's endpoint.
pub const ENDPOINT_DENIED: &str = "the webhook's endpoint";

/// Requests were due for too long, and none was acknowledged.
pub const UNACKNOWLEDGED: &str = "nothing was acknowledged";

/// Archived lines are missing.
pub const ARCHIVE_DAMAGED: &str = "the archive is damaged";

/// The end of the reason of a stopped job, after the number of lines.
pub const LINES_ACKNOWLEDGED: &str = " lines were acknowledged";
