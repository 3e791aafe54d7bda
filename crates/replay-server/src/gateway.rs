//! Real Konnect behind our own address: a request that this table knows is made again at the
//! region's own, with as little of the first as it needs. Nothing is kept, nothing is decided, and
//! no part of an upstream address comes from a request but a known region.

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
    answer::{self, Failure, json},
    client,
    egress::Scheme,
    request::{JSON_LIMIT_BYTES, body, host, says_json},
};

/// What a gateway needs to know.
#[derive(Debug)]
pub struct Gateway {
    client: Client,
    upstream: Upstream,
    regions: Vec<Region>,
    default_region: Region,
    retention: TimeDelta,
}

/// Where each region's API is: an address with `{region}` in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Upstream(String);

impl Upstream {
    /// Reads an address like `https://{region}.api.konghq.com`.
    ///
    /// # Errors
    /// The reason, unless it holds `{region}`, has no query, and is https: over http a token would
    /// travel in the clear, so that is for loopback alone.
    pub fn read(template: &str) -> Result<Self, String> {
        if !template.contains(PLACE) {
            return Err(format!("must hold {PLACE}, like https://{PLACE}.api.konghq.com"));
        }
        let upstream = Self(template.trim_end_matches('/').to_owned());
        let region = Region::named("us").ok_or("must hold a region")?;
        let url = upstream.address(&region, "")?;
        let loopback = ["127.0.0.1", "[::1]", "localhost"].contains(&url.host_str().unwrap_or(""));
        let secret = !url.username().is_empty() || url.password().is_some();
        let more = url.query().is_some() || url.fragment().is_some();
        match url.scheme() {
            _ if secret || more => Err("must be no more than a scheme, a host and a path".into()),
            "https" => Ok(upstream),
            "http" if loopback => Ok(upstream),
            _ => Err("must be https, or http on loopback".to_owned()),
        }
    }

    fn address(&self, region: &Region, path: &str) -> Result<Url, String> {
        let base = self.0.replace(PLACE, region.as_str());
        Url::parse(&format!("{base}{path}")).map_err(|_| "must be a valid URL".to_owned())
    }
}

impl Gateway {
    /// How long an upstream may take, to the end of its answer.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// A gateway to `upstream`.
    ///
    /// # Errors
    /// When no client can be made, for want of certificates to trust.
    pub fn new(
        upstream: Upstream,
        regions: Vec<Region>,
        default_region: Region,
        retention: TimeDelta,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let plain = upstream.0.starts_with("http:");
        let scheme = if plain { Scheme::Http } else { Scheme::Https };
        let client = client::builder(scheme, timeout).build()?;
        Ok(Self { client, upstream, regions, default_region, retention })
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
        .method_not_allowed_fallback(answer::method_not_allowed)
        .fallback(answer::not_found)
        .layer(middleware::from_fn(answer::finish))
        .with_state(Arc::new(gateway))
}

async fn about(State(gateway): State<Arc<Gateway>>) -> Response {
    let server = ServerInfo {
        mode: Mode::Gateway,
        regions: gateway.regions.clone(),
        default_region: gateway.default_region.clone(),
        retention: gateway.retention,
        extensions: Vec::new(),
    };
    json(StatusCode::OK, &write_server(&server))
}

async fn pass_on(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
) -> Result<Response, Failure> {
    let Target { region, path, methods } = gateway.target(&request)?;
    if !methods.contains(&request.method().as_str()) {
        return Ok(not_allowed(&methods));
    }
    let url = gateway.upstream.address(&region, path).map_err(|_| Refusal::NotFound)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let (method, headers) = (request.method().clone(), chosen(request.headers(), &SENT_ON));
    let body = body(request, JSON_LIMIT_BYTES).await?;
    let asked = gateway.client.request(method, url).headers(headers).body(body).send();
    answered(asked).await.map_err(|why| Refusal::BadGateway(host, why).into())
}

/// `{region}` in an upstream address.
const PLACE: &str = "{region}";

/// The most of an upstream's answer that is read.
const ANSWER_LIMIT_BYTES: usize = 1024 * 1024;

/// What is sent on of a request, and given back of an answer.
const SENT_ON: [HeaderName; 3] = [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT];
const GIVEN_BACK: [HeaderName; 3] =
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
        let known = |region: &Region| self.regions.contains(region);
        let path = request.uri().path();
        let in_path = path.strip_prefix("/api/").and_then(|rest| rest.split_once('/'));
        let (region, path) = if let Some((label, _)) = in_path {
            let region = Region::named(label).filter(known).ok_or(Refusal::NotFound)?;
            (region, &path["/api/".len() + label.len()..])
        } else {
            let region = match host(request.headers(), request.uri()).and_then(Scope::of_host) {
                Some(Scope::Global) => return Err(Refusal::NotFound),
                Some(Scope::One(region)) if known(&region) => region,
                Some(Scope::One(_)) | None => self.default_region.clone(),
            };
            (region, path)
        };
        let mut routes = Operation::ALL.map(Operation::route).to_vec();
        routes
            .retain(|route| route.api == Api::Konnect && route.paths().any(|known| known == path));
        let known = routes.iter().flat_map(|route| route.paths()).find(|known| *known == path);
        let path = known.ok_or(Refusal::NotFound)?;
        let methods = routes.iter().map(|route| route.method.as_str()).collect();
        Ok(Target { region, path, methods })
    }
}

/// An upstream's answer, if it is one that this API could have given.
async fn answered(
    asked: impl Future<Output = reqwest::Result<reqwest::Response>>,
) -> Result<Response, &'static str> {
    let failed = |words| {
        move |error: reqwest::Error| {
            if error.is_timeout() { "did not answer in time" } else { words }
        }
    };
    let mut answer = asked.await.map_err(failed("could not be reached"))?;
    let (status, headers) = (answer.status(), chosen(answer.headers(), &GIVEN_BACK));
    if status.is_redirection() || status.is_informational() {
        return Err("answered with a redirect");
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed("broke off its answer"))? {
        if body.len() + chunk.len() > ANSWER_LIMIT_BYTES {
            return Err("answered at too great a length");
        }
        body.extend_from_slice(&chunk);
    }
    // A refusal says enough with its status. Whatever else is given back, a browser must not take
    // for a page of ours.
    let bare = body.is_empty() && !status.is_success();
    let is_json = says_json(&headers) == Some(true)
        && serde_json::from_slice::<serde_json::Value>(&body).is_ok();
    if !bare && !is_json {
        return Err("answered with something that is not JSON");
    }
    Ok((status, headers, Body::from(body)).into_response())
}

fn chosen(all: &HeaderMap, names: &[HeaderName]) -> HeaderMap<HeaderValue> {
    let pairs = names.iter().filter_map(|name| Some((name.clone(), all.get(name)?.clone())));
    pairs.collect()
}

fn not_allowed(methods: &[&str]) -> Response {
    let mut response = Failure::from(Refusal::MethodNotAllowed).into_response();
    if let Ok(allow) = HeaderValue::from_str(&methods.join(",")) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
