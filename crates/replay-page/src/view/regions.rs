//! The list of regions, each with the status of its webhook and its job.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_client::{RequestError, describe};
use replay_core::Scope;
use time_range::Zone;

use super::{
    Badge, Link,
    context::{read_context, shown_in_place},
    scope_name,
};
use crate::{
    address::Address, intent::Intent, message::Msg, region_state::RegionState, words,
    workspace::Workspace,
};

/// A region in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionLink {
    /// The link to the region.
    pub link: Link,
    /// The status of its webhook; `None` until it was read.
    pub webhook: Option<Badge>,
    /// The status of its job; `None` until it was read.
    pub job: Option<Badge>,
    /// The length and the start of the job's timeframe.
    pub timeframe: Option<String>,
    /// Why the statuses may be outdated, or else since when its webhook is inactive.
    pub fault: Option<String>,
}

pub(super) fn regions(workspace: &Workspace, zone: &Zone) -> Vec<RegionLink> {
    let link = |scope: &Scope| Link {
        label: scope_name(scope).to_string(),
        current: workspace.scope.as_ref() == Ok(scope),
        href: Address { region: Some(scope.to_string()), ..workspace.address() }.to_string(),
        msg: Msg::Intended(Intent::Show(scope.clone())),
    };
    let one = |region_state: &RegionState| {
        let job = region_state.job();
        let request_error = shown_in_place(region_state.tracker.job().request_error())
            .or(shown_in_place(region_state.setup.health().request_error()));
        RegionLink {
            link: link(&Scope::One(region_state.region.clone())),
            webhook: region_state.setup.health().known().map(words::health),
            job: job.map(|job| words::status(&job.status)),
            timeframe: region_state.timeframe().map(|timeframe| {
                let (start, end) = (timeframe.start(), timeframe.end());
                format!("{} from {}", words::length(end - start), words::minute(start, zone))
            }),
            fault: match request_error {
                // Described in full where the region is in view.
                Some(RequestError::Refused { status: 403, .. }) => {
                    Some("Not readable with this token.".to_string())
                }
                Some(request_error) => {
                    let mut why = describe(request_error, &read_context(workspace, region_state));
                    if let Some(as_of) = region_state.as_of {
                        why += " As of ";
                        why += &zone.print(as_of);
                        why.push('.');
                    }
                    Some(why)
                }
                None => region_state
                    .setup
                    .health()
                    .known()
                    .and_then(|health| words::inactive_since(health, zone)),
            },
        }
    };
    let all = (workspace.region_states.len() > 1).then(|| RegionLink {
        link: link(&Scope::Global),
        webhook: None,
        job: None,
        timeframe: None,
        fault: None,
    });
    workspace.region_states.iter().map(one).chain(all).collect()
}
