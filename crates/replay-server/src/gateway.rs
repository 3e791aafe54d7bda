//! The gateway to Konnect: it forwards the requests of known routes to the API of their region, with only
//! the headers that the API needs. It stores nothing and contains no rules. The only part of an upstream
//! URL that comes from a request is a known region.

mod submission;

use core::time::Duration;
use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use chrono::TimeDelta;
use replay_core::{Refusal, Region, Scope};
use replay_wire::{
    Mode, ServerInfo,
    routes::{Api, Operation, SERVER_PATH},
    write_server,
};
use reqwest::{Client, Url};

use crate::{
    client,
    egress::Scheme,
    request::{JSON_LIMIT_BYTES, body, declares_json, host, scope},
    response::{self, ApiError, json},
};

/// A gateway and its settings.
#[derive(Debug)]
pub struct Gateway {
    client: Client,
    upstream: Upstream,
    regions: Vec<Region>,
    default_region: Region,
    retention: TimeDelta,
}

/// The URL template of the regions' APIs, with `{region}` in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Upstream {
    template: String,
    scheme: Scheme,
}

impl Upstream {
    /// Parses a template like `https://{region}.api.konghq.com`.
    ///
    /// # Errors
    /// The rule that `template` breaks: it contains `{region}` and only a scheme, a host and a path. The
    /// scheme is https, since requests contain tokens; http is allowed on loopback.
    pub fn read(template: &str) -> Result<Self, String> {
        if !template.contains(PLACE) {
            return Err(format!("must hold {PLACE}, like https://{PLACE}.api.konghq.com"));
        }
        let template = template.trim_end_matches('/').to_owned();
        let region = Region::named("us").ok_or("must hold a region")?;
        let url = url(&template, &region, "")?;
        let loopback = ["127.0.0.1", "[::1]", "localhost"].contains(&url.host_str().unwrap_or(""));
        let secret = !url.username().is_empty() || url.password().is_some();
        let more = url.query().is_some() || url.fragment().is_some();
        match url.scheme() {
            _ if secret || more => Err("must be no more than a scheme, a host and a path".into()),
            "https" => Ok(Self { template, scheme: Scheme::Https }),
            "http" if loopback => Ok(Self { template, scheme: Scheme::Http }),
            _ => Err("must be https, or http on loopback".to_owned()),
        }
    }
}

impl Gateway {
    /// How long an upstream request may take, from the dial to the end of the response.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// A gateway to `upstream`. Each upstream request may take `timeout`.
    ///
    /// # Errors
    /// The HTTP client cannot be built, for example because no root certificates are installed.
    pub fn new(
        upstream: Upstream,
        regions: Vec<Region>,
        default_region: Region,
        retention: TimeDelta,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = client::builder(upstream.scheme, timeout).build()?;
        Ok(Self { client, upstream, regions, default_region, retention })
    }

    /// The description of this server.
    #[must_use]
    pub fn describe(&self) -> ServerInfo {
        ServerInfo {
            mode: Mode::Gateway,
            regions: self.regions.clone(),
            default_region: self.default_region.clone(),
            retention: self.retention,
            extensions: Vec::new(),
        }
    }
}

/// The gateway's API.
pub fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(async || "ok\n"))
        .route(SERVER_PATH, get(about))
        .route("/api/{*rest}", any(pass_on))
        .route("/v2/{*rest}", any(pass_on))
        .route("/v3/{*rest}", any(pass_on))
        .method_not_allowed_fallback(response::method_not_allowed)
        .fallback(response::not_found)
        .layer(middleware::from_fn(response::finalize))
        .with_state(Arc::new(gateway))
}

async fn about(State(gateway): State<Arc<Gateway>>) -> Response {
    json(StatusCode::OK, &write_server(&gateway.describe()))
}

async fn pass_on(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
) -> Result<Response, ApiError> {
    let Target { region, path, methods } = gateway.target(&request)?;
    if !methods.contains(&request.method().as_str()) {
        return Ok(not_allowed(&methods));
    }
    let url = url(&gateway.upstream.template, &region, path).map_err(|_| Refusal::NotFound)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let (method, all_headers) = (request.method().clone(), request.headers().clone());
    let body = body(request, JSON_LIMIT_BYTES).await?;
    if submission::is_submission(&method, path) {
        let faults = submission::faults(&all_headers, &body);
        if !faults.is_empty() {
            return Err(Refusal::BadRequest(faults).into());
        }
    }
    let headers = select(&all_headers, &FORWARDED_HEADERS);
    let sent = gateway.client.request(method, url).headers(headers).body(body).send();
    read_response(sent).await.map_err(|reason| Refusal::BadGateway(host, reason).into())
}

/// `{region}` in an upstream address.
const PLACE: &str = "{region}";

/// The maximum size of an upstream response body.
const RESPONSE_LIMIT_BYTES: usize = 1024 * 1024;

/// The headers of a request that are forwarded.
const FORWARDED_HEADERS: [HeaderName; 3] =
    [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT];

/// The headers of an upstream response that are returned.
const RETURNED_HEADERS: [HeaderName; 3] =
    [header::CONTENT_TYPE, header::RETRY_AFTER, header::WWW_AUTHENTICATE];

/// The resource that a request is for.
struct Target {
    region: Region,
    path: &'static str,
    /// The methods that the resource has.
    methods: Vec<&'static str>,
}

impl Gateway {
    /// Finds the region and the resource of a request.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] unless the gateway serves the region and Konnect has the path.
    fn target(&self, request: &Request) -> Result<Target, Refusal> {
        let path = request.uri().path();
        let label = path.strip_prefix("/api/").and_then(|rest| rest.split_once('/'));
        let label = label.map(|(label, _)| label);
        let host = host(request.headers(), request.uri());
        let Scope::One(region) = scope(label, host, &self.regions, &self.default_region)? else {
            return Err(Refusal::NotFound);
        };
        let path = label.map_or(path, |label| &path["/api/".len() + label.len()..]);
        let (mut found, mut methods) = (None, Vec::new());
        for route in Operation::ALL.map(Operation::route) {
            let matching = route.paths().find(|known| *known == path);
            if route.api == Api::Konnect && matching.is_some() {
                found = matching;
                methods.push(route.method.as_str());
            }
        }
        Ok(Target { region, path: found.ok_or(Refusal::NotFound)?, methods })
    }
}

/// The response to return.
///
/// # Errors
/// Why the upstream response is not returned: there is none, or this API could not have sent it.
async fn read_response(
    sent: impl Future<Output = reqwest::Result<reqwest::Response>>,
) -> Result<Response, &'static str> {
    let failure = |reason| {
        move |error: reqwest::Error| {
            if error.is_timeout() { "did not answer in time" } else { reason }
        }
    };
    let mut response = sent.await.map_err(failure("could not be reached"))?;
    let (status, headers) = (response.status(), select(response.headers(), &RETURNED_HEADERS));
    if status.is_redirection() || status.is_informational() {
        return Err("answered with a redirect");
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure("broke off its answer"))? {
        if body.len() + chunk.len() > RESPONSE_LIMIT_BYTES {
            return Err("answered at too great a length");
        }
        body.extend_from_slice(&chunk);
    }
    // Only JSON is returned, so that a browser never shows upstream content as a page of this origin. A
    // refusal may have no body.
    let is_bare_refusal = body.is_empty() && !status.is_success();
    let is_json = declares_json(&headers) == Some(true)
        && serde_json::from_slice::<serde_json::Value>(&body).is_ok();
    if !is_bare_refusal && !is_json {
        return Err("answered with something that is not JSON");
    }
    Ok((status, headers, Body::from(body)).into_response())
}

/// The URL of `path` in the API of `region`.
///
/// # Errors
/// `template` is not the template of a URL.
fn url(template: &str, region: &Region, path: &str) -> Result<Url, String> {
    let base = template.replace(PLACE, region.as_str());
    Url::parse(&format!("{base}{path}")).map_err(|_| "must be a valid URL".to_owned())
}

/// The headers called `names`, each at most once.
fn select(all: &HeaderMap, names: &[HeaderName]) -> HeaderMap<HeaderValue> {
    let pairs = names.iter().filter_map(|name| Some((name.clone(), all.get(name)?.clone())));
    pairs.collect()
}

fn not_allowed(methods: &[&str]) -> Response {
    let mut response = ApiError::from(Refusal::MethodNotAllowed).into_response();
    if let Ok(allow) = HeaderValue::from_str(&methods.join(",")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
