//! The page in a browser. Its doors to the world are `perform` and `listen`; what it shows and does
//! is decided by `replay-page`, never here.

mod browser;
mod draw;
mod fetch;
mod json;
mod listen;
mod perform;
mod shell;

use shell::Shell;
use yew::Renderer;

fn main() {
    // What the document shows until now gives way.
    if let Some(root) = browser::element("page") {
        Renderer::<Shell>::with_root(root).render();
    }
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
