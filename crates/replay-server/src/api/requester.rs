//! Who requests a job, as the history shows it later.

use axum::extract::Request;
use replay_core::request::Requester;

use crate::{app_state::AppState, auth::Caller, request::client_address};

/// The caller of a request, with the address of its client.
pub(crate) fn requester(app: &AppState, caller: &Caller, request: &Request) -> Requester {
    let address = client_address(request, app.behind_tls_proxy);
    Requester {
        token_id: caller.id.clone(),
        role: caller.role.as_str().to_owned(),
        address: address.map(|address| address.to_string()).unwrap_or_default(),
    }
}
