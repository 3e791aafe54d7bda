//! Texts of the drafted range to copy. The token is never in them.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use replay_core::Timeframe;
use replay_wire::routes::Operation;
use time_range::{Context, Range, write_timestamp};

use super::Workspace;
use crate::{
    address::{Address, RangeTexts},
    joined::joined,
    picker::{CopyForm, RangeFault, to_send},
};

impl Workspace {
    /// The text of the drafted range in a form.
    ///
    /// # Errors
    /// All faults of the draft, if it has any.
    pub(super) fn text_of(
        &self,
        form: CopyForm,
        context: Context<'_>,
    ) -> Result<String, Vec<RangeFault>> {
        self.picker.resolve(&self.policy, context)?;
        let range = self.picker.draft().range().unwrap_or(self.picker.applied());
        Ok(match form {
            CopyForm::Range => range.to_string(),
            CopyForm::Link => self.link_to(range),
            CopyForm::Curl => self.curl(to_send(range, &self.policy, context)?),
            CopyForm::Cli => self.cli(to_send(range, &self.policy, context)?),
        })
    }

    fn link_to(&self, range: Range) -> String {
        let range = RangeTexts { from: range.from.to_string(), to: range.to.to_string() };
        let address = Address { range: Some(range), ..self.address() };
        joined(&[&self.origin, &address.to_string()])
    }

    fn curl(&self, timeframe: Timeframe) -> String {
        let [start, end] = [timeframe.start(), timeframe.end()].map(write_timestamp);
        joined(&[
            "curl -X PUT '",
            &self.base(),
            Operation::ReplaceJob.route().path,
            "' -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{\"start_at\": \"",
            &start,
            "\", \"end_at\": \"",
            &end,
            "\"}'",
        ])
    }

    fn cli(&self, timeframe: Timeframe) -> String {
        let [start, end] = [timeframe.start(), timeframe.end()].map(write_timestamp);
        joined(&[
            "kongctl api put ",
            Operation::ReplaceJob.route().path,
            " start_at=",
            &start,
            " end_at=",
            &end,
            " --base-url ",
            &self.base(),
            " --pat \"$TOKEN\"",
        ])
    }

    /// The URL below which the regions in view have their API.
    fn base(&self) -> String {
        let region = self.scope.as_ref().map(ToString::to_string).unwrap_or_default();
        joined(&[&self.origin, "/api/", &region])
    }
}
