//! The texts that never change. They are constants rather than values of the view, so that the page
//! does not grow by copying them.

/// The page's heading, which the document's title repeats.
pub const HEADING: &str = "Audit Logs Setup";
/// Where the page is in Konnect's navigation.
pub const BREADCRUMB: &str = "Organization / Audit Logs Setup";
/// The legend of the choice of clocks.
pub const CLOCKS: &str = "Times in";
/// Shown until something was read.
pub const LOADING: &str = "Loading…";
/// Shown in place of a value that does not exist.
pub const NO_VALUE: &str = "—";
/// The accessible name of the list of regions.
pub const REGIONS: &str = "Regions";
/// Before the status of a webhook.
pub const WEBHOOK: &str = "Webhook ";
/// Before the status of a job.
pub const REPLAY: &str = "Replay ";
/// In place of the statuses of a region without a webhook.
pub const NOT_SET_UP: &str = "Not set up";
/// The link to the webhook form of such a region.
pub const SET_UP: &str = "Set up";
/// Before the applied range.
pub const APPLIED_RANGE: &str = "Applied range";
/// The heading of the table of jobs.
pub const JOBS: &str = "Status";
/// The button that shows the webhook of a region.
pub const SEE_SETUP: &str = "See Setup";
/// Before the choice of a job's speed.
pub const SPEED: &str = "Speed";
/// Before the time at which a past job was requested.
pub const REQUESTED: &str = "Requested ";
/// The disclosure of what else is known of a past job.
pub const DETAILS: &str = "Details";
/// The columns of the table of jobs.
pub const COLUMNS: Columns = Columns {
    region: "Region",
    status: "Status",
    starts_at: "Starts at",
    ends_at: "Ends at",
    updated_at: "Updated at",
};
/// The heading of the sign-in dialog, and the button that submits it.
pub const SIGN_IN: &str = "Sign in";
/// The label of the token field.
pub const TOKEN: &str = "Token";
/// The label of the checkbox that stores the token.
pub const KEEP_TOKEN: &str = "Keep it until this tab is closed";
/// The button that closes a dialog.
pub const CANCEL: &str = "Cancel";

/// The headings of the columns of the table of jobs.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// The region; only if there are several rows.
    pub region: &'static str,
    /// The status.
    pub status: &'static str,
    /// The start of the timeframe.
    pub starts_at: &'static str,
    /// The end of the timeframe.
    pub ends_at: &'static str,
    /// When the job last changed.
    pub updated_at: &'static str,
}
