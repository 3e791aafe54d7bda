//! The network by which clients are counted: an IPv4 address, or the /64 of an IPv6 address, since one
//! client usually has a whole /64.

use core::net::IpAddr;

use ipnet::{IpNet, Ipv6Net};

/// The network of the client at `address`.
pub(crate) fn client_network(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        address @ IpAddr::V4(_) => address.into(),
        IpAddr::V6(address) => Ipv6Net::new(address, 64).unwrap_or(address.into()).trunc().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_addresses_of_one_64_bit_network_count_as_one_client() {
        let of = |text: &str| client_network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:0:0:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
