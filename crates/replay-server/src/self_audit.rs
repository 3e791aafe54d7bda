//! Self-audit: records changes and refusals at the API as audit lines in the archive of the region that
//! the request addresses. Repeated refusals are counted in `refusal_counts` instead. Successful reads,
//! ingests and requests to unknown regions are not recorded.

mod lines;
mod summaries;

use std::sync::{Arc, PoisonError};

use audit_log::Access;
use axum::{
    RequestExt,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use replay_core::{Region, Scope};
use replay_wire::routes::Operation;

use crate::{
    app_state::AppState,
    authentication::Authenticated,
    refusal_counts::{Decision, RefusalKind, RefusedCaller},
    request::{RequestScope, client_address},
    response::trace_id,
    store::StoreError,
};

pub(crate) use lines::format;
pub use summaries::{write_summaries, write_summaries_every_minute};

use lines::{line, refusal_region};

/// Handles the request, then records a change or a refusal; the response is sent when the record is
/// durable. A record that cannot be written is logged, and the response stays as it is.
pub(crate) async fn record(
    State(app): State<Arc<AppState>>,
    mut request: Request,
    next: Next,
) -> Response {
    let record = if app.self_audit { Record::of(&app, &mut request).await } else { None };
    let response = next.run(request).await;
    if let Some(record) = record
        && let Err(error) = record.write(&app, response.status()).await
    {
        tracing::error!(%error, "a request could not be recorded");
    }
    response
}

/// The data of a request that its audit line contains.
struct Record {
    scope: Scope,
    caller: RefusedCaller,
    src: String,
    request: String,
    query: String,
    method: Method,
    principal_id: String,
    user_agent: String,
    trace_id: String,
}

impl Record {
    /// The record of a request; `None` for an ingest and for a request to an unknown region.
    async fn of(app: &Arc<AppState>, request: &mut Request) -> Option<Self> {
        if request.uri().path().ends_with(Operation::Ingest.route().path) {
            return None;
        }
        let scope = request.extract_parts_with_state::<RequestScope, _>(app).await;
        let caller = request.extensions().get::<Authenticated>();
        let token_id = caller.map(|Authenticated(caller)| caller.id.clone());
        let user_agent = request.headers().get(header::USER_AGENT);
        let address = client_address(request, app.behind_tls_proxy);
        Some(Self {
            scope: scope.ok()?.0,
            caller: match &token_id {
                Some(id) => RefusedCaller::Token(id.clone()),
                None => RefusedCaller::anonymous(address),
            },
            src: address.map(|address| address.to_string()).unwrap_or_default(),
            request: truncate(request.uri().path().as_bytes()),
            query: truncate(request.uri().query().unwrap_or_default().as_bytes()),
            method: request.method().clone(),
            principal_id: token_id.unwrap_or_default(),
            user_agent: user_agent.map(|value| truncate(value.as_bytes())).unwrap_or_default(),
            trace_id: trace_id(request),
        })
    }

    /// Writes the line of a change, or of a refusal unless it is counted. A successful read has no line.
    async fn write(self, app: &AppState, status: StatusCode) -> Result<(), StoreError> {
        let is_change = !matches!(self.method, Method::GET | Method::HEAD);
        if status.is_client_error() || status.is_server_error() {
            let region = refusal_region(app, &self.scope);
            match self.observe(app, status) {
                Decision::Write => self.archive(app, status, core::slice::from_ref(region)).await,
                Decision::Counted => Ok(()),
            }
        } else if is_change && status.is_success() {
            let regions = match &self.scope {
                Scope::One(region) => core::slice::from_ref(region),
                Scope::Global => &app.regions[..],
            };
            self.archive(app, status, regions).await
        } else {
            Ok(())
        }
    }

    fn observe(&self, app: &AppState, status: StatusCode) -> Decision {
        let kind = RefusalKind {
            caller: self.caller.clone(),
            scope: self.scope.clone(),
            status: status.as_u16(),
        };
        app.refusals.lock().unwrap_or_else(PoisonError::into_inner).observe(kind)
    }

    async fn archive(
        &self,
        app: &AppState,
        status: StatusCode,
        regions: &[Region],
    ) -> Result<(), StoreError> {
        let access = Access {
            at: app.clock.now(),
            src: &self.src,
            request: &self.request,
            act: &truncate(self.method.as_str().as_bytes()),
            status: status.as_u16(),
            count: None,
            principal_id: &self.principal_id,
            user_agent: &self.user_agent,
            trace_id: &self.trace_id,
            query: &self.query,
        };
        let mut lines = Vec::new();
        for region in regions {
            lines.push(line(app, region, &access).await?);
        }
        app.store.append_each(lines).await?;
        Ok(())
    }
}

/// The first 256 bytes of a text from the client, ending at a character boundary.
fn truncate(text: &[u8]) -> String {
    const LIMIT_BYTES: usize = 256;
    // A UTF-8 character has at most 4 bytes: one that crosses the limit is still complete here.
    let start = &text[..text.len().min(LIMIT_BYTES + 4)];
    let mut text = String::from_utf8_lossy(start).into_owned();
    text.truncate(text.floor_char_boundary(LIMIT_BYTES));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_truncated_to_256_bytes_at_a_character_boundary() {
        let long = |character: &str| character.repeat(400);
        for (text, length) in [("x", 256), ("é", 256), ("日", 255), ("🦀", 256)] {
            let text = long(text);
            let truncated = truncate(text.as_bytes());
            assert_eq!(truncated.len(), length, "{truncated}");
            assert!(text.starts_with(&truncated), "{truncated}");
        }
        assert_eq!(truncate(long("\u{1}é").as_bytes()).len(), 256);
        assert_eq!(truncate("é".as_bytes()), "é");
        assert!(truncate(&[0xff; 400]).len() <= 256);
    }
}
