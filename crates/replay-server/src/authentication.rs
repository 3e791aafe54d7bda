//! Authenticates requests: finds out whose bearer token a request carries, and hands the caller to
//! the handlers. It does not decide what a caller may do; no token is logged.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use replay_core::Refusal;

use crate::{app_state::AppState, auth::Caller, response::ApiError};

/// The caller of a request, or `None` without a valid token. [`authenticate`] puts it into the
/// extensions of every request.
#[derive(Clone, Debug)]
pub(crate) struct MaybeAuthenticated(pub(crate) Option<Caller>);

/// The caller of a request. As an extractor, it rejects a request without a valid token with 401.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated(pub(crate) Caller);

/// Puts [`MaybeAuthenticated`] into the request. It rejects no request for its token: a handler that
/// needs a caller extracts [`Authenticated`].
///
/// # Errors
/// 500 if the store cannot look up the token. The request is not handled then.
pub(crate) async fn authenticate(
    State(app): State<Arc<AppState>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let caller = match bearer(request.headers()) {
        Some(token) => {
            let now = app.clock.now();
            Caller::of_token(token, app.admin, &app.store, &app.token_uses, now).await?
        }
        None => None,
    };
    request.extensions_mut().insert(MaybeAuthenticated(caller));
    Ok(next.run(request).await)
}

impl FromRequestParts<Arc<AppState>> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<AppState>) -> Result<Self, ApiError> {
        match parts.extensions.get::<MaybeAuthenticated>() {
            Some(MaybeAuthenticated(Some(caller))) => Ok(Self(caller.clone())),
            Some(MaybeAuthenticated(None)) | None => Err(Refusal::Unauthorized.into()),
        }
    }
}

/// The bearer token in the `Authorization` header: <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
