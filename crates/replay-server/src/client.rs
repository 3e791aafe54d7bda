//! The HTTP client settings of every request that this server makes: no redirects, no proxies, and a
//! timeout. It does not decide which addresses may be dialled.

use core::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

use crate::egress::Scheme;

/// A builder of clients for URLs with `scheme`, whose requests may each take `timeout`.
pub(crate) fn builder(scheme: Scheme, timeout: Duration) -> ClientBuilder {
    // An error means that this process has installed a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("audit-log-replay/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .redirect(redirect::Policy::none())
        .no_proxy();
    match scheme {
        // Without TLS, the client must also be built on a machine without root certificates.
        Scheme::Http => builder.tls_certs_only([]),
        Scheme::Https => builder,
    }
}
