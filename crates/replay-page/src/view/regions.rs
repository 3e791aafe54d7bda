//! The list of regions, each with how its webhook and its job are.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use replay_core::{Scope, Zone};

use super::{Badge, Link, reader, said_in_place, scope_name};
use crate::{
    address::Address,
    desk::Desk,
    doors::{Msg, Wish},
    station::Station,
    words,
};

/// A region among all.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionLink {
    /// Where it leads.
    pub link: Link,
    /// How its webhook is.
    pub webhook: Option<Badge>,
    /// How its job is.
    pub job: Option<Badge>,
    /// The job's timeframe, and how long it is.
    pub timeframe: Option<String>,
    /// Why this may not be so.
    pub trouble: Option<String>,
}

pub(super) fn regions(desk: &Desk, zone: &Zone) -> Vec<RegionLink> {
    let link = |scope: &Scope| Link {
        label: scope_name(scope).to_string(),
        current: desk.scope.as_ref() == Ok(scope),
        href: Address { region: Some(scope.to_string()), ..desk.address() }.to_string(),
        msg: Msg::Wished(Wish::Show(scope.clone())),
    };
    let one = |station: &Station| {
        let job = station.job();
        let trouble = said_in_place(station.tracker.job().trouble())
            .or(said_in_place(station.setup.health().trouble()));
        RegionLink {
            link: link(&Scope::One(station.region.clone())),
            webhook: station.setup.health().known().map(words::health),
            job: job.map(|job| words::status(&job.status)),
            timeframe: station.ends().map(|(start, end)| {
                format!("{} from {}", words::length(end - start), words::minute(start, zone))
            }),
            trouble: trouble.map(|trouble| words::trouble(trouble, &reader(desk, station))),
        }
    };
    let all = (desk.stations.len() > 1).then(|| RegionLink {
        link: link(&Scope::Global),
        webhook: None,
        job: None,
        timeframe: None,
        trouble: None,
    });
    desk.stations.iter().map(one).chain(all).collect()
}
