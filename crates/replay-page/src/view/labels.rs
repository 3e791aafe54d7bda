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
/// The buttons of a job.
pub const ACTIONS: &str = "Actions of the replay";
/// In place of the content that a link names, while a part of the program cannot be loaded.
pub const NOT_LOADED: &str =
    "A part of this page could not be loaded. It is tried again every second.";
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
/// The label of the range picker.
pub const RANGE: &str = "Replay time range";
/// The legend of the picker's tabs.
pub const RANGE_TABS: &str = "Kind of time range";
/// The summary of what can be done with the range besides applying it.
pub const SAVE_OR_COPY: &str = "Save or copy this time range";
/// Before the buttons that copy the range.
pub const COPY_AS: &str = "Copy as";
/// The label of the name to save a range by.
pub const SAVE_AS: &str = "Name (optional)";
/// The columns of the calendar.
pub const WEEKDAYS: [&str; 7] = time_range::WEEKDAYS;
/// How a range is chosen in the calendar.
pub const CALENDAR_HINT: &str = "Choose the first day, then the last one.";
/// Before a draft that is not applied.
pub const NOT_APPLIED: &str = "Not applied";
/// The name of the timeline.
pub const TIMELINE: &str = "Timeline";
/// The bars of the timeline.
pub const ENTRIES: &str = "Entries";
/// The share of the bars that is undelivered.
pub const UNDELIVERED: &str = "Undelivered";
/// The start of a bar.
pub const FROM: &str = "From";
/// What shows the bars as a table.
pub const AS_TABLE: &str = "Entries as a table";
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
