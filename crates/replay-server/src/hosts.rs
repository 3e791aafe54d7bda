//! Checks the `Host` of requests. A server on loopback accepts only loopback names, so that a web page
//! of another site cannot reach it through a DNS name of that site (DNS rebinding). It reads nothing
//! else of a request.

use core::str::FromStr;
use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Version, header, uri::Authority},
    middleware::Next,
    response::Response,
};
use replay_core::{Fault, Refusal, Rule};

use crate::{egress::literal_address, response};

/// The hosts that a server accepts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Hosts {
    /// Every host; the proxy in front checks them.
    Any,
    /// Loopback names, literal addresses, and the given names.
    Loopback(Vec<HostName>),
}

/// A host name like `logs.example.com`, or `*.example.com` for every subdomain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostName {
    name: String,
    /// Whether the subdomains of `name` match, and not `name` itself.
    wildcard: bool,
}

impl HostName {
    /// Parses a host name with or without a leading `*.`.
    ///
    /// # Errors
    /// The rule for host names, if `text` breaks it.
    pub fn read(text: &str) -> Result<Self, String> {
        let (name, wildcard) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let labels = name.split('.').all(|label| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (1..=63).contains(&label.len()) && label.bytes().all(plain)
        });
        if !labels || name.len() > 253 {
            return Err("a host name has labels of letters, digits and hyphens, and no port".into());
        }
        Ok(Self { name: name.to_ascii_lowercase(), wildcard })
    }

    fn matches(&self, host: &str) -> bool {
        if self.wildcard {
            host.strip_suffix(&self.name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            host == self.name
        }
    }
}

impl Hosts {
    fn accept(&self, authority: &Authority) -> bool {
        let Self::Loopback(names) = self else { return true };
        let host = authority.host().to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let literal = literal_address(host).is_some();
        let loopback = host == "localhost" || host.ends_with(".localhost");
        literal || loopback || names.iter().any(|name| name.matches(host))
    }
}

/// Refuses a request with a missing, repeated or malformed `Host` (400), or with one that is not accepted
/// (421).
pub(crate) async fn check(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Response {
    match named_host(&request) {
        Err(fault) => response::refuse(Refusal::BadRequest(vec![fault])),
        Ok(Some(host)) if !hosts.accept(&host) => {
            response::refuse(Refusal::MisdirectedHost(host.host().to_owned()))
        }
        Ok(_) => next.run(request).await,
    }
}

/// The host of a request; `None` for an HTTP/1.0 request without one.
///
/// # Errors
/// The `Host` header is missing, repeated or malformed, even if the request line contains a host:
/// <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>.
fn named_host(request: &Request) -> Result<Option<Authority>, Fault> {
    let header = host_header(request.headers())?;
    if header.is_none() && request.version() >= Version::HTTP_11 {
        return Err(Fault::new("Host", Rule::Required, "must be given"));
    }
    Ok(request.uri().authority().cloned().or(header))
}

fn host_header(headers: &HeaderMap) -> Result<Option<Authority>, Fault> {
    let mut values = headers.get_all(header::HOST).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Fault::new("Host", Rule::Invalid, "must be given once"));
    }
    let authority = value.to_str().ok().and_then(|text| Authority::from_str(text).ok());
    authority
        .filter(is_host_and_port)
        .map(Some)
        .ok_or_else(|| Fault::new("Host", Rule::Invalid, "must be a host with or without a port"))
}

fn is_host_and_port(authority: &Authority) -> bool {
    let host = authority.host();
    // User information would precede the host.
    let Some(rest) = authority.as_str().strip_prefix(host) else { return false };
    let has_valid_port = match rest.strip_prefix(':') {
        Some(port) => port.is_empty() || port.parse::<u16>().is_ok(),
        None => rest.is_empty(),
    };
    !host.is_empty() && has_valid_port
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_loopback_server_accepts_loopback_names_literal_addresses_and_given_names() {
        let names =
            ["logs.example.com", "*.api.konghq.com"].map(|name| HostName::read(name).unwrap());
        let hosts = Hosts::Loopback(names.to_vec());
        for host in [
            "localhost",
            "LOCALHOST:8787",
            "localhost.:8787",
            "us.localhost:8787",
            "127.0.0.1:8787",
            "[::1]:8787",
            "logs.example.com",
            "us.api.konghq.com:443",
        ] {
            assert!(hosts.accept(&Authority::from_str(host).unwrap()), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "api.konghq.com",
            "a.logs.example.com",
            "127.0.0.1.evil.example",
        ] {
            let host = Authority::from_str(host).unwrap();
            assert!(!hosts.accept(&host) && Hosts::Any.accept(&host), "{host}");
        }
    }

    #[test]
    fn an_http_1_1_request_needs_one_well_formed_host() {
        let named = |version, hosts: &[&str]| {
            let mut request = Request::new(axum::body::Body::empty());
            *request.version_mut() = version;
            for host in hosts {
                let value = HeaderValue::from_str(host).unwrap();
                request.headers_mut().append(header::HOST, value);
            }
            named_host(&request)
        };
        for good in ["localhost", "localhost:", "localhost:8787", "[::1]:8787", "10.0.0.1"] {
            assert_eq!(named(Version::HTTP_11, &[good]).unwrap().unwrap().as_str(), good);
        }
        for bad in ["", "a b", "user@host", "host:port", "host:99999", "http://host", "a,b/c"] {
            assert!(named(Version::HTTP_11, &[bad]).is_err(), "{bad}");
        }
        assert_eq!(named(Version::HTTP_11, &[]).unwrap_err().rule, Rule::Required);
        assert!(named(Version::HTTP_11, &["localhost", "localhost"]).is_err());
        assert_eq!(named(Version::HTTP_10, &[]), Ok(None));
    }

    #[test]
    fn a_host_name_has_no_port_and_no_wildcard_inside() {
        for bad in ["", "*", "*.", "a.*.b", "a:80", "a..b", "http://a", "a b"] {
            assert!(HostName::read(bad).is_err(), "{bad}");
        }
    }
}
