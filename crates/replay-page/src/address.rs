//! The page's own address: which region, which tab and which range it shows, so that a link, a
//! reload and the way back lead to the same.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;

use replay_core::{Scope, range::Range};

/// What an address asks the page to show; what it does not say is up to the page.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Address {
    /// A region, or all of them.
    pub scope: Option<Scope>,
    /// A tab.
    pub tab: Tab,
    /// Both ends of a range as text.
    pub range: Option<[String; 2]>,
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
            (from, to) => Some([from.unwrap_or_default(), to.unwrap_or_else(|| "now".to_string())]),
        };
        Self {
            scope: parameter("region").and_then(|label| Scope::named(&label)),
            tab: parameter("tab").and_then(|tab| Tab::named(&tab)).unwrap_or_default(),
            range,
        }
    }

    /// The address of `scope` and `tab` with `range` applied.
    #[must_use]
    pub fn of(scope: Scope, tab: Tab, range: Range) -> Self {
        let range = [range.from, range.to].map(|bound| bound.to_string());
        Self { scope: Some(scope), tab, range: Some(range) }
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
        let scope = self.scope.as_ref().map(|scope| format!("region={scope}&"));
        write!(f, "?{}tab={}", scope.unwrap_or_default(), self.tab.as_str())?;
        if let Some([from, to]) = &self.range {
            write!(f, "&from={from}&to={to}")?;
        }
        Ok(())
    }
}
