//! What a line is about, decided by its `name` alone. Never by its class, which names services and sign-in types.

/// What a line reports, told by its `name`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// Somebody signed in or failed to: `AUTHENTICATION_OUTCOME_…`
    Authentication,
    /// A permission was checked: `Authz.…`
    Authorization,
    /// A request came in: `Ingress`
    Access,
    /// Any other name, or none.
    Other,
}

impl Kind {
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
