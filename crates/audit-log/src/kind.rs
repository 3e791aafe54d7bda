//! The kind of an event, derived from the `name` of its line alone. The event class is not used: it names services
//! and sign-in types.

/// The kind of an event.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// A sign-in attempt: `AUTHENTICATION_OUTCOME_…`
    Authentication,
    /// A permission check: `Authz.…`
    Authorization,
    /// An HTTP request: `Ingress`
    Access,
    /// Any other name, or no name.
    Other,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::Authentication, Self::Authorization, Self::Access, Self::Other];

    /// The name of the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Authorization => "authorization",
            Self::Access => "access",
            Self::Other => "other",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        if name == "Ingress" {
            Self::Access
        } else if name.starts_with("Authz.") {
            Self::Authorization
        } else if name.starts_with("AUTHENTICATION_OUTCOME_") {
            Self::Authentication
        } else {
            Self::Other
        }
    }
}
