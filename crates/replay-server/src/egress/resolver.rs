//! Resolves the name of an endpoint to the addresses that may be dialled. [`Egress::admit`] decides
//! which these are.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::{DeniedAddress, Egress, Scheme};

/// Why a name cannot be dialled. The text contains no address, since not every user may see what an
/// internal name resolves to.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum NameError {
    /// The name has no address, or no name server answers.
    #[error("the name could not be resolved")]
    Unresolved,
    /// No address of the name may be dialled. This is the last of them.
    #[error("{}", rule(*.0))]
    Denied(DeniedAddress),
}

/// A resolver that returns only addresses that may be dialled with `scheme`.
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

/// The rule that a denied address breaks, without the address.
const fn rule(denied: DeniedAddress) -> &'static str {
    match denied {
        DeniedAddress::NotPublic(_) => "must not resolve to an address that is not public",
        DeniedAddress::HttpsRequired(_) => {
            "must be https, since its name resolves to a public address"
        }
    }
}
