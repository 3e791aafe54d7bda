use super::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::window;
use yew::{Renderer, platform::time::sleep};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_page_has_its_heading() {
    Renderer::<Shell>::new().render();
    sleep(core::time::Duration::ZERO).await;
    let heading = window().unwrap().document().unwrap().query_selector("h1").unwrap().unwrap();
    assert_eq!(heading.text_content().as_deref(), Some("Audit Logs Setup"));
}
