//! The page's address: the region, the tab and the range in view, so that a link, a reload and the
//! browser's Back button show the same.

use alloc::string::{String, ToString};
use core::fmt;

use replay_core::Scope;

/// What an address names. The page chooses what it leaves out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Address {
    /// The label of a region, or `global`; the server may not have it.
    pub region: Option<String>,
    /// The tab.
    pub tab: Tab,
    /// The range.
    pub range: Option<RangeTexts>,
}

/// The ends of a range as the user wrote them; each may be unreadable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RangeTexts {
    /// The start.
    pub from: String,
    /// The end.
    pub to: String,
}

impl RangeTexts {
    /// Whether it is the range that is applied at first, `Picker::FIRST`.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.from == "now-15m" && self.to == "now"
    }
}

/// The tabs of a region.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Tab {
    /// The webhook form.
    Setup,
    /// The range and the table of jobs.
    #[default]
    Replay,
}

impl Address {
    /// The path of the page.
    pub const PATH: &str = "/organization/audit-logs-setup";

    /// Reads the query parameters `region`, `tab`, `from` and `to`. Unknown values are ignored; a
    /// range without `to` ends now.
    #[must_use]
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        let range = match (parameter("from"), parameter("to")) {
            (None, None) => None,
            (from, to) => Some(RangeTexts {
                from: from.unwrap_or_default(),
                to: to.unwrap_or_else(|| "now".to_string()),
            }),
        };
        Self {
            region: parameter("region").filter(|label| !label.is_empty()),
            tab: parameter("tab").and_then(|tab| Tab::named(&tab)).unwrap_or_default(),
            range,
        }
    }

    /// The address of a scope, a tab and a range.
    #[must_use]
    pub fn of(scope: &Scope, tab: Tab, range: RangeTexts) -> Self {
        Self { region: Some(scope.to_string()), tab, range: Some(range) }
    }
}

impl Tab {
    /// Every tab, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::Setup, Self::Replay];

    /// The tab's name in an address: `setup` or `replay`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Replay => "replay",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.as_str() == name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::PATH)?;
        f.write_str("?")?;
        if let Some(region) = &self.region {
            write!(f, "region={}&", Encoded(region))?;
        }
        write!(f, "tab={}", self.tab.as_str())?;
        if let Some(RangeTexts { from, to }) = &self.range {
            write!(f, "&from={}&to={}", Encoded(from), Encoded(to))?;
        }
        Ok(())
    }
}

/// Prints a text percent-encoded, except for ASCII letters and digits and `-._:`.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._:".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}
