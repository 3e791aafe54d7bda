//! Ranges that are likely wanted, from what is known of the region in view. They are limited to the
//! retention.

use alloc::vec::Vec;

use chrono::TimeDelta;
use replay_client::Remote;
use replay_core::webhook::WebhookStatus;
use time_range::{Bound, Context, Range, Timestamp};

use super::Workspace;
use crate::{picker::resolve, timeline::Period};

/// A range that is likely wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Suggestion {
    /// Why it is likely wanted.
    pub(crate) reason: SuggestionReason,
    /// The range.
    pub(crate) range: Range,
}

/// Why a range is likely wanted.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum SuggestionReason {
    /// The webhook has been inactive since its start.
    WebhookFailed,
    /// Lines were not delivered in it.
    Outage,
    /// The last completed replay ended at its start.
    LastReplay,
}

/// The number of outages that are suggested.
const OUTAGES: usize = 3;

/// The longest suggestion that stands beside the presets.
const SHORT: TimeDelta = TimeDelta::hours(24);

impl Suggestion {
    fn period(&self, context: Context<'_>) -> Period {
        Period::of(self.range.start(context), self.range.end(context))
    }

    /// Whether it stands beside the presets, which are at most that long.
    pub(crate) fn is_short(&self, context: Context<'_>) -> bool {
        self.range.end(context) - self.range.start(context) <= SHORT
    }
}

impl Workspace {
    /// The suggestions for the region in view, the most specific first.
    pub(crate) fn suggestions(&self, context: Context<'_>) -> Vec<Suggestion> {
        let mut suggestions: Vec<Suggestion> = Vec::new();
        let mut suggest = |reason, from: Option<Timestamp>, to: Option<Timestamp>| {
            let Some(from) = from else { return };
            let earliest = self.policy.earliest_to_request(context.now);
            let from =
                if from < earliest { Bound::ago(self.policy.retention) } else { Bound::At(from) };
            let range = Range { from, to: to.map_or(Bound::NOW, Bound::At) };
            let Ok(timeframe) = resolve(range, &self.policy, context) else { return };
            let period = Period::of(timeframe.start(), timeframe.end());
            // The webhook's health and the outage are recorded one after the other.
            if suggestions.iter().all(|one| !one.period(context).is_nearly(period)) {
                suggestions.push(Suggestion { reason, range });
            }
        };
        let Some(region_state) = self.region_state() else { return suggestions };
        if let Some(page) = region_state.outages.as_ref().and_then(Remote::known) {
            let outages = page.outages.iter().filter(|outage| outage.healed_at.is_none());
            for outage in outages.take(OUTAGES) {
                suggest(SuggestionReason::Outage, Some(outage.began_at), outage.ended_at);
            }
        }
        if let Some(health) = region_state.setup.health().known()
            && health.status.known() == Some(WebhookStatus::Inactive)
            && health.enabled
        {
            suggest(SuggestionReason::WebhookFailed, health.inactive_since, None);
        }
        suggest(SuggestionReason::LastReplay, region_state.last_completed_end_at, None);
        suggestions
    }
}
