//! The door out: each effect is carried out and answered by one message. No request carries
//! anything of the browser's but what the page gave it.

use core::time::Duration;

use gloo_net::http::{Method as HttpMethod, RequestBuilder, Response};
use replay_page::{
    Effect, Msg,
    doors::{Answer, Method, NoAnswer, Request},
};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestRedirect};
use yew::platform::time::sleep;

use crate::{browser, json};

/// Carries out an effect.
pub(crate) async fn perform(effect: Effect) -> Msg {
    match effect {
        Effect::Fetch(ticket, request) => Msg::Answered(ticket, fetch(&request).await),
        Effect::Wait(ticket, time) => {
            sleep(time.to_std().unwrap_or_default()).await;
            Msg::Elapsed(ticket)
        }
        Effect::ReadZone(since) => Msg::ZoneRead(browser::zone(since)),
        Effect::Visit(address, entry) => {
            browser::visit(&address.to_string(), entry);
            Msg::Done
        }
        Effect::Keep(mode, token) => {
            browser::keep(mode, token.as_ref());
            Msg::Done
        }
        Effect::KeepClocks(clocks) => {
            browser::keep_clocks(clocks);
            Msg::Done
        }
        Effect::Focus(id) => {
            // What is to have the focus may still have to be drawn.
            sleep(Duration::ZERO).await;
            browser::focus(id);
            Msg::Done
        }
    }
}

async fn fetch(request: &Request) -> Result<Answer, NoAnswer> {
    let milliseconds = u32::try_from(request.timeout.num_milliseconds()).unwrap_or(u32::MAX);
    let signal = AbortSignal::timeout_with_u32(milliseconds);
    let answer = exchange(request, &signal).await;
    answer.map_err(|_| if signal.aborted() { NoAnswer::Timeout } else { NoAnswer::Network })
}

async fn exchange(request: &Request, signal: &AbortSignal) -> Result<Answer, gloo_net::Error> {
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
    let response: Response = request.send().await?;
    let date = response.headers().get("date");
    Ok(Answer {
        status: response.status(),
        date: date.and_then(|date| browser::read_date(&date)),
        body: json::parse(&response.text().await?),
    })
}
