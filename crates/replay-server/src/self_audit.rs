//! The server's own audit lines: every change, and refusals as far as `refusal_counts` allows, at
//! one of the API's addresses. Each goes into the archive of the region it was addressed to, if
//! there is one. Reads that succeed and ingests leave none.

mod lines;
mod refusal_counts;
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

use crate::{
    app_state::AppState,
    authentication::MaybeAuthenticated,
    request::{RequestScope, client_address},
    response::TraceId,
    store::StoreError,
};

pub(crate) use lines::format;
pub use refusal_counts::RefusalCounts;
pub use summaries::{write_summaries, write_summaries_every_minute};

use lines::{line, refusal_region};
use refusal_counts::{Decision, RefusalKind, RefusedCaller};

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

/// What is recorded of a request.
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
        if request.uri().path().ends_with("/x/ingest") {
            return None;
        }
        let scope = request.extract_parts_with_state::<RequestScope, _>(app).await;
        let caller = request.extensions().get::<MaybeAuthenticated>();
        let token_id = caller.and_then(|caller| Some(caller.0.as_ref()?.id.clone()));
        let user_agent = request.headers().get(header::USER_AGENT);
        let address = client_address(request, app.behind_tls_proxy);
        Some(Self {
            scope: scope.ok()?.0,
            caller: match &token_id {
                Some(id) => RefusedCaller::Token(id.clone()),
                None => RefusedCaller::anonymous(address),
            },
            src: address.map(|address| address.to_string()).unwrap_or_default(),
            request: cut(request.uri().path().as_bytes()),
            query: cut(request.uri().query().unwrap_or_default().as_bytes()),
            method: request.method().clone(),
            principal_id: token_id.unwrap_or_default(),
            user_agent: user_agent.map(|value| cut(value.as_bytes())).unwrap_or_default(),
            trace_id: request
                .extensions()
                .get::<TraceId>()
                .map(|trace_id| trace_id.0.to_string())
                .unwrap_or_default(),
        })
    }

    /// Writes a change, and a refusal unless it is counted; nothing about a read that succeeded.
    async fn write(self, app: &AppState, status: StatusCode) -> Result<(), StoreError> {
        let change = !matches!(self.method, Method::GET | Method::HEAD);
        if status.is_client_error() || status.is_server_error() {
            let region = refusal_region(app, &self.scope);
            match self.observe(app, status) {
                Decision::Write => self.archive(app, status, core::slice::from_ref(region)).await,
                Decision::Counted => Ok(()),
            }
        } else if change && status.is_success() {
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
            act: &cut(self.method.as_str().as_bytes()),
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

/// The first bytes of a text that comes from the client, up to the end of a character.
fn cut(text: &[u8]) -> String {
    const LIMIT_BYTES: usize = 256;
    // A few more, so that a character at the limit is whole when it is left out.
    let start = &text[..text.len().min(LIMIT_BYTES + 4)];
    let mut text = String::from_utf8_lossy(start).into_owned();
    text.truncate(text.floor_char_boundary(LIMIT_BYTES));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_256_bytes_between_two_characters() {
        let long = |character: &str| character.repeat(400);
        for (text, length) in [("x", 256), ("é", 256), ("日", 255), ("🦀", 256)] {
            let text = long(text);
            let cut = cut(text.as_bytes());
            assert_eq!(cut.len(), length, "{cut}");
            assert!(text.starts_with(&cut), "{cut}");
        }
        assert_eq!(cut(long("\u{1}é").as_bytes()).len(), 256);
        assert_eq!(cut("é".as_bytes()), "é");
        assert!(cut(&[0xff; 400]).len() <= 256);
    }
}
