use super::*;
use core::time::Duration;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::window;
use yew::{Renderer, platform::time::sleep};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_page_has_its_heading() {
    // Beside the document's body: that is where the runner writes.
    let root = window().unwrap().document().unwrap().create_element("div").unwrap();
    Renderer::<Shell>::with_root(root.clone()).render();
    sleep(Duration::ZERO).await;
    assert_eq!(root.text_content().as_deref(), Some("Audit Logs Setup"));
}
