//! Runs requests to completion although their clients have disconnected: a change that was made has
//! to be recorded, and the engine has to be woken. It reads nothing of a request.

use axum::{extract::Request, middleware::Next, response::Response};

use crate::response::ApiError;

/// Handles the request in a task of its own, which goes on when the client disconnects. Only the end
/// of the process interrupts it.
///
/// # Errors
/// 500 if the handler panics.
pub(crate) async fn run_to_completion(request: Request, next: Next) -> Result<Response, ApiError> {
    Ok(tokio::spawn(next.run(request)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use axum::{Router, body::Body, middleware, routing::get};
    use tokio::sync::Notify;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_request_is_handled_to_its_end_after_its_client_has_disconnected() {
        let [started, disconnected, completed] = [(); 3].map(|()| Arc::new(Notify::new()));
        let handler = {
            let notifies = [&started, &disconnected, &completed].map(Arc::clone);
            async move || {
                let [started, disconnected, completed] = notifies;
                started.notify_one();
                disconnected.notified().await;
                completed.notify_one();
            }
        };
        let app = Router::new()
            .route("/", get(handler))
            .route_layer(middleware::from_fn(run_to_completion));
        tokio::select! {
            _ = app.oneshot(Request::new(Body::empty())) => panic!("the handler did not wait"),
            () = started.notified() => {}
        }
        disconnected.notify_one();
        completed.notified().await;
    }
}
