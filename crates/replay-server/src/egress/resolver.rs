//! Resolves the name of an endpoint to the addresses that may be dialled. Which these are is decided
//! by [`Egress::admit`].

use core::{error::Error, fmt};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Denied, Egress, Scheme};

/// Why a name cannot be dialled. Printed, it names no address: what an internal name resolves to is
/// not for everyone to see.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NameError {
    /// It has no address, or no name server answers.
    Unresolved,
    /// None of its addresses may be dialled; this is why not the last of them.
    Denied(Denied),
}

/// A resolver that answers only addresses that may be dialled with `scheme`.
pub(super) struct Resolver {
    pub(super) egress: Egress,
    pub(super) scheme: Scheme,
}

impl Resolver {
    async fn admitted(&self, name: &str) -> Result<Addrs, NameError> {
        let found = tokio::net::lookup_host((name, 0)).await;
        let (mut admitted, mut error) = (Vec::new(), NameError::Unresolved);
        for address in found.map_err(|_| NameError::Unresolved)? {
            match self.egress.admit(self.scheme, address.ip()) {
                Ok(()) => admitted.push(address),
                Err(denied) => error = NameError::Denied(denied),
            }
        }
        if admitted.is_empty() { Err(error) } else { Ok(Box::new(admitted.into_iter())) }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = Self { egress: self.egress.clone(), scheme: self.scheme };
        Box::pin(async move {
            let admitted = resolver.admitted(name.as_str()).await;
            if let Err(NameError::Denied(denied)) = &admitted {
                tracing::warn!(name = name.as_str(), %denied, "the webhook's endpoint is not dialled");
            }
            Ok(admitted?)
        })
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unresolved => "the name could not be resolved",
            Self::Denied(Denied::NotPublic(_)) => {
                "must not resolve to an address that is not public"
            }
            Self::Denied(Denied::InTheClear(_)) => {
                "must be https, since its name resolves to a public address"
            }
        })
    }
}

impl Error for NameError {}
