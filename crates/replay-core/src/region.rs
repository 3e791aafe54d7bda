//! A region of Konnect, and the scope of a request: one region or `global`. Which regions a server
//! has is its own setting; paths are in `replay-wire`'s route table.
//!
//! ```
//! use replay_core::{Region, Scope};
//!
//! let eu = Region::named("eu").ok_or("no region")?;
//! assert_eq!(eu.name(), "Europe");
//! assert_eq!(Scope::of_host("eu.api.konghq.com"), Some(Scope::One(eu)));
//! assert_eq!(Scope::named("global"), Some(Scope::Global));
//! # Ok::<(), &str>(())
//! ```

use alloc::{borrow::ToOwned, string::String};
use core::fmt;

/// A region, identified by its label, like `us`.
///
/// Invariant: the label has 2 to 16 lower-case ASCII letters or digits and is not `global`. Labels
/// that are not in [`Region::KONNECT`] are allowed, since Konnect adds regions.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Region(String);

/// The scope of a request.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Scope {
    /// One region.
    One(Region),
    /// `global`: every region.
    Global,
}

/// A region that Konnect documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KonnectRegion {
    /// The label in addresses.
    pub label: &'static str,
    /// The name in Konnect's user interface.
    pub name: &'static str,
}

impl Region {
    /// Konnect's regions, in the order of the servers in its `OpenAPI` document,
    /// <https://github.com/Kong/developer.konghq.com/tree/main/api-specs/konnect/audit-logs>.
    pub const KONNECT: [KonnectRegion; 6] = [
        KonnectRegion { label: "us", name: "United States" },
        KonnectRegion { label: "eu", name: "Europe" },
        KonnectRegion { label: "au", name: "Australia" },
        KonnectRegion { label: "me", name: "Middle East" },
        KonnectRegion { label: "in", name: "India" },
        KonnectRegion { label: "sg", name: "Singapore" },
    ];

    /// The region with this label; `None` if the label breaks the invariant.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        let is_plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let is_valid = is_plain && (2..=16).contains(&label.len()) && label != GLOBAL;
        if is_valid { Some(Self(label.to_owned())) } else { None }
    }

    /// The label, like `us`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name to display: Konnect's name, or the label of a region that Konnect does not document.
    #[must_use]
    pub fn name(&self) -> &str {
        let documented = Self::KONNECT.into_iter().find(|region| region.label == self.0);
        documented.map_or(&self.0, |region| region.name)
    }
}

impl Scope {
    /// The scope with this label: `global`, or a region's label. `None` for any other text.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        if label == GLOBAL { Some(Self::Global) } else { Region::named(label).map(Self::One) }
    }

    /// The scope in the first DNS label of a `Host` header, like `us.api.konghq.com`.
    ///
    /// Upper-case letters are accepted. `None` if the host has a single DNS label or the first one
    /// is no scope.
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
    fn a_region_label_is_2_to_16_lower_case_letters_or_digits_and_not_global() {
        for label in ["us", "sg", "ap2"] {
            assert_eq!(Region::named(label).unwrap().as_str(), label);
        }
        for label in ["", "u", "US", "us-1", "../eu", "us%2f", "üs", "global", "aaaaaaaaaaaaaaaaa"]
        {
            assert_eq!(Region::named(label), None, "{label}");
        }
    }

    #[test]
    fn a_documented_region_displays_its_name_and_any_other_region_its_label() {
        assert_eq!(Region::named("me").unwrap().name(), "Middle East");
        assert_eq!(Region::named("jp").unwrap().name(), "jp");
    }

    #[test]
    fn the_first_label_of_a_host_names_the_scope() {
        let us = Some(Scope::One(Region::named("us").unwrap()));
        assert_eq!(Scope::of_host("us.api.konghq.com"), us);
        assert_eq!(Scope::of_host("US.localhost:8787"), us);
        assert_eq!(Scope::of_host("global.localhost:8787"), Some(Scope::Global));
        for host in ["", "localhost:8787", "us", "us:8787", "[::1]:8787", ".localhost"] {
            assert_eq!(Scope::of_host(host), None, "{host}");
        }
    }
}
