//! The handler that tests the webhook of a region: it delivers one audit line the way a replay does and
//! reports the result. It does not retry.

use std::sync::Arc;

use audit_log::Access;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{Refusal, Webhook};
use replay_wire::write_test;

use crate::{
    app_state::AppState,
    auth::{Action, Caller},
    authentication::Authenticated,
    delivery::{DeliveryRequest, HttpDelivery},
    random,
    request::{RequestRegion, client_address},
    response::{ApiError, json, trace_id},
    self_audit,
    store::Body,
};

/// `POST …/x/webhook/test`: tests an enabled or disabled webhook, since users test before they enable.
pub(crate) async fn run(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestRegion(region): RequestRegion,
    request: Request,
) -> Result<Response, ApiError> {
    caller.authorize(Action::Change, [&region])?;
    // A test continues after its client disconnects, so a queue of tests would have no bound. A second
    // test is refused instead.
    let slot = app.webhook_tests.get(&region).and_then(|slot| slot.try_acquire().ok());
    let _slot = slot.ok_or(Refusal::BeingTested)?;
    let (webhook, _) = app.store.webhook(&region).await?;
    let target = webhook.target.as_ref().ok_or_else(Refusal::no_webhook)?;
    let body = Body::Lines(vec![line(&app, &caller, &request, &webhook).into()]);
    let delivery_request = DeliveryRequest {
        target,
        skip_ssl_verification: webhook.skip_ssl_verification,
        // No `webhook-id` of a job starts with `test-`.
        webhook_id: format!("test-{}", random::job_id()?),
        job: None,
        body: &body,
    };
    // The test opens a new connection: a connection that a replay left open would hide an endpoint
    // that cannot be dialled any more.
    let delivery = HttpDelivery::new(app.egress.clone(), HttpDelivery::TIMEOUT);
    let (result, now) = (delivery.send(delivery_request).await, app.clock.now());
    let attempt = result.attempt(now);
    let shown = if caller.role.sees_resolved_addresses() {
        result.attempt_with_address(now)
    } else {
        attempt.clone()
    };
    if attempt.delivered() {
        app.signals.receiver_works(&region);
    }
    app.store.note_test(&region, webhook, attempt).await?;
    Ok(json(StatusCode::OK, &write_test(&shown)))
}

/// The line to deliver. Its act is `webhook-test`, and its trace id is that of the request.
fn line(app: &AppState, caller: &Caller, request: &Request, webhook: &Webhook) -> String {
    let address = client_address(request, app.behind_tls_proxy);
    let access = Access {
        at: app.clock.now(),
        src: &address.map(|address| address.to_string()).unwrap_or_default(),
        request: request.uri().path(),
        act: "webhook-test",
        status: StatusCode::OK.as_u16(),
        count: None,
        principal_id: &caller.id,
        user_agent: "",
        trace_id: &trace_id(request),
        query: "",
    };
    access.write(self_audit::format(webhook.log_format))
}
