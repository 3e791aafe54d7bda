//! The rules for outbound connections to endpoints that users configure: public addresses over https,
//! and the networks of `--allow-net` over http too. They are applied when an endpoint is configured and
//! again at every dial, to the address that is dialled. It makes no request itself.

mod endpoint_url;
mod resolver;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use replay_core::webhook::Endpoint;
use reqwest::{Url, dns::Resolve};
use thiserror::Error;

pub use resolver::NameError;

use resolver::Resolver;

/// The rules for outbound connections.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    allowed: Vec<IpNet>,
}

/// The scheme of an endpoint's URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// Unencrypted.
    Http,
    /// Encrypted with TLS.
    Https,
}

/// An address that may not be dialled, and why.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum DeniedAddress {
    /// It is not public, and in no network of `--allow-net`.
    #[error("must not be at [{0}], which is not public")]
    NotPublic(IpAddr),
    /// It is public, and the scheme is http.
    #[error("must be https to be sent to [{0}]")]
    HttpsRequired(IpAddr),
}

impl Egress {
    /// Rules that also admit the networks in `allowed` (`--allow-net`), over http too.
    #[must_use]
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Parses an endpoint.
    ///
    /// # Errors
    /// The rule that `text` breaks: it is not an http(s) URL with a valid host and port, it contains a
    /// user or password, or its literal address may not be dialled.
    pub fn endpoint(&self, text: &str) -> Result<Endpoint, String> {
        let url = endpoint_url::read(text)?;
        self.admit_url(&url)?;
        Ok(Endpoint { url: text.to_owned(), origin: url.origin().ascii_serialization() })
    }

    /// Checks a URL and returns its scheme. A literal address is checked; the addresses of a name are
    /// left to [`admit`](Self::admit).
    ///
    /// # Errors
    /// The rule that the URL breaks, as for [`endpoint`](Self::endpoint).
    pub fn admit_url(&self, url: &Url) -> Result<Scheme, String> {
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err("must be an https URL".to_owned()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "must not hold a user or password: that is what authorization is for".into()
            );
        }
        let host = url.host_str().unwrap_or_default();
        match literal_address(host) {
            Some(address) => self.admit(scheme, address).map_err(|denied| denied.to_string())?,
            None if scheme == Scheme::Http && self.allowed.is_empty() => {
                return Err("must be an https URL".to_owned());
            }
            None => {}
        }
        Ok(scheme)
    }

    /// Checks whether `address` may be dialled with `scheme`.
    ///
    /// # Errors
    /// [`DeniedAddress`], unless the address is public and the scheme https, or the address is in a
    /// network of `--allow-net`.
    pub fn admit(&self, scheme: Scheme, address: IpAddr) -> Result<(), DeniedAddress> {
        let address = address.to_canonical();
        if self.allowed.iter().any(|net| net.contains(&address)) {
            return Ok(());
        }
        if !is_public(address) {
            return Err(DeniedAddress::NotPublic(address));
        }
        if scheme == Scheme::Http {
            return Err(DeniedAddress::HttpsRequired(address));
        }
        Ok(())
    }

    /// A resolver that returns only addresses that may be dialled with `scheme`. It fails with
    /// [`NameError`].
    #[must_use]
    pub fn resolver(&self, scheme: Scheme) -> impl Resolve + use<> {
        Resolver { egress: self.clone(), scheme }
    }
}

impl DeniedAddress {
    /// The address itself.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        match self {
            Self::NotPublic(address) | Self::HttpsRequired(address) => address,
        }
    }
}

/// The address that a host is, with or without the brackets of IPv6; `None` for a name.
pub(crate) fn literal_address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether an address can be reached from the whole internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&v4)),
        IpAddr::V6(v6) => {
            GLOBAL_UNICAST_V6.contains(&v6) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&v6))
        }
    }
}

/// The special-purpose addresses of <https://www.rfc-editor.org/rfc/rfc6890>, multicast and reserved
/// addresses.
const NOT_PUBLIC_V4: [Ipv4Net; 18] = [
    v4([0, 0, 0, 0], 8),       // this network
    v4([10, 0, 0, 0], 8),      // private
    v4([100, 64, 0, 0], 10),   // carrier-grade NAT
    v4([127, 0, 0, 0], 8),     // loopback
    v4([169, 254, 0, 0], 16),  // link-local, cloud metadata
    v4([172, 16, 0, 0], 12),   // private
    v4([192, 0, 0, 0], 24),    // protocol assignments
    v4([192, 0, 2, 0], 24),    // documentation
    v4([192, 31, 196, 0], 24), // AS112
    v4([192, 52, 193, 0], 24), // AMT
    v4([192, 88, 99, 0], 24),  // 6to4 relays
    v4([192, 168, 0, 0], 16),  // private
    v4([192, 175, 48, 0], 24), // AS112
    v4([198, 18, 0, 0], 15),   // benchmarks
    v4([198, 51, 100, 0], 24), // documentation
    v4([203, 0, 113, 0], 24),  // documentation
    v4([224, 0, 0, 0], 4),     // multicast
    v4([240, 0, 0, 0], 4),     // reserved, broadcast
];

/// The IPv6 addresses that are routed on the internet. Loopback, mapped, NAT64, unique local, link-local
/// and multicast addresses are outside.
const GLOBAL_UNICAST_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// The special-purpose addresses within [`GLOBAL_UNICAST_V6`].
const NOT_PUBLIC_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0], 23),         // protocol assignments, Teredo
    v6([0x2001, 0xdb8, 0], 32),     // documentation
    v6([0x2002, 0, 0], 16),         // 6to4: contains any IPv4 address
    v6([0x2620, 0x4f, 0x8000], 48), // AS112
    v6([0x3fff, 0, 0], 20),         // documentation
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c]: [u16; 3], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

#[cfg(test)]
mod tests;
