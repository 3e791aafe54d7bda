//! The server's own audit lines: every change and every refusal at one of the API's addresses goes
//! into the archive of the region it was addressed to, if there is one. Reads that succeed and
//! ingests leave none.

use std::sync::Arc;

use audit_log::{Access, Format};
use axum::{
    RequestExt,
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::Response,
};
use replay_core::{Scope, webhook::LogFormat};

use crate::{
    answer::{Failure, Trace},
    app::App,
    auth::Caller,
    request::{Addressed, Asking, bearer, client_address},
    store::{NewLine, StoreError},
};

/// Finds out who asks, lets the request be answered, and records it where it has to be; the answer
/// is given when the record is on disk. All of that happens also if nobody waits for the answer any
/// more, unless the server ends meanwhile: what has been changed must be acted upon, and recorded.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    Ok(tokio::spawn(recorded(app, request, next)).await??)
}

async fn recorded(app: Arc<App>, mut request: Request, next: Next) -> Result<Response, StoreError> {
    let caller = match bearer(request.headers()) {
        Some(token) => Caller::of_token(token, app.admin, &app.store).await?,
        None => None,
    };
    let asking = Asking(caller);
    let record = if app.self_audit { Record::of(&app, &asking, &mut request).await } else { None };
    request.extensions_mut().insert(asking);
    let response = next.run(request).await;
    if let Some(record) = record.filter(|record| record.is_due(&response))
        && let Err(error) = record.archive(&app, response.status().as_u16()).await
    {
        tracing::error!(%error, "a request could not be recorded");
    }
    Ok(response)
}

/// What is recorded of a request.
struct Record {
    scope: Scope,
    src: String,
    request: String,
    query: String,
    method: Method,
    principal_id: String,
    user_agent: String,
    trace_id: String,
}

impl Record {
    async fn of(app: &Arc<App>, asking: &Asking, request: &mut Request) -> Option<Self> {
        if request.uri().path().ends_with("/x/ingest") {
            return None;
        }
        let addressed = request.extract_parts_with_state::<Addressed, _>(app).await;
        let user_agent = request.headers().get(header::USER_AGENT);
        Some(Self {
            scope: addressed.ok()?.0,
            src: client_address(request, app.behind_tls_proxy),
            request: cut(request.uri().path().as_bytes()),
            query: cut(request.uri().query().unwrap_or_default().as_bytes()),
            method: request.method().clone(),
            principal_id: asking.0.as_ref().map(|caller| caller.id.clone()).unwrap_or_default(),
            user_agent: user_agent.map(|value| cut(value.as_bytes())).unwrap_or_default(),
            trace_id: request
                .extensions()
                .get::<Trace>()
                .map(|trace| trace.0.to_string())
                .unwrap_or_default(),
        })
    }

    fn is_due(&self, response: &Response) -> bool {
        let status = response.status();
        let change = !matches!(self.method, Method::GET | Method::HEAD);
        (change && status.is_success()) || status.is_client_error() || status.is_server_error()
    }

    async fn archive(&self, app: &App, status: u16) -> Result<(), StoreError> {
        let now = app.clock.now();
        let regions = match &self.scope {
            Scope::One(region) => core::slice::from_ref(region),
            Scope::Global => &app.regions[..],
        };
        let access = Access {
            at: now,
            src: &self.src,
            request: &self.request,
            act: self.method.as_str(),
            status,
            count: None,
            principal_id: &self.principal_id,
            user_agent: &self.user_agent,
            trace_id: &self.trace_id,
            query: &self.query,
        };
        let mut lines = Vec::new();
        for region in regions {
            let (webhook, _) = app.store.webhook(region).await?;
            let text = access.write(format(webhook.log_format)).into_bytes();
            lines.push((region.clone(), NewLine { event_at: now, text }));
        }
        app.store.append_each(lines).await?;
        Ok(())
    }
}

/// How a line is spelled for a webhook that wants it so.
pub(crate) fn format(wanted: LogFormat) -> Format {
    match wanted {
        LogFormat::Cef => Format::Cef,
        LogFormat::Json => Format::Json,
        LogFormat::Cps => Format::Cps,
    }
}

/// A client's own words, as many of them as a line has room for.
fn cut(words: &[u8]) -> String {
    const AT_MOST_BYTES: usize = 1_024;
    String::from_utf8_lossy(&words[..words.len().min(AT_MOST_BYTES)]).into_owned()
}
