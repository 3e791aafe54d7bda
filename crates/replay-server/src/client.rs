//! What every request of this server has in common, whoever it is made for: no redirect is followed,
//! no proxy asked, and nothing waited for without end. Where it may go is decided elsewhere.

use core::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

use crate::egress::Scheme;

/// A client for addresses of that scheme, which gives each request so long.
pub(crate) fn builder(scheme: Scheme, timeout: Duration) -> ClientBuilder {
    // A choice made earlier in this process will do as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("audit-log-replay/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .redirect(redirect::Policy::none())
        .no_proxy();
    match scheme {
        // No certificate is looked at, so a machine that has none installed will do.
        Scheme::Http => builder.tls_certs_only([]),
        Scheme::Https => builder,
    }
}
