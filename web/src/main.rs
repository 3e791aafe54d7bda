//! The page in a browser: it draws what it is given, and decides nothing.

mod shell;

use shell::Shell;
use web_sys::window;
use yew::Renderer;

fn main() {
    let document = window().and_then(|window| window.document());
    // What the document shows until now gives way.
    if let Some(root) = document.and_then(|document| document.get_element_by_id("page")) {
        Renderer::<Shell>::with_root(root).render();
    }
}
