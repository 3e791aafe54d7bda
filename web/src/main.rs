//! The page in a browser: carries out effects, reports browser events and draws the view. What the
//! page shows and does is decided by `replay-page`.

mod browser;
mod draw;
mod fetch;
mod json;
mod listen;
mod notification;
mod perform;
mod shell;

use shell::Shell;
use yew::Renderer;

fn main() {
    // Replaces the static content of the document.
    if let Some(root) = browser::element("page") {
        Renderer::<Shell>::with_root(root).render();
    }
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
