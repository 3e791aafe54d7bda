//! Delivers batches of lines to webhooks over HTTP: builds the request and reports its result. It does
//! not decide what follows from a result.

mod result;

use core::{error::Error, time::Duration};
use std::{borrow::Cow, io, sync::OnceLock};

use bytes::Bytes;
use replay_core::{JobId, webhook::Target};
use reqwest::{Client, Response, Url, header};
use tokio::time::timeout;

pub use result::DeliveryResult;

use crate::{
    client,
    egress::{Egress, NameError, Scheme},
    store::{Batch, Body, LiveRequest},
};

/// Delivers batches; tests replace [`HttpDelivery`] by their own implementation.
pub trait Deliver: Send + Sync + 'static {
    /// Sends `batch` to its webhook in one request.
    fn deliver(&self, batch: &Batch) -> impl Future<Output = DeliveryResult> + Send;

    /// Makes a request of a live lane.
    fn deliver_live(&self, request: &LiveRequest) -> impl Future<Output = DeliveryResult> + Send;
}

/// The content and the target of one delivery request.
#[derive(Debug)]
pub(crate) struct DeliveryRequest<'a> {
    /// The endpoint and its authorization.
    pub(crate) target: &'a Target,
    /// Whether the receiver's certificate is not verified.
    pub(crate) skip_ssl_verification: bool,
    /// The `webhook-id`: a receiver that has seen it drops the request.
    pub(crate) webhook_id: String,
    /// The job that the request is part of; `None` for a live lane and for a webhook test.
    pub(crate) job: Option<JobId>,
    /// The lines.
    pub(crate) body: &'a Body,
}

/// Delivery over HTTP. Requests of the same scheme and certificate rule share connections.
#[derive(Clone, Debug)]
pub struct HttpDelivery {
    egress: Egress,
    timeout: Duration,
    http: OnceLock<Client>,
    https: OnceLock<Client>,
    https_unverified: OnceLock<Client>,
}

impl HttpDelivery {
    /// How long a request may take, from the dial to the end of the response.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// Delivery to endpoints that `egress` admits. Each request may take `timeout`.
    #[must_use]
    pub fn new(egress: Egress, timeout: Duration) -> Self {
        Self {
            egress,
            timeout,
            http: OnceLock::new(),
            https: OnceLock::new(),
            https_unverified: OnceLock::new(),
        }
    }

    /// Makes one request and waits for its result.
    pub(crate) async fn send(&self, delivery_request: DeliveryRequest<'_>) -> DeliveryResult {
        match self.try_send(delivery_request).await {
            Ok(result) | Err(result) => result,
        }
    }

    /// The result of the request; `Err` if there was no response.
    async fn try_send(
        &self,
        delivery_request: DeliveryRequest<'_>,
    ) -> Result<DeliveryResult, DeliveryResult> {
        let url = Url::parse(&delivery_request.target.endpoint.url)
            .map_err(|error| DeliveryResult::denied(error.to_string()))?;
        let scheme = self.egress.admit_url(&url).map_err(DeliveryResult::denied)?;
        let client = self.client(scheme, delivery_request.skip_ssl_verification)?;
        let mut request = client
            .post(url)
            .header(header::CONTENT_TYPE, "text/plain")
            .header(header::CONTENT_ENCODING, "gzip")
            .header("webhook-id", delivery_request.webhook_id)
            .body(gzip(delivery_request.body).await?);
        if let Some(job) = delivery_request.job {
            request = request.header("x-replay-job-id", job.to_string());
        }
        if let Some(secret) = &delivery_request.target.authorization {
            let mut value = header::HeaderValue::from_str(secret.expose())
                .map_err(|error| DeliveryResult::denied(error.to_string()))?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let retry_after = retry_after(&response);
        let code = response.status().as_u16();
        // The status is known: a body that is slow or breaks off does not change the result.
        let _ = timeout(DRAIN_TIMEOUT, drain(&mut response)).await;
        Ok(DeliveryResult::Status { code, retry_after })
    }

    fn client(
        &self,
        scheme: Scheme,
        skip_ssl_verification: bool,
    ) -> Result<&Client, DeliveryResult> {
        let slot = match (scheme, skip_ssl_verification) {
            (Scheme::Http, _) => &self.http,
            (Scheme::Https, false) => &self.https,
            (Scheme::Https, true) => &self.https_unverified,
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = client::builder(scheme, self.timeout)
            .dns_resolver(self.egress.resolver(scheme))
            .tls_danger_accept_invalid_certs(skip_ssl_verification)
            .build()
            .map_err(|error| failure(&error))?;
        Ok(slot.get_or_init(|| client))
    }
}

impl Deliver for HttpDelivery {
    async fn deliver(&self, batch: &Batch) -> DeliveryResult {
        self.send(DeliveryRequest::from(batch)).await
    }

    async fn deliver_live(&self, request: &LiveRequest) -> DeliveryResult {
        self.send(DeliveryRequest::from(request)).await
    }
}

impl<'a> From<&'a Batch> for DeliveryRequest<'a> {
    fn from(batch: &'a Batch) -> Self {
        Self {
            target: &batch.receiver.target,
            skip_ssl_verification: batch.receiver.skip_ssl_verification,
            webhook_id: batch.webhook_id(),
            job: Some(batch.job),
            body: &batch.body,
        }
    }
}

impl<'a> From<&'a LiveRequest> for DeliveryRequest<'a> {
    fn from(request: &'a LiveRequest) -> Self {
        Self {
            target: &request.receiver.target,
            skip_ssl_verification: request.receiver.skip_ssl_verification,
            webhook_id: request.batch.webhook_id(),
            job: None,
            body: &request.batch.body,
        }
    }
}

/// How long the body of a response may take to arrive. It is read only so that the connection can be
/// used again; after this time, opening a new one is cheaper.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The body as one gzip member. Large ones are compressed on a blocking thread.
async fn gzip(body: &Body) -> Result<Bytes, DeliveryResult> {
    const INLINE_BYTES: usize = 16 * 1024;
    if matches!(body, Body::Gzip(_)) || body.stored_bytes() <= INLINE_BYTES {
        return Ok(body.gzip());
    }
    let body = body.clone();
    let compressed = tokio::task::spawn_blocking(move || body.gzip()).await;
    compressed.map_err(|error| DeliveryResult::NoResponse(error.to_string()))
}

/// Reads the body of a response, up to a limit, so that the connection can be used again.
async fn drain(response: &mut Response) {
    const LIMIT_BYTES: usize = 64 * 1024;
    let mut read_bytes = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read_bytes += chunk.len();
        if read_bytes > LIMIT_BYTES {
            return;
        }
    }
}

/// The wait that `Retry-After` asks for: <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // A date is compared with the receiver's own `Date`, so that its clock does not have to be right.
    let date = |name| httpdate::parse_http_date(response.headers().get(name)?.to_str().ok()?).ok();
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(date(header::DATE)?).unwrap_or_default())
}

/// The result of a request that failed. Its reason is our own text: the receiver could influence the
/// text of a library's error.
fn failure(error: &reqwest::Error) -> DeliveryResult {
    let mut reason: Cow<'static, str> = if error.is_timeout() {
        "no answer in time".into()
    } else if error.is_connect() {
        "no connection".into()
    } else {
        "no readable answer".into()
    };
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(cause) = next {
        next = cause.source();
        if let Some(error) = cause.downcast_ref::<NameError>() {
            return match error {
                NameError::Denied(denied) => DeliveryResult::Denied {
                    reason: error.to_string(),
                    resolved: Some(denied.address()),
                },
                NameError::Unresolved => DeliveryResult::NoResponse(error.to_string()),
            };
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            match error.get_ref() {
                // `source` skips the error that an I/O error wraps.
                Some(wrapped) => next = Some(wrapped),
                None => reason = error.kind().to_string().into(),
            }
        } else if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            reason = if matches!(error, rustls::Error::InvalidCertificate(_)) {
                "its certificate is not trusted".into()
            } else {
                "no TLS agreed on".into()
            };
        }
    }
    DeliveryResult::NoResponse(reason.into_owned())
}
