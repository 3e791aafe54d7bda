//! Reads requests: the regions a request addresses, the client's address, and a body of bounded size.
//! The order in which a handler extracts them is the order of the refusals.

use core::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::{
    extract::{ConnectInfo, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, Uri, header, request::Parts},
};
use replay_core::{Refusal, Region, Scope};
use replay_wire::Json;

use crate::{
    app_state::AppState,
    body_reader::{BodyReader, bad_body, content_type},
    response::ApiError,
};

/// The region that a request addresses, or `global`. As an extractor, it rejects a request for an
/// unknown region with 404.
#[derive(Clone, Debug)]
pub(crate) struct RequestScope(pub(crate) Scope);

/// The one region that a request addresses. As an extractor, it rejects a request for an unknown
/// region or for `global` with 404.
#[derive(Clone, Debug)]
pub(crate) struct RequestRegion(pub(crate) Region);

impl FromRequestParts<Arc<AppState>> for RequestScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<AppState>) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|_| Refusal::NotFound)?;
        let in_path = params.iter().find(|(name, _)| *name == "region").map(|(_, label)| label);
        let host = host(&parts.headers, &parts.uri);
        Ok(Self(scope(in_path, host, &app.regions, &app.default_region)?))
    }
}

impl FromRequestParts<Arc<AppState>> for RequestRegion {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<AppState>) -> Result<Self, ApiError> {
        match RequestScope::from_request_parts(parts, app).await?.0 {
            Scope::One(region) => Ok(Self(region)),
            Scope::Global => Err(Refusal::NotFound.into()),
        }
    }
}

/// The id in the path of a request. As an extractor, it rejects a request without one with 404.
#[derive(Clone, Debug)]
pub(crate) struct PathId(pub(crate) String);

impl FromRequestParts<Arc<AppState>> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<AppState>) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|_| Refusal::NotFound)?;
        let id = params.iter().find(|(name, _)| *name == "id").ok_or(Refusal::NotFound)?;
        Ok(Self(id.1.to_owned()))
    }
}

/// The scope that a request addresses: the one that the region in its path names, or else its host if
/// that names a served one, or else the default region.
///
/// # Errors
/// [`Refusal::NotFound`] if the path names a region that is not served.
pub(crate) fn scope(
    in_path: Option<&str>,
    host: Option<&str>,
    served: &[Region],
    default_region: &Region,
) -> Result<Scope, Refusal> {
    let is_served = |scope: &Scope| match scope {
        Scope::Global => true,
        Scope::One(region) => served.contains(region),
    };
    if let Some(label) = in_path {
        return Scope::named(label).filter(is_served).ok_or(Refusal::NotFound);
    }
    let of_host = host.and_then(Scope::of_host).filter(is_served);
    Ok(of_host.unwrap_or_else(|| Scope::One(default_region.clone())))
}

/// The address of the client: of its connection, or behind a proxy the address that the proxy reports.
#[must_use]
pub(crate) fn client_address(request: &Request, behind_tls_proxy: bool) -> Option<IpAddr> {
    let forwarded = || {
        // The proxy appends the address that it sees; the client may have sent the ones before it.
        let list = request.headers().get_all("x-forwarded-for").into_iter().next_back()?;
        list.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let connected = || request.extensions().get::<ConnectInfo<SocketAddr>>();
    let forwarded = behind_tls_proxy.then(forwarded).flatten();
    forwarded.or_else(|| connected().map(|info| info.0.ip()))
}

/// The JSON body of a request.
///
/// # Errors
/// 413 beyond 64 KiB, 415 if its headers declare another media type or an encoding, 400 if it is not
/// valid JSON, breaks off or does not arrive in time.
pub(crate) async fn json(request: Request) -> Result<Json, ApiError> {
    let headers = request.headers();
    let is_json = declares_json(headers).unwrap_or(true);
    let encoding = headers.get(header::CONTENT_ENCODING);
    let is_plain = encoding.is_none_or(|encoding| encoding == "identity");
    let bytes = body(request, JSON_LIMIT_BYTES).await?;
    if !is_json || !is_plain {
        return Err(Refusal::UnsupportedMediaType("application/json").into());
    }
    let reason = |error| format!("request format is invalid: {error}");
    serde_json::from_slice(&bytes).map_err(|error| bad_body(reason(error)).into())
}

/// The body of a request, of at most `limit_bytes`.
///
/// # Errors
/// 413 beyond the limit, 400 if the body breaks off or does not arrive in time.
pub(crate) async fn body(request: Request, limit_bytes: usize) -> Result<Vec<u8>, ApiError> {
    Ok(BodyReader::new(request, limit_bytes)?.read_to_end().await?)
}

/// The maximum size of a JSON body.
pub(crate) const JSON_LIMIT_BYTES: usize = 64 * 1024;

/// Whether the declared media type is JSON; `None` without a declared type.
pub(crate) fn declares_json(headers: &HeaderMap) -> Option<bool> {
    let kind = content_type(headers)?;
    let suffixed = kind.starts_with("application/") && kind.ends_with("+json");
    Some(kind == "application/json" || suffixed)
}

/// The host in the request line, or else in the `Host` header.
pub(crate) fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let header = || headers.get(header::HOST).and_then(|host| host.to_str().ok());
    uri.host().or_else(header)
}
