//! Authentication: finds out whose bearer token a request carries, and passes the caller on to the
//! handlers. It does not decide what a caller may do, and logs and stores no token.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use replay_core::{Refusal, Region};
use time_range::Timestamp;

use crate::{
    app_state::AppState,
    auth::{Caller, Role, TokenDigest, is_expired},
    response::ApiError,
    store::{Store, StoreError, StoredToken},
    token_use::TokenUses,
};

/// The caller of a request, in the extensions of each request with a valid token. As an extractor, it
/// rejects a request without one with 401.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated(pub(crate) Caller);

/// Puts [`Authenticated`] into a request with a valid token. It rejects no request for its token: a handler that
/// needs a caller extracts [`Authenticated`].
///
/// # Errors
/// 500 if the store cannot look up the token. The request is not handled then.
pub(crate) async fn authenticate(
    State(app): State<Arc<AppState>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if let Some(token) = bearer(request.headers())
        && let Some(caller) =
            find_caller(token, app.admin, &app.store, &app.token_uses, app.clock.now()).await?
    {
        request.extensions_mut().insert(Authenticated(caller));
    }
    Ok(next.run(request).await)
}

impl FromRequestParts<Arc<AppState>> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<AppState>) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Refusal::Unauthorized.into())
    }
}

/// The bearer token in the `Authorization` header: <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The holder of `token`; `None` if the token is unknown or has expired at `now`. `admin` is the token
/// of `REPLAY_ADMIN_TOKEN`, which is not stored. The use of a stored token is noted in `uses`.
async fn find_caller(
    token: &str,
    admin: Option<TokenDigest>,
    store: &Store,
    uses: &TokenUses,
    now: Timestamp,
) -> Result<Option<Caller>, StoreError> {
    let digest = TokenDigest::of(token);
    if admin.is_some_and(|admin| admin == digest) {
        let id = "environment".to_owned();
        return Ok(Some(Caller { id, role: Role::OrgAdmin, regions: None }));
    }
    // The lookup compares digests, so its timing reveals nothing about the text of a token.
    let known = store.token_by_digest(digest.bytes()).await?;
    match known {
        Some(known) if !is_expired(&known, now) => {
            uses.note(store, &known, now);
            caller(known).map(Some)
        }
        Some(_) | None => Ok(None),
    }
}

/// The holder of a stored token.
fn caller(token: StoredToken) -> Result<Caller, StoreError> {
    let role = Role::named(&token.role).ok_or(StoreError::Corrupt("role"))?;
    let regions = token
        .regions
        .iter()
        .map(|label| Region::named(label).ok_or(StoreError::Corrupt("region")))
        .collect::<Result<Vec<_>, _>>()?;
    let regions = (!regions.is_empty()).then_some(regions);
    Ok(Caller { id: token.id, role, regions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_caller_is_found_by_a_stored_token_and_by_the_admin_token() {
        let store = Store::in_memory(None).unwrap();
        let (uses, now) = (TokenUses::default(), "2026-11-23T12:00:00Z".parse().unwrap());
        let stored = StoredToken {
            id: "t1".to_owned(),
            role: "audit-logs-admin".to_owned(),
            regions: vec!["us".to_owned()],
            sha256: TokenDigest::of("good").bytes(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
        };
        store.add_token(stored).await.unwrap();
        let admin = Some(TokenDigest::of("from the environment"));
        let find = async |token| find_caller(token, admin, &store, &uses, now).await.unwrap();
        assert_eq!(find("from the environment").await.unwrap().role, Role::OrgAdmin);
        let caller = find("good").await.unwrap();
        assert_eq!((caller.id.as_str(), caller.role), ("t1", Role::AuditLogsAdmin));
        assert_eq!(find("bad").await, None);
        assert!(store.revoke_token("t1").await.unwrap());
        assert!(!store.revoke_token("t1").await.unwrap());
        assert_eq!(find("good").await, None);
    }
}
