//! What the token's role permits, as far as the server reports it. If the server does not report the
//! role, or the page does not know it, the page permits everything and leaves the decision to the
//! server.

use alloc::string::{String, ToString};

use replay_client::RequestError;
use replay_core::Region;

use super::Workspace;
use crate::{intent::Intent, words};

impl Workspace {
    /// Whether the token can read anything. A token that only ingests lines gets a 403 from x/me.
    pub(crate) fn may_read(&self) -> bool {
        let is_forbidden =
            matches!(self.me.request_error(), Some(RequestError::Refused { status: 403, .. }));
        !is_forbidden && self.me.known().is_none_or(|me| me.role != "ingest")
    }

    /// Whether the token may change the job and the webhook of a region.
    pub(crate) fn may_change(&self, region: &Region) -> bool {
        self.may_read()
            && self.me.known().is_none_or(|me| match me.role.as_str() {
                "read-only" => false,
                "audit-logs-admin" => me.regions.contains(region),
                _ => true,
            })
    }

    /// Why the token cannot change anything in this region; `None` if it can.
    pub(crate) fn denied(&self, region: &Region) -> Option<String> {
        (!self.may_change(region)).then(|| self.denial(region.name()))
    }

    /// Why the token cannot change anything in the regions in view; `None` if it can in one.
    pub(crate) fn denied_in_view(&self) -> Option<String> {
        if self.scope.is_err() || self.in_view().any(|one| self.may_change(&one.region)) {
            return None;
        }
        let region_state = self.region_state();
        Some(self.denial(region_state.map_or("any region", |one| one.region.name())))
    }

    /// Why the token does not permit an intent; `None` if it does.
    pub(super) fn denied_intent(&self, intent: &Intent) -> Option<String> {
        match intent {
            Intent::Cancel(region)
            | Intent::Repeat(region)
            | Intent::Resend(region)
            | Intent::ResendPast(region, _)
            | Intent::SendLater(region)
            | Intent::SendHeld(region)
            | Intent::SetRate(region, _)
            | Intent::Heal(region, _)
            | Intent::Resume(region) => self.denied(region),
            Intent::Send | Intent::ConfirmSend | Intent::Edit(_) | Intent::Save | Intent::Test => {
                self.denied_in_view()
            }
            Intent::Show(_)
            | Intent::Turn(_)
            | Intent::SetUp(_)
            | Intent::Choose(_)
            | Intent::Apply
            | Intent::DismissSend
            | Intent::DropLater(_)
            | Intent::Notify(_)
            | Intent::ShowPastJobs(..)
            | Intent::MorePastJobs(_)
            | Intent::OpenSetup(_)
            | Intent::Refresh
            | Intent::Timeline(_)
            | Intent::Revert => None,
        }
    }

    fn denial(&self, place: &str) -> String {
        match self.me.known() {
            Some(me) if self.may_read() => words::denied(&me.role, place),
            _ => words::UNREADABLE.to_string(),
        }
    }
}
