//! The user's choice of the time zone that times are shown in.

/// The clocks that times are shown in.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Clocks {
    /// The browser's time zone.
    #[default]
    Local,
    /// UTC.
    Utc,
}

impl Clocks {
    /// Both choices, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::Local, Self::Utc];

    /// The text that the choice is stored as: `local` or `utc`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Utc => "utc",
        }
    }
}
