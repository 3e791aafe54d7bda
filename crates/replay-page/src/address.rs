//! The page's own address: which region, which tab and which range it shows, so that a link, a
//! reload and the way back lead to the same.

use alloc::string::{String, ToString};
use core::fmt;

use replay_core::Scope;

/// What an address asks the page to show; what it does not say is up to the page.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Address {
    /// The label of a region, or `global`; a server may not have it.
    pub region: Option<String>,
    /// A tab.
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

/// The tabs of a region.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Tab {
    /// The webhook.
    Setup,
    /// The job.
    #[default]
    Replay,
}

impl Address {
    /// Where the page is.
    pub const PATH: &str = "/organization/audit-logs-setup";

    /// Reads an address by the parameters of its query; unknown ones say nothing, and a range of
    /// which only the beginning is said ends now.
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

    /// The address of `scope` and `tab` with the ends of a range.
    #[must_use]
    pub fn of(scope: &Scope, tab: Tab, range: RangeTexts) -> Self {
        Self { region: Some(scope.to_string()), tab, range: Some(range) }
    }
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Self; 2] = [Self::Setup, Self::Replay];

    /// The tab's name in an address.
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

/// A text as the value of a parameter: percent-encoded but for what every address may hold.
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
