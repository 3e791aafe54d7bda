//! Carrying lines to their receiver, over real HTTP: the request's form, and what came of it.
//! What follows from an answer is not decided here.

use core::{error::Error, net::IpAddr, time::Duration};
use std::{
    borrow::Cow,
    io::{self, Write},
    sync::OnceLock,
};

use flate2::{Compression, write::GzEncoder};
use replay_core::{
    JobId,
    webhook::{Attempt, Target},
};
use reqwest::{Client, Response, StatusCode, Url, header};
use time_range::Timestamp;
use tokio::time::timeout;

use crate::{
    client,
    egress::{Egress, NameError, Scheme},
    store::Batch,
};

/// Whatever can carry a batch; the engine knows no more of it.
pub trait Deliver: Send + Sync + 'static {
    /// Carries `batch` to its receiver and says what came of it.
    fn deliver(&self, batch: &Batch) -> impl Future<Output = Answer> + Send;
}

/// What came of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// The receiver answered.
    Status {
        /// With this HTTP status.
        code: u16,
        /// And this `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// There was no connection, or no answer in time.
    Nothing(String),
    /// The request was never made: its receiver may not be dialled.
    Denied {
        /// Why not, without any address that a name resolves to.
        why: String,
        /// The address that the endpoint's name resolves to, if that is why.
        resolved: Option<IpAddr>,
    },
}

/// What one request carries, and where to.
#[derive(Debug)]
pub(crate) struct DeliveryRequest<'a> {
    /// Where it goes.
    pub(crate) target: &'a Target,
    /// Whether any certificate of the receiver will do.
    pub(crate) skip_ssl_verification: bool,
    /// The name under which a receiver may drop what it has seen.
    pub(crate) webhook_id: String,
    /// Whose job it is part of, if it is.
    pub(crate) job: Option<JobId>,
    /// Its lines, each with one line feed.
    pub(crate) body: Vec<u8>,
}

/// Delivery over HTTP.
#[derive(Debug)]
pub struct HttpDelivery {
    egress: Egress,
    timeout: Duration,
    in_the_clear: OnceLock<Client>,
    verified: OnceLock<Client>,
    unverified: OnceLock<Client>,
}

impl HttpDelivery {
    /// How long a receiver may take, from the dial to the end of its answer.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// Delivery within the rules of `egress`.
    #[must_use]
    pub fn new(egress: Egress, timeout: Duration) -> Self {
        let [in_the_clear, verified, unverified] = [const { OnceLock::new() }; 3];
        Self { egress, timeout, in_the_clear, verified, unverified }
    }

    /// Carries `parcel` to its receiver and says what came of it.
    pub(crate) async fn carry(&self, delivery_request: DeliveryRequest<'_>) -> Answer {
        self.post(delivery_request).await.unwrap_or_else(|answer| answer)
    }

    async fn post(&self, delivery_request: DeliveryRequest<'_>) -> Result<Answer, Answer> {
        let url = Url::parse(&delivery_request.target.endpoint.url)
            .map_err(|error| Answer::denied(error.to_string()))?;
        let scheme = self.egress.admit_url(&url).map_err(Answer::denied)?;
        let client = self.client(scheme, delivery_request.skip_ssl_verification)?;
        let mut request = client
            .post(url)
            .header(header::CONTENT_TYPE, "text/plain")
            .header(header::CONTENT_ENCODING, "gzip")
            .header("webhook-id", delivery_request.webhook_id)
            .body(gzipped(delivery_request.body).await?);
        if let Some(job) = delivery_request.job {
            request = request.header("x-replay-job-id", job.to_string());
        }
        if let Some(secret) = &delivery_request.target.authorization {
            let mut value = header::HeaderValue::from_str(secret.expose())
                .map_err(|error| Answer::denied(error.to_string()))?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        let mut response = request.send().await.map_err(|error| failed(&error))?;
        let retry_after = retry_after(&response);
        let code = response.status().as_u16();
        // Where the rest takes its time, a new connection costs less.
        let _ = timeout(DRAIN_WITHIN, drain(&mut response)).await;
        Ok(Answer::Status { code, retry_after })
    }

    fn client(&self, scheme: Scheme, skip_ssl_verification: bool) -> Result<&Client, Answer> {
        let slot = match (scheme, skip_ssl_verification) {
            (Scheme::Http, _) => &self.in_the_clear,
            (Scheme::Https, false) => &self.verified,
            (Scheme::Https, true) => &self.unverified,
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = client::builder(scheme, self.timeout)
            .dns_resolver(self.egress.resolver(scheme))
            .tls_danger_accept_invalid_certs(skip_ssl_verification)
            .build()
            .map_err(|error| failed(&error))?;
        Ok(slot.get_or_init(|| client))
    }
}

impl Deliver for HttpDelivery {
    async fn deliver(&self, batch: &Batch) -> Answer {
        self.carry(DeliveryRequest::from(batch)).await
    }
}

impl Answer {
    /// What is known of the webhook after it: nothing in it is the receiver's own words, or an
    /// address that a name resolves to.
    pub(crate) fn attempt(&self, at: Timestamp) -> Attempt {
        match self {
            Self::Status { code, .. } => {
                let status = StatusCode::from_u16(*code).ok();
                let phrase = status.and_then(|status| status.canonical_reason());
                let message = phrase.filter(|_| !(200..300).contains(code)).map(str::to_owned);
                Attempt { at, code: Some(*code), message }
            }
            Self::Nothing(why) | Self::Denied { why, .. } => {
                Attempt { at, code: None, message: Some(why.clone()) }
            }
        }
    }

    /// The same, with the address that the endpoint's name resolves to if that is what was denied.
    pub(crate) fn attempt_with_address(&self, at: Timestamp) -> Attempt {
        let mut attempt = self.attempt(at);
        if let Self::Denied { why, resolved: Some(address) } = self {
            attempt.message = Some(format!("{why}: [{address}]"));
        }
        attempt
    }

    fn denied(why: String) -> Self {
        Self::Denied { why, resolved: None }
    }
}

impl<'a> From<&'a Batch> for DeliveryRequest<'a> {
    fn from(batch: &'a Batch) -> Self {
        Self {
            target: &batch.target,
            skip_ssl_verification: batch.skip_ssl_verification,
            webhook_id: batch.webhook_id(),
            job: Some(batch.job),
            body: body(batch),
        }
    }
}

/// How long the rest of an answer is waited for.
const DRAIN_WITHIN: Duration = Duration::from_secs(1);

/// The batch as its receiver reads it: its lines, each with one line feed.
fn body(batch: &Batch) -> Vec<u8> {
    let mut body = Vec::with_capacity(batch.lines.iter().map(|line| line.text.len() + 1).sum());
    for line in &batch.lines {
        body.extend_from_slice(&line.text);
        body.push(b'\n');
    }
    body
}

async fn gzipped(body: Vec<u8>) -> Result<Vec<u8>, Answer> {
    let gzip = move || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&body)?;
        encoder.finish()
    };
    match tokio::task::spawn_blocking(gzip).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Answer::Nothing(error.to_string())),
        Err(error) => Err(Answer::Nothing(error.to_string())),
    }
}

/// Reads what is left of an answer, so that the connection can be used again. The status has been
/// given, so an answer that is cut short, or never ends, changes nothing.
async fn drain(response: &mut Response) {
    let mut left: usize = 64 * 1024;
    while let Ok(Some(chunk)) = response.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // Counted from the receiver's own clock, so that no other clock needs to be right.
    let date = |name| httpdate::parse_http_date(response.headers().get(name)?.to_str().ok()?).ok();
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(date(header::DATE)?).unwrap_or_default())
}

/// A failed request in words of our own, as close to its cause as they come: a receiver could choose
/// those of the libraries.
fn failed(error: &reqwest::Error) -> Answer {
    let mut words: Cow<'static, str> = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no answer in time".into(),
        (false, true) => "no connection".into(),
        (false, false) => "no readable answer".into(),
    };
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(cause) = next {
        match cause.downcast_ref::<NameError>() {
            Some(error @ NameError::Denied(denied)) => {
                let resolved = Some(denied.address());
                return Answer::Denied { why: error.to_string(), resolved };
            }
            Some(error @ NameError::Unresolved) => return Answer::Nothing(error.to_string()),
            None => {}
        }
        next = cause.source();
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            // What it wraps is not called its source.
            match io.get_ref() {
                Some(wrapped) => next = Some(wrapped),
                None => words = io.kind().to_string().into(),
            }
        } else if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            let untrusted = matches!(tls, rustls::Error::InvalidCertificate(_));
            let said =
                if untrusted { "its certificate is not trusted" } else { "no TLS agreed on" };
            words = said.into();
        }
    }
    Answer::Nothing(words.into_owned())
}
