//! What the user wants of the content in view. Whether it is permitted and what it does is decided
//! by the workspace.

use alloc::string::String;

use replay_core::{Region, Scope};

use crate::{address::Tab, picker::Choice, setup::Edit, timeline::Gesture};

/// Something that the user wants of the content in view.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Show a region, or all of them.
    Show(Scope),
    /// Show a tab.
    Turn(Tab),
    /// Show the webhook form of a region.
    SetUp(Region),
    /// Do something in the range picker.
    Choose(Choice),
    /// Apply the drafted range.
    Apply,
    /// Send the applied range. If all regions are in view, ask for confirmation first.
    Send,
    /// Send the timeframe of the region's settled job again.
    Resend(Region),
    /// Send the timeframe of the region's past job with this id again.
    ResendPast(Region, String),
    /// Send the applied range, resolved now, once the region's job is settled.
    SendLater(Region),
    /// Send the replay that was held back since the job before it was cancelled.
    SendHeld(Region),
    /// Do not send the replay that waits for the region's job to be settled.
    DropLater(Region),
    /// Confirm sending to all regions.
    ConfirmSend,
    /// Close the confirmation dialog without sending.
    DismissSend,
    /// Cancel the region's job.
    Cancel(Region),
    /// Deliver the undelivered lines of the region's outage with this id.
    Heal(Region, String),
    /// Go on with the region's failed job where it ended.
    Resume(Region),
    /// Repeat the last mutation of the region's job.
    Repeat(Region),
    /// Limit the region's job to this number of lines in a second; 0 pauses it, `None` removes the
    /// limit.
    SetRate(Region, Option<u64>),
    /// Show a notification of the browser when a job is settled while the page is hidden, or do not.
    Notify(bool),
    /// Show or hide the region's past jobs.
    ShowPastJobs(Region, bool),
    /// Read more of the region's past jobs.
    MorePastJobs(Region),
    /// Show the region's webhook, to return to the tab Replay afterwards.
    OpenSetup(Region),
    /// Read the content in view again.
    Refresh,
    /// Edit a field of the webhook form.
    Edit(Edit),
    /// Save the webhook form.
    Save,
    /// Reset the webhook form to what is saved.
    Revert,
    /// Send a test delivery to the webhook.
    Test,
    /// Choose a window on the timeline, or zoom it.
    Timeline(Gesture),
}

impl Intent {
    /// Whether it makes a request and therefore needs a token.
    pub(crate) const fn needs_server(&self) -> bool {
        matches!(
            self,
            Self::Send
                | Self::Resend(_)
                | Self::ResendPast(..)
                | Self::SendLater(_)
                | Self::SendHeld(_)
                | Self::SetRate(..)
                | Self::ShowPastJobs(_, true)
                | Self::MorePastJobs(_)
                | Self::ConfirmSend
                | Self::Cancel(_)
                | Self::Heal(..)
                | Self::Resume(_)
                | Self::Repeat(_)
                | Self::Refresh
                | Self::Save
                | Self::Test
        )
    }
}
