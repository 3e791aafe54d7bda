//! Makes requests to the page's server, and aborts them. A request carries no cookies and no other
//! data of the browser.

use core::cell::RefCell;
use std::rc::Rc;

use gloo_net::http::{Method as HttpMethod, RequestBuilder, Response as HttpResponse};
use js_sys::Array;
use replay_client::{Method, Request, RequestId, Response, TransportError};
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials, RequestRedirect};

use crate::{browser, json};

/// The requests in progress.
#[derive(Clone, Default)]
pub(crate) struct Fetches(Rc<RefCell<Vec<(RequestId, AbortController)>>>);

impl Fetches {
    /// Makes a request.
    ///
    /// # Errors
    /// `Timeout` if the response is not complete in time, `Network` for any other failure and for an
    /// aborted request.
    pub(crate) async fn fetch(
        &self,
        request_id: &RequestId,
        request: &Request,
    ) -> Result<Response, TransportError> {
        let milliseconds = u32::try_from(request.timeout.num_milliseconds()).unwrap_or(u32::MAX);
        let timeout = AbortSignal::timeout_with_u32(milliseconds);
        let controller = AbortController::new().map_err(|_| TransportError::Network)?;
        let signal = AbortSignal::any(&Array::of2(&timeout, &controller.signal()));
        self.0.borrow_mut().push((request_id.clone(), controller));
        let response = exchange(request, &signal).await;
        self.0.borrow_mut().retain(|(other, _)| other != request_id);
        response.map_err(|_| {
            if timeout.aborted() { TransportError::Timeout } else { TransportError::Network }
        })
    }

    /// Aborts a request; does nothing if it has ended.
    pub(crate) fn abort(&self, request_id: &RequestId) {
        let fetches = self.0.borrow();
        if let Some((_, controller)) = fetches.iter().find(|(other, _)| other == request_id) {
            controller.abort();
        }
    }
}

async fn exchange(request: &Request, signal: &AbortSignal) -> Result<Response, gloo_net::Error> {
    let mut builder = RequestBuilder::new(&request.path)
        .method(match request.method {
            Method::Get => HttpMethod::GET,
            Method::Patch => HttpMethod::PATCH,
            Method::Post => HttpMethod::POST,
            Method::Put => HttpMethod::PUT,
        })
        .header("accept", "application/json")
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(signal));
    if let Some(token) = &request.token {
        builder = builder.header("authorization", &format!("Bearer {}", token.expose()));
    }
    let request = match request.body.as_ref().and_then(json::print) {
        Some(body) => builder.header("content-type", "application/json").body(body)?,
        None => builder.build()?,
    };
    let response: HttpResponse = request.send().await?;
    let date = response.headers().get("date");
    Ok(Response {
        status: response.status(),
        date: date.and_then(|date| browser::read_date(&date)),
        body: json::parse(&response.text().await?),
    })
}

#[cfg(test)]
mod tests;
