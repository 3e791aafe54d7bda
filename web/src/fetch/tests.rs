use chrono::TimeDelta;
use replay_client::RequestOwner;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::platform::spawn_local;

use super::*;

#[wasm_bindgen_test]
async fn an_aborted_request_ends_with_a_network_error() {
    let fetches = Fetches::default();
    let request_id = RequestId { owner: RequestOwner::Server, number: 1 };
    let request = Request {
        method: Method::Get,
        path: "/".to_owned(),
        token: None,
        body: None,
        timeout: TimeDelta::seconds(30),
    };
    let (aborting, aborted) = (fetches.clone(), request_id.clone());
    // Runs once the request is under way.
    spawn_local(async move { aborting.abort(&aborted) });
    assert_eq!(fetches.fetch(&request_id, &request).await, Err(TransportError::Network));
    assert!(fetches.0.borrow().is_empty());
}
