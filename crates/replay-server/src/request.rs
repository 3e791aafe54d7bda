//! What is read of a request before anything is decided about it: who asks, whom it is addressed
//! to, and a body of bounded size. The order in which a handler asks for them is the order of the
//! refusals.

use core::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use std::{io::Read, sync::Arc};

use axum::{
    body::to_bytes,
    extract::{ConnectInfo, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, Uri, header, request::Parts},
};
use flate2::read::MultiGzDecoder;
use http_body_util::LengthLimitError;
use replay_core::{Fault, Refusal, Region, Rule, Scope, wire::Json};
use tokio::time::timeout;

use crate::{answer::Failure, app::App, auth::Caller};

/// Whom the request's token belongs to, if it has a good one; put there before any handler runs.
#[derive(Clone, Debug)]
pub(crate) struct Asking(pub(crate) Option<Caller>);

/// Whom the request's token belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Asked(pub(crate) Caller);

/// Whom the request is addressed to.
#[derive(Clone, Debug)]
pub(crate) struct Addressed(pub(crate) Scope);

/// The one region the request is addressed to.
#[derive(Clone, Debug)]
pub(crate) struct AddressedOne(pub(crate) Region);

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Failure> {
        let asking = parts.extensions.get::<Asking>().cloned();
        asking.and_then(|asking| asking.0).map(Self).ok_or(Refusal::Unauthorized.into())
    }
}

impl FromRequestParts<Arc<App>> for Addressed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|_| Refusal::NotFound)?;
        let known = |scope: &Scope| match scope {
            Scope::Global => true,
            Scope::One(region) => app.regions.contains(region),
        };
        let in_path = params.iter().find(|(name, _)| *name == "region");
        let scope = if let Some((_, label)) = in_path {
            Scope::named(label).filter(known)
        } else {
            let in_host = host(&parts.headers, &parts.uri).and_then(Scope::of_host).filter(known);
            Some(in_host.unwrap_or_else(|| Scope::One(app.default_region.clone())))
        };
        scope.map(Self).ok_or(Refusal::NotFound.into())
    }
}

impl FromRequestParts<Arc<App>> for AddressedOne {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        match Addressed::from_request_parts(parts, app).await?.0 {
            Scope::One(region) => Ok(Self(region)),
            Scope::Global => Err(Refusal::NotFound.into()),
        }
    }
}

/// The bearer token of a request.
#[must_use]
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The address of the client, if it is known.
#[must_use]
pub(crate) fn client_address(request: &Request, behind_tls_proxy: bool) -> Option<IpAddr> {
    let forwarded = || {
        // The proxy adds the address it saw at the end; what stands before it is hearsay.
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
/// 413 beyond 64 KiB, 415 if it is said to be anything but JSON, 400 if it is none.
pub(crate) async fn json(request: Request) -> Result<Json, Failure> {
    let headers = request.headers().clone();
    let bytes = body(request, JSON_LIMIT_BYTES).await?;
    let is_json = says_json(&headers).unwrap_or(true);
    let encoding = headers.get(header::CONTENT_ENCODING);
    if !is_json || encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(Refusal::UnsupportedMediaType("application/json").into());
    }
    let reason = |error| format!("request format is invalid: {error}");
    serde_json::from_slice(&bytes).map_err(|error| bad_body(Rule::Invalid, reason(error)))
}

/// The text of a request, inflated if it is compressed.
///
/// # Errors
/// 413 beyond 16 MiB as sent or 64 MiB inflated, 415 for an encoding other than gzip, 400 if it
/// cannot be inflated to its end.
pub(crate) async fn text(request: Request) -> Result<Vec<u8>, Failure> {
    const SENT_LIMIT_BYTES: usize = 16 * 1024 * 1024;
    let headers = request.headers().clone();
    let sent = body(request, SENT_LIMIT_BYTES).await?;
    let not_gzip = || Failure::from(Refusal::UnsupportedMediaType("gzip or identity"));
    let encoding = match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) => encoding.to_str().map_err(|_| not_gzip())?,
        None => "",
    };
    let gzipped = match encoding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" | "application/gzip" => true,
        "" | "identity" => content_type(&headers).as_deref() == Some("application/gzip"),
        _ => return Err(not_gzip()),
    };
    if !gzipped {
        return Ok(sent);
    }
    tokio::task::spawn_blocking(move || inflate(&sent)).await?
}

fn inflate(sent: &[u8]) -> Result<Vec<u8>, Failure> {
    const INFLATED_LIMIT_BYTES: usize = 64 * 1024 * 1024;
    let mut inflated = Vec::new();
    let mut limited = MultiGzDecoder::new(sent).take(INFLATED_LIMIT_BYTES as u64 + 1);
    limited.read_to_end(&mut inflated).map_err(|error| {
        bad_body(
            Rule::Invalid,
            format!("cannot be inflated to its end, so none of it was archived: {error}"),
        )
    })?;
    if inflated.len() > INFLATED_LIMIT_BYTES {
        return Err(Refusal::TooLarge(INFLATED_LIMIT_BYTES).into());
    }
    Ok(inflated)
}

/// The body of a request, up to a limit.
///
/// # Errors
/// 413 beyond it, 400 if it breaks off or does not arrive in time.
pub(crate) async fn body(request: Request, limit_bytes: usize) -> Result<Vec<u8>, Failure> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let announced = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let too_large = || Failure::from(Refusal::TooLarge(limit_bytes));
    if announced.is_some_and(|length| length > limit_bytes) {
        return Err(too_large());
    }
    // Whoever sends nothing more must not keep others waiting.
    match timeout(BODY_WITHIN, to_bytes(request.into_body(), limit_bytes)).await {
        Err(_) => Err(bad_body(Rule::Invalid, "did not arrive in time")),
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) => {
            let source = core::error::Error::source(&error);
            let limit = source.is_some_and(<dyn core::error::Error>::is::<LengthLimitError>);
            Err(if limit { too_large() } else { bad_body(Rule::Invalid, "broke off") })
        }
    }
}

/// The most of a JSON body that is read.
pub(crate) const JSON_LIMIT_BYTES: usize = 64 * 1024;

/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_mins(1);

/// Whether a body is said to be JSON, if anything is said of it.
pub(crate) fn says_json(headers: &HeaderMap) -> Option<bool> {
    let kind = content_type(headers)?;
    let suffixed = kind.starts_with("application/") && kind.ends_with("+json");
    Some(kind == "application/json" || suffixed)
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn bad_body(rule: Rule, reason: impl Into<String>) -> Failure {
    Refusal::BadRequest(vec![Fault::new("body", rule, reason)]).into()
}

/// The host that a request names.
pub(crate) fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let header = || headers.get(header::HOST).and_then(|host| host.to_str().ok());
    uri.host().or_else(header)
}
