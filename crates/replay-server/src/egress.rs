//! Which addresses the server may dial for somebody else: public ones over https, and whatever the
//! operator named, over http too. It is asked when an endpoint is configured and again at every
//! dial, about the very address that is dialled; nothing may reach a receiver around it.

mod endpoint_url;
mod resolver;

use core::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use replay_core::webhook::Endpoint;
use reqwest::{Url, dns::Resolve};

pub use resolver::NameError;

use resolver::Resolver;

/// The rules for outbound connections.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    allowed: Vec<IpNet>,
}

/// How a receiver is spoken to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Encrypted.
    Https,
}

/// An address that may not be dialled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Denied {
    /// It is not a public address, and the operator did not name it.
    NotPublic(IpAddr),
    /// It is a public address, so only https will do.
    InTheClear(IpAddr),
}

impl Egress {
    /// Rules that also let through what the operator named (`--allow-net`).
    #[must_use]
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// The endpoint that `text` names.
    ///
    /// # Errors
    /// Why it cannot be one: no http(s) URL with a possible host and port, a password in it, or an
    /// address that may not be dialled.
    pub fn endpoint(&self, text: &str) -> Result<Endpoint, String> {
        let url = endpoint_url::read(text)?;
        self.admit_url(&url)?;
        Ok(Endpoint { url: text.to_owned(), origin: url.origin().ascii_serialization() })
    }

    /// Whether a URL may be asked for at all; a name's addresses are for [`admit`](Self::admit).
    ///
    /// # Errors
    /// Why not.
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
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) => self.admit(scheme, address).map_err(|denied| denied.to_string())?,
            Err(_) if scheme == Scheme::Http && self.allowed.is_empty() => {
                return Err("must be an https URL".to_owned());
            }
            Err(_) => {}
        }
        Ok(scheme)
    }

    /// Whether `address` may be dialled.
    ///
    /// # Errors
    /// [`Denied`], unless it is public and spoken to over https, or the operator named it.
    pub fn admit(&self, scheme: Scheme, address: IpAddr) -> Result<(), Denied> {
        let address = address.to_canonical();
        if self.allowed.iter().any(|net| net.contains(&address)) {
            return Ok(());
        }
        if !is_public(address) {
            return Err(Denied::NotPublic(address));
        }
        if scheme == Scheme::Http {
            return Err(Denied::InTheClear(address));
        }
        Ok(())
    }

    /// A resolver that answers only addresses that may be dialled with `scheme`; it fails with a
    /// [`NameError`].
    #[must_use]
    pub fn resolver(&self, scheme: Scheme) -> impl Resolve + use<> {
        Resolver { egress: self.clone(), scheme }
    }
}

impl Denied {
    /// The address that may not be dialled.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        match self {
            Self::NotPublic(address) | Self::InTheClear(address) => address,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPublic(address) => {
                write!(f, "must not be at [{address}], which is not public")
            }
            Self::InTheClear(address) => write!(f, "must be https to be sent to [{address}]"),
        }
    }
}

impl core::error::Error for Denied {}

/// Whether anybody on the internet could be there.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&v4)),
        IpAddr::V6(v6) => {
            GLOBAL_UNICAST_V6.contains(&v6) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&v6))
        }
    }
}

/// The special-purpose addresses of IANA's IPv4 registry, multicast and the reserved rest.
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

/// All of IPv6 that is routed today; loopback, mapped, NAT64, ULA, link-local and multicast
/// addresses lie outside.
const GLOBAL_UNICAST_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What lies inside it and is not public.
const NOT_PUBLIC_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0], 23),         // protocol assignments, Teredo
    v6([0x2001, 0xdb8, 0], 32),     // documentation
    v6([0x2002, 0, 0], 16),         // 6to4: any IPv4 address in disguise
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
