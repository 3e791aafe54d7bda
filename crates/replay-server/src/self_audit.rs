//! The server's own audit lines: every change and every refusal made through the API goes into the
//! archive of the region it was addressed to. Reads that succeed and ingests leave none.

use std::sync::Arc;

use audit_log::{Access, Format};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
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
/// is given when the record is on disk.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let asking = match bearer(request.headers()) {
        Some(token) => match Caller::of_token(token, app.admin, &app.store).await {
            Ok(caller) => Asking(caller),
            Err(error) => return Failure::from(error).into_response(),
        },
        None => Asking(None),
    };
    let record = if app.self_audit { Record::of(&app, &asking, &mut request).await } else { None };
    request.extensions_mut().insert(asking);
    let response = next.run(request).await;
    if let Some(record) = record.filter(|record| record.is_due(&response))
        && let Err(error) = record.archive(&app, response.status().as_u16()).await
    {
        tracing::error!(%error, "a request could not be recorded");
    }
    response
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
        let (mut parts, body) = core::mem::take(request).into_parts();
        let addressed = Addressed::from_request_parts(&mut parts, app).await;
        *request = Request::from_parts(parts, body);
        let user_agent = request.headers().get(header::USER_AGENT);
        Some(Self {
            scope: addressed.ok()?.0,
            src: client_address(request, app.behind_tls_proxy),
            request: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            method: request.method().clone(),
            principal_id: asking.0.as_ref().map(|caller| caller.id.clone()).unwrap_or_default(),
            user_agent: user_agent
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .unwrap_or_default(),
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
            principal_id: &self.principal_id,
            user_agent: &self.user_agent,
            trace_id: &self.trace_id,
            query: &self.query,
        };
        for region in regions {
            let (webhook, _) = app.store.webhook(region).await?;
            let text = access.write(format(webhook.log_format)).into_bytes();
            app.store.append(region, vec![NewLine { event_at: now, text }]).await?;
        }
        Ok(())
    }
}

fn format(wanted: LogFormat) -> Format {
    match wanted {
        LogFormat::Cef => Format::Cef,
        LogFormat::Json => Format::Json,
        LogFormat::Cps => Format::Cps,
    }
}
