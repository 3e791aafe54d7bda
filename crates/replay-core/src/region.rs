//! A region of Konnect, and the scope of a request: one region or `global`. Which regions a server
//! has is its own setting; paths are in `replay-wire`'s route table.

use alloc::{borrow::ToOwned, string::String};
use core::fmt;

/// A region by its label in addresses, like `us`.
///
/// Invariant: 2 to 16 lower-case ASCII letters or digits, and not `global`. The set is open:
/// Konnect adds regions.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Region(String);

/// Whom a request is addressed to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Scope {
    /// One region.
    One(Region),
    /// `global`: every region.
    Global,
}

impl Region {
    /// Konnect's regions in its documents' order, with the names it shows.
    pub const KONNECT: [(&'static str, &'static str); 6] = [
        ("us", "United States"),
        ("eu", "Europe"),
        ("au", "Australia"),
        ("me", "Middle East"),
        ("in", "India"),
        ("sg", "Singapore"),
    ];

    /// The region of that label, if it is one.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let good = plain && (2..=16).contains(&label.len()) && label != GLOBAL;
        good.then(|| Self(label.to_owned()))
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name a person reads; of a region that Konnect does not document, the label.
    #[must_use]
    pub fn name(&self) -> &str {
        let documented = Self::KONNECT.into_iter().find(|(label, _)| *label == self.0);
        documented.map_or(&self.0, |(_, name)| name)
    }
}

impl Scope {
    /// The scope that a path segment names: `global`, or a region's label.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        if label == GLOBAL { Some(Self::Global) } else { Region::named(label).map(Self::One) }
    }

    /// The scope that a `Host` names in the first of several labels, as Konnect is addressed
    /// (`us.api.konghq.com`); hosts are read in any case.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        Self::named(&host.split_once('.')?.0.to_ascii_lowercase())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(region) => region.fmt(f),
            Self::Global => f.write_str(GLOBAL),
        }
    }
}

const GLOBAL: &str = "global";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_short_lower_case_and_not_global() {
        for label in ["us", "sg", "ap2"] {
            assert_eq!(Region::named(label).unwrap().as_str(), label);
        }
        for label in ["", "u", "US", "us-1", "../eu", "us%2f", "üs", "global", "aaaaaaaaaaaaaaaaa"]
        {
            assert_eq!(Region::named(label), None, "{label}");
        }
    }

    #[test]
    fn a_documented_region_has_a_name_and_any_other_its_label() {
        assert_eq!(Region::named("me").unwrap().name(), "Middle East");
        assert_eq!(Region::named("jp").unwrap().name(), "jp");
    }

    #[test]
    fn a_host_names_its_region_first() {
        let us = Some(Scope::One(Region::named("us").unwrap()));
        assert_eq!(Scope::of_host("us.api.konghq.com"), us);
        assert_eq!(Scope::of_host("US.localhost:8787"), us);
        assert_eq!(Scope::of_host("global.localhost:8787"), Some(Scope::Global));
        for host in ["", "localhost:8787", "us", "us:8787", "[::1]:8787", ".localhost"] {
            assert_eq!(Scope::of_host(host), None, "{host}");
        }
    }
}
