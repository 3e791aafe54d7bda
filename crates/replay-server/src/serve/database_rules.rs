//! The options of `serve` that hold for the whole database: the regions, and whether lines are forwarded in
//! them. They are stored at the start; those of the node that has started last hold for all nodes.

use replay_core::{Region, Timestamp};

use super::FatalError;
use crate::{
    random,
    store::{ForwardedRegion, Store},
};

/// Stores the regions and begins or ends forwarding in each of them, before the first line arrives. If
/// several nodes share the database, a change is logged: it holds for all of them.
///
/// Live lanes follow the stored value at once, on whichever node. Each node serves the regions of its own
/// list and takes part in their work; other commands check labels against the stored list.
pub(super) async fn store_rules(
    store: &Store,
    regions: &[Region],
    is_forwarding: bool,
    is_shared: bool,
    now: Timestamp,
) -> Result<(), FatalError> {
    let before = store.set_served_regions(regions.to_vec()).await?;
    if is_shared && !before.is_empty() && before != regions {
        let (before, now) = (labels(&before), labels(regions));
        tracing::warn!(%before, %now, "another node has served other regions");
    }
    let forwarded = |region: &Region| {
        let (new_lane, new_outage) = (random::lane_id()?, random::outage_id()?);
        Ok::<_, random::Error>(ForwardedRegion { region: region.clone(), new_lane, new_outage })
    };
    let regions = regions.iter().map(forwarded).collect::<Result<_, _>>()?;
    let changed = store.set_forwarding(regions, is_forwarding, now).await?;
    if is_shared && !changed.is_empty() {
        let regions = labels(&changed);
        let change = if is_forwarding { "begins" } else { "ends" };
        tracing::warn!(%regions, "forwarding {change} on all nodes: this one has started so");
    }
    Ok(())
}

fn labels(regions: &[Region]) -> String {
    let labels: Vec<_> = regions.iter().map(Region::as_str).collect();
    labels.join(" ")
}
