//! What the token's role permits, as far as the server tells. Where it does not tell, or the page
//! does not know the role, everything is permitted here and the server decides.

use alloc::string::{String, ToString};

use replay_client::RequestError;
use replay_core::Region;

use super::Workspace;
use crate::{intent::Intent, words};

impl Workspace {
    /// Whether the token can read anything: one that can only ingest is refused x/me.
    pub(crate) fn may_read(&self) -> bool {
        !matches!(self.me.request_error(), Some(RequestError::Refused(403, _)))
            && self.me.known().is_none_or(|me| me.role != "ingest")
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

    /// Why nothing of a region can be changed.
    pub(crate) fn denied(&self, region: &Region) -> Option<String> {
        (!self.may_change(region)).then(|| self.denial(region.name()))
    }

    /// Why nothing can be changed in any of the regions in view.
    pub(crate) fn denied_in_view(&self) -> Option<String> {
        let all = self.in_view().all(|region_state| !self.may_change(&region_state.region));
        let denied = all && self.scope.is_ok();
        let place =
            self.region_state().map_or("any region", |region_state| region_state.region.name());
        denied.then(|| self.denial(place))
    }

    /// Why a wish is not carried out.
    pub(super) fn denied_intent(&self, intent: &Intent) -> Option<String> {
        match intent {
            Intent::Cancel(region) | Intent::Repeat(region) | Intent::Resend(region) => {
                self.denied(region)
            }
            Intent::Send | Intent::ConfirmSend | Intent::Edit(_) | Intent::Save | Intent::Test => {
                self.denied_in_view()
            }
            Intent::Show(_)
            | Intent::Turn(_)
            | Intent::DraftRange(_)
            | Intent::Type(..)
            | Intent::Apply
            | Intent::DismissSend
            | Intent::Refresh
            | Intent::Revert => None,
        }
    }

    fn denial(&self, place: &str) -> String {
        let role = self.me.known().filter(|_| self.may_read());
        role.map_or_else(|| words::UNREADABLE.to_string(), |me| words::denied(&me.role, place))
    }
}
