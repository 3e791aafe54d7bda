use super::*;
use core::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::window;
use yew::{Renderer, platform::time::sleep};

#[wasm_bindgen_test]
async fn the_page_is_drawn_before_the_server_has_answered() {
    // Beside the document's body: that is where the runner writes.
    let root = window().unwrap().document().unwrap().create_element("div").unwrap();
    Renderer::<Shell>::with_root(root.clone()).render();
    sleep(Duration::ZERO).await;
    let text = root.text_content().unwrap();
    assert!(text.contains("Audit Logs Setup") && text.contains("Loading"), "{text}");
}
